"""Sum x * x + sin(x): with this much work per element, several processes are faster than one.

The elements are doubles in [0, 1), in a Python loop. Each process has its own interpreter, so
several processes run several loops at the same time. The array lies in shared memory. The
lecture measured (1,000,000 elements, 32 CPUs): sequential 0.209 s, parallel 0.078 s, 2.69x.

Look at two things beside the speed-up: the time of one process with vectorised numpy, and the
last digits of the sums. Floating-point addition is not associative, and the partial sums are
added in the order in which they arrive.
"""
import argparse
import json
import math
import multiprocessing
import platform
import signal
import sys
import time
from multiprocessing import shared_memory

try:
    import numpy as np
except ImportError:
    print("vecAddF-heavy.py needs numpy: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


def heavy(array):
    s = 0.0
    for x in array:
        s += x * x + math.sin(x)
    return float(s)


def vectorized(array):
    return float(np.sum(array * array + np.sin(array)))


def worker(name, size, start, end, answers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows, where it is not inherited
    memory = shared_memory.SharedMemory(name)
    array = np.ndarray(size, np.float64, memory.buf)
    answers.put(heavy(array[start:end]))
    del array  # shared memory cannot be closed while an array looks into it
    memory.close()


def parallel_heavy(name, size, workers):
    answers, processes = multiprocessing.SimpleQueue(), []
    try:
        ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the workers
        for i in range(workers):
            job = name, size, size * i // workers, size * (i + 1) // workers, answers
            process = multiprocessing.Process(target=worker, args=job)
            process.start()
            processes.append(process)
        signal.signal(signal.SIGINT, ctrl_c)
        for process in processes:  # before the answers: a dead worker sends none
            process.join()
        if any(process.exitcode for process in processes):
            sys.exit("vecAddF-heavy.py: a worker died")
        return sum(answers.get() for _ in processes)
    finally:
        for process in processes:
            process.kill()
            process.join()


def timed(function, *arguments):
    start = time.perf_counter()
    return function(*arguments), time.perf_counter() - start


def measure(data, name, workers):
    total, sequential = timed(heavy, data)
    parallel_total, parallel = timed(parallel_heavy, name, data.size, workers)
    vectorized_total, vector = timed(vectorized, data)
    for other in parallel_total, vectorized_total:
        if not math.isclose(other, total, rel_tol=1e-9):
            sys.exit(f"vecAddF-heavy.py: wrong sum: {other}, and {total} sequentially")
    row = {"sequential_seconds": sequential, "parallel_seconds": parallel,
           "speedup": sequential / parallel, "vectorized_seconds": vector, "sum": total}
    return row, parallel_total - total


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    workers = multiprocessing.cpu_count()
    for name, default in ("size", 1_000_000), ("workers", workers), ("repeat", 3), ("seed", 7001):
        parser.add_argument("--" + name, type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.size, args.workers, args.repeat) < 1 or args.seed < 0:
        parser.error("every number must be at least 1, and the seed at least 0")

    data = np.random.default_rng(args.seed).random(args.size)
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # lest it leave the memory behind
    memory = shared_memory.SharedMemory(create=True, size=data.nbytes)
    try:
        signal.signal(signal.SIGINT, ctrl_c)
        np.ndarray(data.shape, data.dtype, memory.buf)[:] = data
        results = [measure(data, memory.name, args.workers) for _ in range(args.repeat)]
    finally:
        memory.unlink()
        memory.close()
    rows = [row for row, _ in results]
    if args.json:
        print(json.dumps({"program": "vecAddF-heavy.py", "python": platform.python_version(),
                          "numpy": np.__version__, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.size:,} doubles, {args.workers} workers ({multiprocessing.get_start_method()})")
    for row, difference in results:
        print("sequential {sequential_seconds:.3f} s, parallel {parallel_seconds:.3f} s, speed-up"
              " {speedup:.2f}x; vectorized {vectorized_seconds:.4f} s".format(**row))
        print(f"  sum {row['sum']!r}, in parallel {difference:+.1e} (the order of the additions)")
    print("sequential 0.209 s, parallel 0.078 s, speed-up 2.69x: the lecture, 32 CPUs")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
