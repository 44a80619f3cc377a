"""Sum an array that all workers can see: nothing is copied, and it is still slower.

The array lies in `multiprocessing.shared_memory`. Every worker attaches to it by name, sums
[start, end) and answers on a queue. What remains is the start of the processes and their first
touch of every page. The lecture measured (50,000,000 elements, 32 CPUs): sequential 0.029 s,
parallel 0.047 s, 0.62x; again 0.58x, 0.63x. Neither time contains the copy into shared memory,
which is reported beside them.
"""
import argparse
import json
import multiprocessing
import os
import platform
import shutil
import signal
import sys
import time
from multiprocessing import shared_memory

try:
    import numpy as np
except ImportError:
    print("vecAddF.py needs numpy: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


def worker(name, size, start, end, answers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows, where it is not inherited
    memory = shared_memory.SharedMemory(name)
    array = np.ndarray(size, np.int64, memory.buf)
    answers.put(int(array[start:end].sum()))
    del array  # shared memory cannot be closed while an array looks into it
    memory.close()


def parallel_sum(memory, size, workers):
    answers, processes = multiprocessing.SimpleQueue(), []
    try:
        ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the workers
        for i in range(workers):
            job = memory.name, size, size * i // workers, size * (i + 1) // workers, answers
            process = multiprocessing.Process(target=worker, args=job)
            process.start()
            processes.append(process)
        signal.signal(signal.SIGINT, ctrl_c)
        for process in processes:  # before the answers: a dead worker sends none
            process.join()
        if any(process.exitcode for process in processes):
            sys.exit("vecAddF.py: a worker died")
        return sum(answers.get() for _ in processes)
    finally:
        for process in processes:
            process.kill()
            process.join()


def measure(data, workers):
    start = time.perf_counter()
    total = int(data.sum())
    sequential = time.perf_counter() - start
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # lest it leave the memory behind
    memory = shared_memory.SharedMemory(create=True, size=data.nbytes)
    try:
        signal.signal(signal.SIGINT, ctrl_c)
        start = time.perf_counter()
        np.ndarray(data.shape, data.dtype, memory.buf)[:] = data
        copied = time.perf_counter()
        check = parallel_sum(memory, data.size, workers)
        parallel = time.perf_counter() - copied
    finally:
        memory.unlink()
        memory.close()
    if check != total:
        sys.exit(f"vecAddF.py: wrong sum: {check} in parallel, {total} sequentially")
    return {"copy_seconds": copied - start, "sequential_seconds": sequential,
            "parallel_seconds": parallel, "speedup": sequential / parallel, "sum": total}


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
        sys.exit("vecAddF.py: /dev/shm is too small for the array: try a smaller --size")

    data = np.random.default_rng(args.seed).integers(1, 100, args.size, dtype=np.int64)
    rows = [measure(data, args.workers) for _ in range(args.repeat)]
    if args.json:
        print(json.dumps({"program": "vecAddF.py", "python": platform.python_version(),
                          "numpy": np.__version__, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.size:,} int64, {args.workers} workers ({multiprocessing.get_start_method()})")
    for row in rows:
        print("sequential {sequential_seconds:.4f} s, parallel {parallel_seconds:.4f} s,"
              " speed-up {speedup:.3f}x; copy {copy_seconds:.4f} s".format(**row))
    print("sequential 0.029 s, parallel 0.047 s, speed-up 0.62x: the lecture, 32 CPUs")
    print(f"sum {rows[0]['sum']}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
