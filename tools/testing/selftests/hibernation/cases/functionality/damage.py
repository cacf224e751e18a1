# SPDX-License-Identifier: GPL-2.0
"""A part of the image is wrong or unreadable: it is refused with a reason, and the machine starts from scratch with usable swap."""
from dataclasses import replace

import image
import swaparea
import vm
from case import RESULT, case, check


def refused(desk, name, disk):
    """A boot from the damaged disk; returns the reason that it left."""
    up = desk.up(name=name, machine=replace(desk.machine, disks=[disk, desk.machine.disks[1]]))
    check(not up.has("^judge "), f"{name}: was resumed")
    check(up.has("^fresh swap=usable"), f"{name}: no clean start with usable swap")
    reasons = [(errno, reason) for _, _, errno, reason in RESULT.findall(up.console) if errno != "0"]
    check(reasons, f"{name}: no result line says why")
    problem = replace(desk.swap, path=disk.path).problem()
    check(not problem, f"{name}: {problem}")
    disk.path.unlink()
    return reasons[-1]


@case(on="ours", seconds=90)
def flipped_bit_refused(desk):
    """In each part of the image."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    for name, place in image.Image(swap).parts().items():
        target = desk.folder / "flipped.img"
        swaparea.copy(swap, target)
        image.flip(target, place, desk.random)
        _, reason = refused(desk, f"flip-{name}", vm.Disk(target))
        desk.note(f"{name}={reason}")


@case(on="ours", seconds=90, quick=False)
def unreadable_sector_refused(desk):
    """In each part of the image but the swap header, without which there is no swap area either."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    for name, place in image.Image(swap).parts().items():
        if place < image.BLOCK:
            continue
        target = desk.folder / "unreadable.img"
        swaparea.copy(swap, target)
        errno, reason = refused(desk, f"unreadable-{name}", vm.Disk(target, errors=[{"iotype": "read", "sector": place // 512}]))
        check(errno == "-5", f"{name}: errno {errno}, reason {reason}")
        desk.note(f"{name}={reason}")
