# SPDX-License-Identifier: GPL-2.0
"""A second judge beside the first, for memory of another kind."""
from case import check

JUDGE_MORE = "judge_more() { JUDGE=/more judge \"$@\"; }\n"
MORE_VERDICT = "judge_more verify || fail memory of the second judge\njudge_more stop\n"


def more(desk, what):
    """Script line: a second judge beside the first, for memory of another kind."""
    return f"judge_more start nonce=2 seed={desk.seed + 1} {what} || fail second judge\n"


def number(seen, what):
    """What the guest told as `what NUMBER`."""
    line = seen.has(rf"^{what} (\d+)")
    check(line, f"{seen.name}: {what} was not told")
    return int(line.group(1))


def cycle(desk, setting_up, looking="", append=(), mem=1024):
    """Down and up with the usual judge and what setting_up leaves behind; looking runs after the resume, before any verdict."""
    desk.standard(mem=mem)
    options = ["resume=/dev/vda", *append]
    setting_up += "tell disk-before $(used_swap /dev/vda)\n"
    after = "tell disk-after $(used_swap /dev/vda)\n" + looking + MORE_VERDICT + desk.verdict()
    down = desk.down("shutdown", prime=JUDGE_MORE + desk.prime() + setting_up, after=after, append=options)
    up = desk.up(append=append)
    desk.came_back(up, swap_used=True)
    check(up.has(r"^judge nonce=2 bytes=\d+ wrong=0"), "no right answer of the second judge")
    used = number(down, "disk-before"), number(up, "disk-after")
    check(used[1] <= used[0] or not desk.ours, f"used swap grew from {used[0]} to {used[1]} KiB")
    desk.swap_sound()
    desk.files_sound()
    return down, up
