# SPDX-License-Identifier: GPL-2.0
"""All states in which a power cut may leave the disks of one boot, judged on the host by the kernel's own pure files (cuts.c)."""
import re
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import blocklog
import image
import swaparea
from case import check

HERE = Path(__file__).resolve().parent
UNIT = HERE.parent / "unit/stubs"
PURE = image.TOP / "kernel/power/hib/pure"
INCLUDES = [f"-I{path}" for path in (UNIT, image.TOOL / "include", image.TOOL, PURE, PURE.parent)]
RECORD = swaparea.PAGE // blocklog.SECTOR - 1  # its sector, in an area that is a whole disk
SMALL = {"anon": 8, "tmpfs": 2, "cache": 2}  # MiB: an image of 28 MiB
SAFE = "the image is safe"  # said when the record is written
JUMP = "Suspending console(s)"  # said when the record says "jumping", and before the jump

building = threading.Lock()


def program(name="cuts"):
    """A program that is built of what hibimg is built of."""
    hibimg, built = image.program(), image.BUILD / name
    sources = [HERE / f"{name}.c", UNIT / "allocator.c"]
    with building:
        if not built.exists() or built.stat().st_mtime < max(path.stat().st_mtime for path in (hibimg, HERE / "host.h", *sources)):
            objects = [path for path in sorted((image.BUILD / "objects").glob("*.o")) if path.name != "main.o"]
            subprocess.run(["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", *INCLUDES, "-o", built, *sources, *objects,
                            "-llz4", "-llzo2", "-lzstd"], check=True)
    return built


@dataclass
class State:
    """The disks after a cut."""
    number: int
    entries: int  # of the first disk's log that were over
    verdict: str  # swap, whole, kept, spent, broken
    how: str


@dataclass
class Story:
    """One boot: its disks before it, the logs of its writes, and what may be found from which entry of the first log on."""
    name: str
    before: list
    logs: list
    allow: list  # (entries, verdicts)
    files: Path = None  # the other disk, as it is for whoever boots after a cut
    states: list = field(default_factory=list)

    def scenario(self, folder, extra=""):
        path = folder / f"{self.name}.cuts"
        lines = [f"disk {before} {log.path} {len(log)}" for before, log in zip(self.before, self.logs)]
        lines += [f"allow {min(entries, len(self.logs[0]))} {verdicts}" for entries, verdicts in self.allow]
        path.write_text("\n".join([*lines, extra]).rstrip() + "\n")
        return path

    def judge(self, desk, extra=""):
        """Judges all cuts, or as many random ones as extra says; notes how many there were. Fails if one is not allowed."""
        told = subprocess.run([program(), self.scenario(desk.folder, extra)], capture_output=True, text=True, check=False)
        check(told.returncode == 0, f"{self.name}: {told.stderr.strip()}")
        self.states = [State(int(number), int(entries), verdict, how) for number, entries, verdict, how in
                       (line.split(" ", 3) for line in told.stdout.splitlines())]
        counts = Counter(state.verdict for state in self.states)
        desk.note(f"{self.name}: {len(self.states)} states, {re.search('([0-9]+) read whole', told.stderr).group(1)} images read, "
                  + " ".join(f"{verdict} {number}" for verdict, number in sorted(counts.items())))
        return set(counts)

    def make(self, desk, state, extra=""):
        """Makes the disks of a state; their files."""
        made = [desk.folder / f"state{number}.img" for number in range(len(self.before))]
        for before, path in zip(self.before, made):
            swaparea.copy(before, path)
        subprocess.run([program(), self.scenario(desk.folder, extra), f"{state.number}:{':'.join(map(str, made))}"],
                       capture_output=True, check=True)
        return made


class Marks:
    """Where the log of a disk was when the guest or the kernel said a word."""

    def __init__(self, disk):
        self.disk, self.sizes = disk, {}

    def note(self, word):
        self.sizes.setdefault(word, self.disk.log.stat().st_size)

    def words(self):
        """For boot(): notes the first word of each line that the guest tells."""
        return lambda run, text: self.note(text.split()[0])

    def console(self, word):
        """For boot(): notes a word of the kernel's."""
        return word, lambda run: self.note(word)

    def entries(self, log, word):
        """How many entries were over."""
        check(word in self.sizes, f"'{word}' was not said")
        return sum(write.data + (0 if write.flags & blocklog.DISCARD else write.sectors * log.size) <= self.sizes[word]
                   for write in log.writes)


def keep(desk, name):
    """Copies of all disks as they are now."""
    copies = [desk.folder / f"{name}{number}.img" for number in range(len(desk.machine.disks))]
    for disk, path in zip(desk.machine.disks, copies):
        swaparea.copy(disk.path, path)
    return copies


def put_back(desk, copies):
    for disk, path in zip(desk.machine.disks, copies):
        swaparea.copy(path, disk.path)


def put_back(desk, copies):
    for disk, path in zip(desk.machine.disks, copies):
        swaparea.copy(path, disk.path)


def story_of(desk, name, before, allow, boot):
    """The story of boot(marks), from copies of all disks; allow(log, marks) says what may be found. All but the second are swap."""
    put_back(desk, before)
    disks = [desk.machine.disks[0], *desk.machine.disks[2:]]
    for number, disk in enumerate(disks):
        disk.log = desk.folder / f"{name}{number}.log"
    marks = Marks(disks[0])
    boot(marks)
    logs = [blocklog.Log(disk.log) for disk in disks]
    for disk in disks:
        disk.log = None
    return Story(name, [before[0], *before[2:]], logs, allow(logs[0], marks), before[1])


def commits(word=SAFE):
    """What may be found while an image is written: none up to the record, and all of it once the kernel has said so, or at the end."""
    def allow(log, marks):
        record = log.writes_of(RECORD)
        check(len(record) == 1, f"the record was written {len(record)} times")
        return [(0, "swap"), (record[0] + 1, "swap whole"), (marks.entries(log, word) if word else len(log), "whole")]
    return allow


def down(desk, fill=None, **changes):
    """A small image is written; the story of it."""
    fill = SMALL if fill is None else fill
    desk.small = True
    desk.standard(**{"swap_mib": 64, "files_mib": 16, "mem": 192, **changes})
    story = story_of(desk, "down", keep(desk, "empty"), commits(), lambda marks: desk.down(
        "shutdown", prime=desk.prime(**fill), on_console=marks.console(SAFE)))
    story.files = desk.folder / "down-files.img"
    swaparea.copy(desk.machine.disks[1].path, story.files)
    return story


def jumps(state):
    """What a boot that jumps may leave, of an image that is in that state before: nothing is lost before the jump, nothing jumps twice."""
    def allow(log, marks):
        record = log.writes_of(RECORD)
        check(len(record) >= 2, f"the record was written {len(record)} times")
        return [(0, state), (record[-2] + 1, f"{state} spent"), (record[-1] + 1, f"{state} spent swap"),
                (marks.entries(log, JUMP), "spent swap"), (marks.entries(log, "hibernated"), "swap")]
    return allow


def until(word, state, last):
    """The state before, until the guest has told a word; then the last one."""
    return lambda log, marks: [(0, f"{state} {last}"), (marks.entries(log, word), last)]
