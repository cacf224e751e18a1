# SPDX-License-Identifier: GPL-2.0
"""Cycles in which a driver changes memory when devices freeze: kernel/power/hib/tests/poke.c, guest/poker.c."""
import re

import fill
from case import check


def start(desk, mib, every, kernel=0):
    """Script line: memory of program and driver filled, the driver armed; one of every frames will be poked."""
    return f"poker start mib={mib} kernel={kernel} every={every} seed={desk.seed} || fail poker\n"


VERIFY = "poker verify || fail poked memory\n"


def answer(seen, which=-1):
    """One of the poker's answers, the last, as numbers by name."""
    answers = [{name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}
               for _, text in seen.words if text.startswith("poker ")]
    check(answers, f"{seen.name}: no word of the poker")
    return answers[which]


def right(have, freezes):
    """All bytes are as they must be after that many freezes."""
    check(have["freezes"] == freezes, f"{have['freezes']} freezes are counted, {freezes} were expected")
    for side in ("wrong", "kernel_wrong"):
        check(have[side] == 0, f"{have[side]} frames: {side}")


def cycle(desk, prime, append, mib=64, kernel=32, every=4):
    """Pages change after they were written early; the resumed system has every change. Returns (frames poked, statistics)."""
    down = desk.down("shutdown", prime=prime + start(desk, mib, every, kernel), after="tell_stats after\n" + VERIFY + desk.verdict(),
                     append=append)
    up = desk.up(append=append)
    desk.came_back(up)
    desk.swap_sound()
    figures = fill.stats(desk, up)
    before, after = answer(down), answer(up)
    for side, size in (("poked", mib), ("kernel_poked", kernel)):
        check(before[side] > 256 * size / every * 0.8, f"too few frames were chosen: {before}")
        check(after[side] == before[side], f"other frames than before: {before} {after}")
    right(after, max(figures.get("attempts", 1), 1))
    return before["poked"] + before["kernel_poked"], figures
