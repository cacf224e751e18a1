# SPDX-License-Identifier: GPL-2.0
"""A trace of the guest's, taken to the host on a disk of its own."""
import vm
from case import MIB, check

TRACING = "/sys/kernel/tracing"


class Trace:
    """A disk of the guest's that takes what was traced, as text."""

    def __init__(self, desk, mib=16):
        self.path = desk.folder / "trace.img"
        with open(self.path, "wb") as image:
            image.truncate(mib * MIB)
        desk.machine.disks.append(vm.Disk(self.path))
        self.name = vm.names(desk.machine.disks)[-1]

    def begin(self, events):
        """Script lines: trace these."""
        enable = "".join(f"setting {TRACING}/events/{event}/enable 1\n" for event in events)
        return f"setting {TRACING}/trace_clock mono\n{enable}setting {TRACING}/trace_marker 'SUSPEND START'\n"

    def end(self):
        """Script lines: what was traced goes to the disk, and is forgotten."""
        return (f"setting {TRACING}/trace_marker 'RESUME COMPLETE'\nsetting {TRACING}/tracing_on 0\n"
                f"cat {TRACING}/trace >{self.name} && sync || fail trace\n"
                f"echo >{TRACING}/trace\nsetting {TRACING}/tracing_on 1\n")

    def text(self):
        """What the guest left."""
        text = self.path.read_bytes().split(b"\0", 1)[0].decode()
        check("RESUME COMPLETE" in text, "the guest left no whole trace")
        return text
