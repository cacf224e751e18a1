# SPDX-License-Identifier: GPL-2.0
"""Swap areas that are small for what memory holds: what gives way, and when another attempt is made."""
import os
import re
import struct

import swaparea
import vm
from case import MIB, case, check

PAGES = MIB // 4096
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


@case(seconds=30)
def cache_that_does_not_shrink_gives_way_to_a_small_area(desk):
    """300 MiB of swap, 500 MiB of clean cache that does not compress: seen before the copy, and the first attempt fits."""
    down, figures = small_area(desk)
    if not desk.ours:
        return
    check(figures["attempts"] == 1 and len(ATTEMPT.findall(down.console)) == 1, f"more than one attempt: {figures}")
    check(figures["dropped_pages"] >= 200 * PAGES, f"{figures}")


@case(on="ours", seconds=30)
def full_area_is_a_short_attempt(desk):
    """Nobody looks beforehand, the area gets full: by what was written the second attempt knows what fits."""
    down, figures = small_area(desk, codec="lz4", swap=96, cache=160, mem=512)
    ids = ATTEMPT.findall(down.console)
    check(figures["attempts"] == len(ids) == 2, f"attempts: {ids} {figures}")
    check(len(set(ids)) == 2, f"the attempts are one image to a reader: {ids}")
    check(re.search(r"attempt 1 of 3 failed: swap: full", down.console), "the first attempt failed for another reason")


@case(on="ours", seconds=20)
def area_that_is_far_too_small_gives_enospc_once(desk):
    """No attempt is made that cannot fit: one that finds out, and a refusal with need and have."""
    desk.machine.mem = 512
    desk.add_swap(16)
    prime = noise_cached(desk, 32)
    down = desk.boot(prime + "hibernate shutdown\ntell first $result\njudge verify || fail memory\ntell used $(used_swap)\n", name="down")
    check(down.has("^first ENOSPC"), f"{down.has('^first .*')} {desk.last_result(down)}")
    check(down.has("^used 0"), "swap is still in use")
    desk.result(down, phase="hibernate", errno=-28, reason="swap")
    check(re.search(r"result phase=hibernate step=memory errno=-28 reason=swap: \d+ MiB of memory need about \d+ MiB, \d+ MiB free", down.console),
          f"need and have are not told: {desk.last_result(down)}")
    check(len(ATTEMPT.findall(down.console)) == 1, "more was written in vain")
    desk.swap_sound()


@case(on="ours", seconds=20, quick=False)
def small_area_without_a_codec_fits_at_once(desk):
    """Nothing shrinks, so the room counts from the first attempt on, with all that is no page data."""
    _, figures = small_area(desk, codec="none", swap=96, cache=160, mem=512)
    check(figures["attempts"] == 1, f"{figures}")


@case(on="ours", seconds=25, quick=False)
def full_area_is_a_short_attempt_when_written_early(desk):
    """The area gets full before the copy is made."""
    down, figures = small_area(desk, codec="lz4", swap=150, cache=260, mem=512)
    check(figures["attempts"] == 2 and len(ATTEMPT.findall(down.console)) == 1, f"{figures}")


BADPAGES_MAX = 512


def mark_bad(area, number):
    """So many pages of the area are bad: its last ones."""
    header = bytearray(area.header)
    last, = struct.unpack_from("<I", header, 1028)
    struct.pack_into("<I", header, 1032, number)
    struct.pack_into(f"<{number}I", header, 1536, *range(last - number + 1, last + 1))
    with open(area.path, "r+b") as image:
        image.write(header)
    return swaparea.Area(area.path, bytes(header))


@case(on="ours", seconds=30)
def bad_pages_under_the_record_are_refused(desk):
    """512 bad pages end where the record begins; one more would lie under it."""
    desk.machine.mem = 512
    desk.small = True
    area = desk.add_swap(512)
    desk.swap = mark_bad(area, BADPAGES_MAX + 1)
    ask = desk.prime(anon=24, tmpfs=0, cache=0) + "hibernate shutdown\n"
    seen = desk.boot(ask + "tell first $result\n", name="refused")
    check(seen.has("^first EOPNOTSUPP"), f"{seen.has('^first .*')} {desk.last_result(seen)}")
    check(re.search(r"513 bad pages in the swap header, limit 512", seen.console), "the reason is not told")
    desk.swap_sound()
    desk.swap = mark_bad(area, BADPAGES_MAX)
    desk.cycle("shutdown", prime=desk.prime(anon=24, tmpfs=0, cache=0))
    check(desk.swap.page()[1536:3584] == desk.swap.header[1536:3584], "the list of bad pages is another one")
