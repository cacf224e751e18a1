# SPDX-License-Identifier: GPL-2.0
"""Memory filled with one kind of content up to a share of MemTotal, and what the guest tells about it.

The guest measures: it fills until MemTotal - MemFree is the share that was asked for, says how many MiB that took, and how full
memory was before and after the hibernation.
"""
import re

from case import MIB, check

KINDS = {
    "anon": "anon=$room hard=1",  # does not compress
    "locked": "anon=$room kind=locked",
    "cache": "file=/mnt/filled:$room",  # clean: written out before the hibernation
    "tmpfs": "file=/tmp/filled:$room",
}
NEAR = 3.0  # percent of MemTotal that the share may be off


def standard(desk, mem, kind="anon", swap_mib=None, **changes):
    """The machine of a row: swap of one and a half times memory, a file system that holds as much as memory."""
    desk.patience = 240 + mem // 2
    desk.standard(swap_mib=swap_mib or mem * 3 // 2, files_mib=mem + 256 if kind == "cache" else 128, mem=mem, **changes)


def prime(desk, percent, kind, before=""):
    """Script lines: memory so full, the judge waiting. What stands in before takes memory, too."""
    desk.filled = 0  # known when the guest has told
    return ("swap_on\nmount_files\nmount -o remount,size=100% /tmp\n" + before +
            f"room=$(room_for {percent})\ntell filling $room\n"
            f"judge start nonce={desk.nonce} seed={desk.seed} {KINDS[kind]} || fail judge\n"
            "sync\ntell_memory before\n")


def verdict(desk):
    """Script lines for the way back, with the figures first."""
    return "tell_memory after\ntell_stats after\n" + desk.verdict()


def told(seen, what, when):
    """Name -> number, as tell_memory or tell_stats sent it; None when nothing came."""
    line = seen.has(rf"^{what} {when} (.*)")
    return {name: int(value) for name, value in re.findall(r"(\w+)[= ](\d+)", line.group(1))} if line else None


def memory(seen, when):
    """KiB by name, and "used_percent" and "used_swap" worked out."""
    have = told(seen, "memory", when)
    check(have and "MemTotal" in have, f"{seen.name}: memory {when} was not told")
    have["used_percent"] = 100 * (have["MemTotal"] - have["MemFree"]) / have["MemTotal"]
    have["used_swap"] = have["SwapTotal"] - have["SwapFree"]
    return have


def stats(desk, seen, when="after"):
    """Figures of /sys/power/hibernate/stats; empty on mainline."""
    have = told(seen, "stats", when)
    check(have or not desk.ours, f"{seen.name}: statistics {when} were not told")
    return have or {}


def filled(desk, seen, percent=None):
    """Notes how much the judge holds; with percent, memory must really have been so full."""
    line = seen.has(r"^filling (\d+)")
    check(line, f"{seen.name}: memory was not filled")
    desk.filled = int(line.group(1))
    before = memory(seen, "before")
    desk.note(f"{before['used_percent']:.1f} % of {before['MemTotal'] >> 10} MiB full, {desk.filled} MiB by the judge, "
              f"{before['MemAvailable'] >> 10} MiB available")
    if percent:
        check(abs(before["used_percent"] - percent) < NEAR, f"{seen.name}: memory is {before['used_percent']:.1f} % full, not {percent} %")
    return before


def came_back(desk, up, before, kind):
    """As each resume must show, and no swap in use that was not before."""
    desk.came_back(up, swap_used=True)
    after = memory(up, "after")
    check(after["used_swap"] <= before["used_swap"],
          f"{up.name}: used swap grew from {before['used_swap']} to {after['used_swap']} KiB")
    if kind != "cache":  # clean cache may have been dropped, but only that
        desk.kernel_verified(up, least=desk.filled * MIB // 4096)
    return after


def cycle(desk, percent, kind, mode="shutdown", append=()):
    """Down with memory so full, up, judged; returns (down, up, statistics)."""
    down = desk.down(mode, prime=prime(desk, percent, kind), after=verdict(desk), append=append)
    before = filled(desk, down, percent)
    up = desk.up(append=append)
    came_back(desk, up, before, kind)
    desk.swap_sound()
    desk.files_sound()
    figures = stats(desk, up)
    desk.note(f"down {down.took:.0f} s, up {up.took:.0f} s, " +
              " ".join(f"{name}={figures[name]}" for name in ("saved_pages", "precopied_pages", "changed_pages", "dropped_pages", "attempts")
                       if name in figures))
    return down, up, figures


def precopied(up_or_down):
    """Pages that the log says were written early, the last time; None without such a line."""
    lines = re.findall(r"PM: hibernation: Precopied (\d+) pages", up_or_down.console)
    return int(lines[-1]) if lines else None
