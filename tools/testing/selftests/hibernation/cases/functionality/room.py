# SPDX-License-Identifier: GPL-2.0
"""Swap areas that are small for what memory holds: what gives way, and when another attempt is made."""
import re
import struct

import swaparea
from case import case, check
from tight import ATTEMPT, noise_cached, small_area


@case(on="ours", seconds=20, plain_only="25 MiB of swap are just too small for the plain kernel's image")
def area_that_is_far_too_small_gives_enospc_once(desk):
    """So little is missing that only an attempt finds out: one, and then a refusal with need and have."""
    desk.machine.mem = 512
    desk.add_swap(25)
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
