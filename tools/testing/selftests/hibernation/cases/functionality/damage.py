# SPDX-License-Identifier: GPL-2.0
"""One bit of the image is wrong: it is refused with a reason, and the machine starts from scratch with usable swap."""
from dataclasses import replace

import image
import swaparea
import vm
from case import RESULT, case, check


@case(on="ours", seconds=90)
def flipped_bit_refused(desk):
    """In each part of the image."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    parts = image.Image(swap).parts()
    files = desk.machine.disks[1]
    for name, place in parts.items():
        target = desk.folder / "flipped.img"
        swaparea.copy(swap, target)
        image.flip(target, place, desk.random)
        up = desk.up(name=f"flip-{name}", machine=replace(desk.machine, disks=[vm.Disk(target), files]))
        check(not up.has("^judge "), f"{name}: was resumed")
        check(up.has("^fresh swap=usable"), f"{name}: no clean start with usable swap")
        reasons = [reason for _, _, errno, reason in RESULT.findall(up.console) if errno != "0"]
        check(reasons, f"{name}: no result line says why")
        problem = replace(desk.swap, path=target).problem()
        check(not problem, f"{name}: {problem}")
        desk.note(f"{name}={reasons[-1]}")
        target.unlink()
