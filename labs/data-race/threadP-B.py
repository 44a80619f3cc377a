"""Ten processes increment one shared `Value('i')` without its lock: most updates are lost.

The lecture measured 170066, 170233, 169227 and 169344 of 1000000. Each use of `.value` takes
the lock once: one use reads, another writes, and the lock is free in between. There another
process reads the same old number. No access is unsynchronised, so this is a race condition and
not a data race; updates are lost nevertheless. threadP-lock.py, in lab mutex-fix, repairs
it.
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
        sys.exit("threadP-B.py: a process died")
    return {"finals": counter.value, "expected": workers * increments, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in ("increments", 100_000), ("workers", 10), ("repeat", 3):
        parser.add_argument("--" + name, type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.increments, args.workers, args.repeat) < 1:
        parser.error("every number must be at least 1")

    rows = [measure(args.workers, args.increments) for _ in range(args.repeat)]
    if args.json:
        print(json.dumps({"program": "threadP-B.py", "python": platform.python_version(),
                          "numpy": None, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.workers} processes, {args.increments:,} increments each")
    for row in rows:
        print("{finals} of {expected} in {seconds:.3f} s".format(**row))
    print("170066, 170233, 169227, 169344 of 1000000: the lecture, 10 processes on 32 CPUs")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
