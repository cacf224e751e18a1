# SPDX-License-Identifier: GPL-2.0
"""Figures of the last transition and of its chunks, and a machine of which the page cache takes a part."""
import re

from case import MIB, check

PAGES = MIB // 4096
STATS = "tell stats $(tr '\\n' ' ' < $power/hibernate/stats)\n"


def stats(seen):
    """Figures of the last transition, as a script told them."""
    told = seen.has(r"^stats (.*)")
    check(told, f"{seen.name}: no figures were told")
    words = told.group(1).split()
    return dict(zip(words[::2], map(int, words[1::2])))


def chunks(down):
    """How many chunks auto stored in each way: (raw, lz4, zstd), and what the device took for a MiB, us."""
    told = re.findall(r"Chunks stored: (\d+) raw, (\d+) by lz4, (\d+) by zstd; the device takes (\d+) us", down.console)
    check(told, "nothing is told of the chunks")
    return tuple(map(int, told[-1]))


def cached_desk(desk, cache):
    """1 GiB, of which a file in the page cache takes some, clean."""
    desk.machine.mem = 1024
    desk.add_swap(1024)
    desk.add_files(mib=cache + 64)
    return desk.prime(anon=180, tmpfs=8, cache=cache) + "sync\n"
