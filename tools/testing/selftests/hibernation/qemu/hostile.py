# SPDX-License-Identifier: GPL-2.0
"""Very many hostile images on one disk, one after the other, in one boot.

hostile.c of the host makes them out of a sound one, hostile.c of the guest tries them.
"""
import re
import subprocess
from collections import Counter
from dataclasses import replace

import cuts
from case import RESULT, check

TRIED = re.compile(r"^tried (\d+) (\S+) (\d+) ms (\d+) MiB (\S+)")
# What an image may be refused with, and what there is no image by.
NAMED = {"EBADMSG", "EOPNOTSUPP", "ESTALE", "EPERM", "ENODEV", "ENOMEM", "ENODATA"}
LONGEST_MS = 60000  # on a host that is busy with other things; else a twentieth of it
JUDGE = "JUDGE=/other judge"  # of the boot that tries them, which goes on
SCRIPT = """echo 3 >/proc/sys/vm/drop_caches
{judge} start nonce=2 seed=2 anon=16 || fail other judge
hostile /dev/vda /patches $power
{judge} verify || fail memory of this boot
{judge} stop
tell all-right
resume_by_hand /dev/vda
fresh
"""


def make(desk, number, flips):
    """Makes hostile images of the one on the disk, as patches of it; their names. With flips: damaged ones."""
    patches = desk.folder / "patches"
    command = [cuts.program("hostile"), desk.swap.path, str(desk.seed), str(number), patches, *(["flips"] if flips else [])]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    check(told.returncode == 0, f"hostile: {told.stderr.strip()}")
    desk.note(told.stderr.strip())
    return patches.read_bytes(), [line.split()[1] for line in told.stdout.splitlines()]


def try_all(desk, number, leak_mib=8, flips=False):
    """One boot is given so many hostile images, refuses each of them, and then resumes the sound one."""
    patches, names = make(desk, number, flips)
    desk.patience = max(desk.patience, 600)
    seen = desk.boot(SCRIPT.format(judge=JUDGE), name="hostile", files={"patches": patches})
    tried = [TRIED.match(text).groups() for _, text in seen.words if TRIED.match(text)]
    last = [text for _, text in seen.words if text.startswith("trying ")][-1:]
    check(len(tried) == number and seen.has(f"^tried-all {number}$"), f"{len(tried)} of {number} were refused, the last one was {last}")
    check([name for *_, name in tried] == names, "others than were made")
    for image, errno, took, _, name in tried:
        check(errno in NAMED, f"image {image}: {errno}: {name}")
        check(int(took) <= LONGEST_MS, f"image {image} took {took} ms: {name}")
    check(seen.has("^all-right") and "Out of memory" not in seen.console, "the boot that refused them is not right")
    named = len([result for result in RESULT.findall(seen.console) if result[0] == "resume" and result[2] != "0"])
    check(named == sum(errno != "ENODATA" for _, errno, *_ in tried), f"{named} results say why")
    free = [int(mib) for *_, mib, _ in tried]
    check(min(free[:8]) - min(free[-8:]) <= leak_mib, f"memory is lost: {free[:8]} MiB free first, {free[-8:]} last")
    desk.came_back(seen)
    counts = Counter(errno for _, errno, *_ in tried)
    longest = max((int(took), name) for _, _, took, _, name in tried)
    desk.note(" ".join(f"{errno} {count}" for errno, count in sorted(counts.items())) + f"; longest {longest[0]} ms, {longest[1]}")


def image_of(desk, kernel=None, codec="auto", **changes):
    """A small image with pages that were written early, by that kernel."""
    desk.small = True
    desk.standard(**{"swap_mib": 96, "files_mib": 16, **changes})
    machine = replace(desk.machine, kernel=kernel) if kernel else None
    desk.down("shutdown", prime=desk.prime(**cuts.SMALL), append=["hibernate.precopy=always", f"hibernate.compressor={codec}"], machine=machine)
