"""Four processes increment one shared `Value('i')` under its lock: no update is lost.

This is the repair on the lecture's slide. `.value` alone takes the lock for the read and again
for the write, and loses updates in between (threadP-B.py, in lab data-race). `with
counter.get_lock()` holds the lock from before the read until after the write. The lock is
recursive, so `.value` may take it again inside. The lecture measured 400000 of 400000.
"""
import argparse
import json
import multiprocessing
import platform
import signal
import sys
import time


def increment(counter, times):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows, where it is not inherited
    for _ in range(times):
        with counter.get_lock():
            counter.value += 1


def measure(workers, increments):
    counter = multiprocessing.Value("i", 0)
    processes = [multiprocessing.Process(target=increment, args=(counter, increments), daemon=True)
                 for _ in range(workers)]
    start = time.perf_counter()
    ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the workers
    for process in processes:
        process.start()
    signal.signal(signal.SIGINT, ctrl_c)
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    if any(process.exitcode for process in processes):
        sys.exit("threadP-lock.py: a process died")
    if counter.value != workers * increments:
        sys.exit(f"threadP-lock.py: {counter.value} of {workers * increments} increments")
    return {"finals": counter.value, "expected": workers * increments, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in ("increments", 100_000), ("workers", 4), ("repeat", 3):
        parser.add_argument("--" + name, type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.increments, args.workers, args.repeat) < 1:
        parser.error("every number must be at least 1")

    rows = [measure(args.workers, args.increments) for _ in range(args.repeat)]
    if args.json:
        print(json.dumps({"program": "threadP-lock.py", "python": platform.python_version(),
                          "numpy": None, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.workers} processes, {args.increments:,} increments each")
    for row in rows:
        print("{finals} of {expected} in {seconds:.3f} s".format(**row))
    print("400000 of 400000: the lecture, 4 processes on 32 CPUs")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
