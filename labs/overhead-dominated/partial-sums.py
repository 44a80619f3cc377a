"""Hand out an array's sum in chunks: nothing is copied, and handing out the work takes time.

The lecture drew this on the board ("partial sums on small chunks, reduction of partial sums").
It measured vecAddF.py, 0.62x, and not this program, which is ours.

The array lies in shared memory. Before the clock starts, the pool is running, each worker is
attached, and every page has been touched. A task is a pair (start, end), and an answer is one
number, so the clock sees only the additions and the handing out. Small chunks mean many tasks,
and a single task keeps only one worker busy.
"""
import argparse
import json
import multiprocessing
import os
import platform
import shutil
import signal
import statistics
import sys
import time
from multiprocessing import shared_memory

try:
    import numpy as np
except ImportError:
    print("partial-sums.py needs numpy: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


def attach(name, elements, ready):
    global memory, size
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows, where it is not inherited
    memory, size = shared_memory.SharedMemory(name), elements
    partial_sum((0, size))  # touches every page
    ready.wait(timeout=60)


def partial_sum(task):
    start, end = task
    # An array made anew for every task: one that stays would keep the memory from closing.
    return int(np.ndarray(size, np.int64, memory.buf)[start:end].sum())


def parallel_sum(pool, elements, chunk):
    tasks = ((start, min(start + chunk, elements)) for start in range(0, elements, chunk))
    return sum(pool.imap_unordered(partial_sum, tasks, chunksize=1))


def timed(function, *arguments):
    start = time.perf_counter()
    return function(*arguments), time.perf_counter() - start


def measure(data, chunks, memory, args):
    """Returns one sequential time a repeat and, a list a repeat, one speed-up a chunk size."""
    ready = multiprocessing.Barrier(args.workers + 1)
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the workers
    with multiprocessing.Pool(args.workers, attach, (memory.name, data.size, ready)) as pool:
        signal.signal(signal.SIGINT, ctrl_c)
        ready.wait(timeout=60)
        seconds, speedups = [], []
        for _ in range(args.repeat):
            total, sequential = timed(np.sum, data)
            seconds.append(sequential)
            speedups.append([])
            for chunk in chunks:
                check, parallel = timed(parallel_sum, pool, data.size, chunk)
                if check != total:
                    sys.exit(f"partial-sums.py: wrong sum: {check}, and {total} sequentially")
                speedups[-1].append(sequential / parallel)
    return seconds, speedups


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    workers = multiprocessing.cpu_count()
    for name, default in ("size", 50_000_000), ("workers", workers), ("repeat", 3), ("seed", 7001):
        parser.add_argument("--" + name, type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.size, args.workers, args.repeat) < 1 or args.seed < 0:
        parser.error("every number must be at least 1, and the seed at least 0")
    if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free < 8 * args.size:
        sys.exit("partial-sums.py: /dev/shm is too small for the array: try a smaller --size")

    data = np.random.default_rng(args.seed).integers(1, 100, args.size, dtype=np.int64)
    one_each = -(-args.size // args.workers)  # rounded up: no worker gets two
    chunks = [10**k for k in range(4, 8) if 10**k < one_each] + [one_each]
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # lest it leave the memory behind
    memory = shared_memory.SharedMemory(create=True, size=data.nbytes)
    try:
        signal.signal(signal.SIGINT, ctrl_c)
        np.ndarray(data.shape, data.dtype, memory.buf)[:] = data
        seconds, speedups = measure(data, chunks, memory, args)
    finally:
        memory.unlink()
        memory.close()
    medians = [statistics.median(column) for column in zip(*speedups)]
    if args.json:
        figures = {"chunk": chunks, "speedup": medians, "sequential_seconds": seconds}
        print(json.dumps({"program": "partial-sums.py", "python": platform.python_version(),
                          "numpy": np.__version__, "workers": args.workers, "figures": figures}))
        return
    print(f"{args.size:,} int64, {args.workers} workers ({multiprocessing.get_start_method()}),"
          f" sequential {statistics.median(seconds):.4f} s, medians of {args.repeat}")
    for chunk, speedup in zip(chunks, medians):
        print(f"{-(-args.size // chunk):8,} chunks of {chunk:12,}: speed-up {speedup:.3f}x")
    print("the lecture, 32 CPUs, 32 slices (vecAddF.py, processes' start included): 0.62x")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
