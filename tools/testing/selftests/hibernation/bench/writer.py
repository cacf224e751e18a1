# SPDX-License-Identifier: GPL-2.0
"""Who writes the image: this kernel or a second one, which may be kept booted; see rows.WRITERS.

The second kernel's words on the console have another clock, so there are no phases of the way down. All marks are the host's:
the guest's word before the request, QEMU's trace of the disk, and its end. Nothing is tried in vain before the request, as the
time with interrupts off would be that of the whole second kernel.
"""
import re

import case
import relay_bed
from rows import ROWS, WRITERS

TO_FIRST, WRITE, REST, DOWN, UP = "first_s", "write_s", "rest_s", "down_s", "up_s"
COLUMNS = {
    TO_FIRST: "echo to first block s",
    WRITE: "write s",
    REST: "last block to off s",
    DOWN: "echo to off s",
    "down_cpu_s": "CPU s down",
    UP: "entry to user s",
    "saved_percent": "saved, % of MemTotal",
    "early_mb": "of it written early MB",
    "let_go_mb": "dropped or swapped out MB",
}
MEMORY = re.compile(r"^memory asked .*MemTotal=(\d+)")
STATS = re.compile(r"^stats done (.*)")


def needs(rows):
    """Names of the kernels that are needed beside the one that is measured."""
    return ["restore"] if any(WRITERS.get(row, "self") != "self" for row in rows) else []


def files(desk):
    """Both writers have the second kernel in their initramfs, so that memory holds the same."""
    return relay_bed.files(desk)


def script(desk, row, mib):
    """From the start to the request. The second kernel is loaded, or kept, first, as at boot, and needs the emulator's words as well."""
    lines = "swap_on\n"
    if WRITERS[row] != "self":
        lines += relay_bed.load("--append", f"'{' '.join(desk.machine.append)}'")
    if WRITERS[row] == "kept":
        lines += relay_bed.keep()
    return lines + (f"judge start nonce={desk.nonce} seed={desk.seed} anon={mib} procs={ROWS[row][2]} || fail judge\n"
                    "sync\nsleep 1\ntell_memory asked\n")


AFTERWARDS = "tell_stats done\n"


def must_have_written(down, row):
    """The one that was meant did it."""
    relay_bed.must_have_written(down, times=int(WRITERS[row] != "self"))


def figures(down, up, asked, off, window):
    """window: (first request for the image, end of the last), on the host's clock."""
    memory, told = down.has(MEMORY.pattern), up.has(STATS.pattern)
    case.check(memory and told, "the guest did not tell of its memory")
    words = told.group(1).split()
    stats = dict(zip(words[::2], map(int, words[1::2])))
    return {
        TO_FIRST: window[0] - asked,
        WRITE: window[1] - window[0],
        REST: off - window[1],
        "saved_percent": stats["saved_pages"] * 4 / int(memory.group(1)) * 100,
        "early_mb": stats["precopied_pages"] * 4096 / 1e6,
        "let_go_mb": (stats["dropped_pages"] + stats["reclaimed_pages"]) * 4096 / 1e6,
    }
