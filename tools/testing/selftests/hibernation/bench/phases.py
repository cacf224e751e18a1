# SPDX-License-Identifier: GPL-2.0
"""Where the time of a cycle went, by phases that both kernels have.

A phase ends with a line on the console. The host sees a line up to 20 ms late, and one that is printed while consoles sleep only
when they wake. So a line's time is the kernel's own stamp, put on the host's clock by the line that was seen soonest. The
kernel's clock is put back to where it stood before the copy: how much later the lines behind the copy are is what the copy took.
"""
import re

import case

DOWN = ["sync, freeze", "make room", "devices down", "copy", "devices up", "write", "power off"]
UP = ["boot", "freeze, lists", "read", "jump", "devices up, thaw"]
STAMP = re.compile(r"\[\s*(\d+\.\d+)\] (.*)")
STEP = re.compile(r"step (\S+ \S+ \S+) \S+ (\d+) \S+$")
LAST_BEFORE_COPY = r"Disabling non-boot CPUs|CPU \d+ is now offline"
LATE = 0.03
# Script lines behind a resume: what our kernel knows of each step.
TELL_STEPS = "[ ! -e $power/hibernate/log ] || while read -r line; do tell \"step $line\"; done < $power/hibernate/log\n"


class Lines:
    """Stamped lines of a console: (stamp, text, when the host saw it)."""

    def __init__(self, lines):
        self.all = lines

    @classmethod
    def since(cls, seen, moment):
        """What a run printed from that moment of the host's on."""
        found = ((STAMP.match(text), at) for at, text in seen.lines if at >= moment)
        return cls([(float(match.group(1)), match.group(2), at) for match, at in found if match])

    def find(self, pattern, last=False):
        """Number of the first line that matches, or of the last."""
        numbers = [number for number, (_, text, _) in enumerate(self.all) if re.search(pattern, text)]
        if not numbers:
            raise case.Failed(f"no line {pattern!r} on the console")
        return numbers[-1 if last else 0]

    def cut(self, number):
        """(the lines up to this one, it and those behind it)"""
        return Lines(self.all[:number]), Lines(self.all[number:])

    def stamp(self, pattern, last=False):
        return self.all[self.find(pattern, last)][0]

    def offset(self):
        """From the kernel's clock to the host's."""
        return min(at - stamp for stamp, _, at in self.all)


def between(names, moments):
    """Name -> seconds; there is one moment more than names."""
    spans = [end - begin for begin, end in zip(moments, moments[1:])]
    for name, span in zip(names, spans):
        if span < -LATE:
            raise case.Failed(f"the phase {name!r} ended {-span:.3f} s before it began")
    return dict(zip(names, spans))


def down(seen, asked, off):
    """The phases from the request to power-off."""
    lines = Lines.since(seen, 0)
    _, lines = lines.cut(lines.find("hibernation entry", last=True))
    awake, _ = lines.cut(lines.find("Suspending console"))
    before = awake.offset()
    _, behind = lines.cut(lines.find("[Ss]aving image data"))
    after = behind.offset()
    copy = lines.stamp(LAST_BEFORE_COPY, last=True)
    return between(DOWN, [
        # A busy host may read the guest's word after the lines behind it.
        min(asked, awake.stamp("hibernation entry") + before), awake.stamp("OOM killer disabled") + before,
        awake.stamp("Freezing remaining freezable tasks") + before, copy + before, copy + after,
        behind.stamp("[Ss]aving image data") + after, behind.stamp(r"Wrote \d+ kbytes") + after, off])


def up(seen, entry, back):
    """The phases from the kernel's first word to the first user instruction."""
    lines = Lines.since(seen, 0)
    _, lines = lines.cut(lines.find("resume from hibernation"))
    boot, restored = lines.cut(lines.find("Suspending console"))
    at = boot.offset()
    _, awake = restored.cut(restored.find("OOM killer enabled"))
    return between(UP, [
        entry, boot.stamp("resume from hibernation") + at, boot.stamp("Loading .*image data") + at,
        boot.stamp(r"Read \d+ kbytes") + at, restored.stamp(LAST_BEFORE_COPY, last=True) + awake.offset(), back])


def steps(seen):
    """Step of our kernel, as "KERNEL WAY NAME" -> seconds; nothing for mainline."""
    result = {}
    for _, text in seen.words:
        match = STEP.match(text)
        if match:
            result[match.group(1)] = result.get(match.group(1), 0) + int(match.group(2)) / 1e6
    return result
