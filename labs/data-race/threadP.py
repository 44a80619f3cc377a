"""Ten threads increment one global, and no update is lost: the GIL runs one thread at a time.

The lecture measured 1000000, every time. That is luck, not a guarantee: `x += 1` is a read, an
addition and a write, and the interpreter may switch threads in between. CPython 3.10 and later
switch only at a loop's jump back or at a call, and `x += 1` contains neither. CPython 3.8
and 3.9 switch elsewhere too, and a free-threaded build has no GIL: all can lose updates.
"""
import argparse
import json
import platform
import sys
import threading
import time

x = 0


def increment(times):
    global x
    for _ in range(times):
        x += 1


def measure(workers, increments):
    global x
    x = 0
    threads = [threading.Thread(target=increment, args=(increments,), daemon=True)
               for _ in range(workers)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return {"finals": x, "expected": workers * increments, "seconds": seconds}


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
        print(json.dumps({"program": "threadP.py", "python": platform.python_version(),
                          "numpy": None, "workers": args.workers,
                          "figures": {name: [row[name] for row in rows] for name in rows[0]}}))
        return
    print(f"{args.workers} threads, {args.increments:,} increments each,"
          f" Python {platform.python_version()}")
    for row in rows:
        print("{finals} of {expected} in {seconds:.3f} s".format(**row))
    print("1000000 of 1000000, every time: the lecture, 10 threads on 32 CPUs")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
