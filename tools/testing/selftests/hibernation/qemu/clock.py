# SPDX-License-Identifier: GPL-2.0
"""The host's time stamp counter, which an emulated CPU reads, too.

A guest that measures it while the host is busy may get a fiftieth of it; its clock then runs fifty times too fast, and each
alarm comes too early. So it is told.
"""
import ctypes
import functools
import mmap
import platform
import time

RDTSC = bytes.fromhex("0f31" "48c1e220" "4809d0" "c3")  # rdtsc; shl rdx, 32; or rax, rdx; ret
SECONDS = 0.1


def sample(counter):
    """(nanoseconds, count) of one moment; of many tries the one that took least."""
    tries = []
    for _ in range(20):
        before = time.monotonic_ns()
        count = counter()
        tries.append((time.monotonic_ns() - before, before, count))
    return min(tries)[1:]


@functools.lru_cache
def words():
    """What the kernel's command line says about it, as a list; nothing where the counter is not the guest's."""
    if platform.machine() != "x86_64":
        return []
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(RDTSC)
    counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    start, first = sample(counter)
    time.sleep(SECONDS)
    end, last = sample(counter)
    return [f"tsc_early_khz={(last - first) * 1000000 // (end - start)}"]
