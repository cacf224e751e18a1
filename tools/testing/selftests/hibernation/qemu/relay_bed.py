# SPDX-License-Identifier: GPL-2.0
"""The restore kernel as a second kernel, loaded by hibsave."""
import initramfs
from case import check


def files(desk, init=None):
    """What a guest needs to load it; with init another first process than save-init."""
    initrd = initramfs.for_save(desk.folder / "inner", init)
    found = initramfs.hibsave_files(desk.other_kernel("restore"), initrd)
    initrd.unlink()
    return found


def load(*options):
    """Script lines: it is loaded, and what hibsave says is told."""
    words = " ".join(["--kernel /save-kernel --initrd /save-initrd", *options])
    return f"hibsave load {words} >/tmp/loaded 2>&1 || fail hibsave $(cat /tmp/loaded)\ntell loaded $(tr '\\n' ';' </tmp/loaded)\n"


def keep():
    """Script lines: what was loaded is booted and kept, and what hibsave says is told."""
    return "hibsave keep >/tmp/kept 2>&1 || fail hibsave keep $(cat /tmp/kept)\ntell kept $(cat /tmp/kept)\n"


def boot(desk, script, init=None, append=(), **more):
    """A boot that can load it."""
    return desk.boot(script, files=files(desk, init), append=["no_console_suspend", *append], **more)


def must_have_written(seen, times=1):
    """The second kernel ran and answered, as often as that."""
    count = seen.console.count("PM: hibernation: The second kernel wrote ")
    check(count == times, f"{seen.name}: the second kernel wrote {count} image(s)")
