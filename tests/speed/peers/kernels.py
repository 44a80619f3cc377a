"""Runs numpy and the functions of the lecture's programs, as a peer of the labs' kernels.

It speaks the protocol of kernels.c. Standard input gives an array, or the name of a kernel.
Standard output gives the seconds that the kernel took by this process's own clock, and the
result. The first line of all is the versions, the second the kernels. Without numpy it ends
with status 3.
"""
import importlib
import platform
import sys
import time

try:
    import numpy as np
except ImportError:
    sys.exit(3)

sys.dont_write_bytecode = True  # the labs' folders are not ours
sys.path[:0] = sys.argv[1:]
vec_add = importlib.import_module("vecAdd")
heavy = importlib.import_module("vecAddF-heavy")

arrays = {}


def pool(workers):
    array = arrays["integers"]
    size = len(array)
    return vec_add.parallel_sum([array[size * i // workers : size * (i + 1) // workers] for i in range(workers)])


KERNELS = {
    "np.sum": lambda threads: int(np.sum(arrays["integers"])),
    "pool": pool,
    "numpy": lambda threads: heavy.vectorized(arrays["doubles"]),
    "loop": lambda threads: heavy.heavy(arrays["doubles"]),
}


def receive(size, kind):
    array = np.empty(size, kind)
    if size:
        rest = memoryview(array).cast("B")
        while rest:
            count = sys.stdin.buffer.readinto(rest)
            if not count:
                sys.exit(1)
            rest = rest[count:]
    return array


def main():
    print(f"python {platform.python_version()}, numpy {np.__version__}")
    print(*KERNELS, flush=True)
    while words := sys.stdin.buffer.readline().decode().split():
        if words[0] == "run":
            start = time.perf_counter()
            result = KERNELS[words[1]](int(words[2]))
            seconds = time.perf_counter() - start
            print(repr(seconds), repr(result), flush=True)
        else:
            kind = {"integers": np.int64, "doubles": np.float64}[words[0]]
            arrays[words[0]] = receive(int(words[1]), kind)
            print("ready", flush=True)


if __name__ == "__main__":
    main()
