# SPDX-License-Identifier: GPL-2.0
"""Swap areas that are small for what memory holds."""
import os
import re

import vm
from case import MIB, check

ATTEMPT = re.compile(r"Creating image: ([0-9a-f]{32})")


def noise_cached(desk, mib):
    """Script lines: so much of a disk that does not compress, clean in the page cache, and held there."""
    path = desk.folder / "noise.img"
    path.write_bytes(os.urandom(mib * MIB))
    desk.machine.disks.append(vm.Disk(path))
    desk.small = True
    return (desk.prime(anon=24, tmpfs=0, cache=0) + "exec 9</dev/vdb || fail open\ncat <&9 >/dev/null || fail read\n"
            "tell cached $(awk '/^(Buffers|Cached)/ { sum += $2 } END { print sum }' /proc/meminfo)\n")


def small_area(desk, codec=None, swap=300, cache=500, mem=1024):
    """A whole cycle with little swap; returns (down, statistics)."""
    desk.machine.mem = mem
    desk.add_swap(swap)
    prime = noise_cached(desk, cache)
    append = [f"hibernate.compressor={codec}"] if codec else []
    down = desk.down("shutdown", prime=prime, append=append, after="tell_stats after\n" + desk.verdict())
    check(int(down.has(r"^cached (\d+)").group(1)) >= cache * 1024, "the cache is not full")
    up = desk.up()
    desk.came_back(up)
    desk.swap_sound()
    if not desk.ours:
        return down, None
    told = up.has(r"^stats after (.*)").group(1).split()
    figures = dict(zip(told[::2], map(int, told[1::2])))
    desk.note(" ".join(f"{name}={figures[name]}" for name in ("saved_pages", "dropped_pages", "reclaimed_pages", "attempts")))
    check(figures["reclaimed_pages"] == 0, f"something was swapped: {figures}")
    return down, figures
