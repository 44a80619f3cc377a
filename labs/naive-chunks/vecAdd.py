"""Sum an array with a pool of processes, each of which is sent a copy of its slice.

`Pool.map` pickles every slice and writes it through a pipe, and the worker unpickles it. That
takes far longer than the additions. The lecture measured (50,000,000 elements, 32 CPUs):
sequential 0.034 s, parallel 1.014 s, 0.03x.

The lecture's slices hold N // num_procs elements each, so the last N % num_procs elements are
in no slice. 32 divides 50,000,000, so the lecture did not notice. Try --workers 3.
"""
import argparse
import json
import multiprocessing
import platform
import signal
import sys
import time

try:
    import numpy as np
except ImportError:
    print("vecAdd.py needs numpy: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


def partial_sum(part):
    return int(part.sum())


def ignore_ctrl_c():  # for Windows, where it is not inherited
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def parallel_sum(slices):
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the workers
    with multiprocessing.Pool(len(slices), ignore_ctrl_c) as pool:
        try:
            signal.signal(signal.SIGINT, ctrl_c)
            return sum(pool.map(partial_sum, slices))
        finally:  # wait for the workers: a pool that is torn down while it sends a slice can hang
            pool.close()
            pool.join()


def timed(function, argument):
    start = time.perf_counter()
    return function(argument), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    workers = multiprocessing.cpu_count()
    for name, default in ("size", 50_000_000), ("workers", workers), ("repeat", 3), ("seed", 7001):
        parser.add_argument("--" + name, type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.size, args.workers, args.repeat) < 1 or args.seed < 0:
        parser.error("every number must be at least 1, and the seed at least 0")

    data = np.random.default_rng(args.seed).integers(1, 100, args.size, dtype=np.int64)
    chunk = args.size // args.workers
    slices = [data[i * chunk : (i + 1) * chunk] for i in range(args.workers)]
    lecture_sum, dropped = sum(map(partial_sum, slices)), args.size - args.workers * chunk
    slices[-1] = data[(args.workers - 1) * chunk :]  # the repair: the last slice runs to the end

    rows = []
    for _ in range(args.repeat):
        total, sequential = timed(partial_sum, data)
        check, parallel = timed(parallel_sum, slices)  # the pool's start and end are in the price
        if check != total:
            sys.exit(f"vecAdd.py: wrong sum: {check} in parallel, {total} sequentially")
        rows.append({"sequential_seconds": sequential, "parallel_seconds": parallel,
                     "speedup": sequential / parallel, "dropped": dropped, "sum": total})

    if args.json:
        print(json.dumps({"program": "vecAdd.py", "python": platform.python_version(),
                          "numpy": np.__version__, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.size:,} int64, {args.workers} workers ({multiprocessing.get_start_method()})")
    for row in rows:
        print("sequential {sequential_seconds:.4f} s, parallel {parallel_seconds:.4f} s,"
              " speed-up {speedup:.4f}x".format(**row))
    print("sequential 0.034 s, parallel 1.014 s, speed-up 0.03x: the lecture, 32 CPUs")
    print(f"sum {total}, of the lecture's slices {lecture_sum}: {dropped} elements dropped")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
