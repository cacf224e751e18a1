# SPDX-License-Identifier: GPL-2.0
"""A part of the image is wrong or unreadable: it is refused with a reason, and the machine starts from scratch with usable swap."""
from dataclasses import replace

import image
import swaparea
import vm
from case import case, check
from damaged import refused


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


@case(on="ours", seconds=20)
def damaged_log_is_no_reason_to_refuse(desk):
    """The list of steps is for information: hibimg says that it is damaged, and the session comes back without it. It does, too, if the
    list cannot be read."""
    desk.standard(swap_mib=512)
    desk.transition = lambda mode: f"hibernate {mode}\ntell steps $(cut -d ' ' -f 1 $power/hibernate/log | uniq)\n"
    desk.down("shutdown")
    swap, kept = desk.machine.disks[0].path, [desk.folder / "kept.img", desk.folder / "kept-files.img"]
    for disk, copy in zip(desk.machine.disks, kept):
        swaparea.copy(disk.path, copy)
    told = image.hibimg("log", swap)
    check(told.returncode == image.SOUND and "\nwriting enter write " in told.stdout, f"hibimg log: {told.stdout[-200:]} {told.stderr}")
    image.flip(swap, image.Image(swap).leaf("log"), desk.random)
    told = image.hibimg("verify", swap)
    check(told.returncode == image.DAMAGED and "log: leaf 0 " in told.stderr, f"hibimg verify: {told.stderr}")
    up = desk.up()
    check("the steps of the saving kernel are not known: leaf" in up.console, "nobody was told")
    desk.came_back(up)
    check(up.has("^steps saving boot restored$"), f"log: {up.has('^steps .*')}")
    desk.swap_sound()
    unreadable = vm.Disk(kept[0], errors=[{"iotype": "read", "sector": image.Image(kept[0]).leaf("log") // 512}])
    up = desk.up(name="unreadable", machine=replace(desk.machine, disks=[unreadable, vm.Disk(kept[1])]))
    check("the steps of the saving kernel are not known: read error" in up.console, "nobody was told of the read error")
    desk.came_back(up)


@case(on="ours", seconds=60)
def forged_handover_frame_refused(desk):
    """A frame that is nowhere, past the end of memory, firmware's, or a page's: nothing is written there."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    saved, _ = image.Image(swap).frames[0]
    for name, pfn in {"nowhere": 2**64 - 1, "past-the-end": desk.machine.mem << 8, "firmware": 0xf0, "saved": saved}.items():
        target = desk.folder / "forged.img"
        swaparea.copy(swap, target)
        image.forge(desk.folder, target, handover=pfn)
        errno, reason = refused(desk, f"forged-{name}", vm.Disk(target))
        check((errno, reason) == ("-74", "header:"), f"{name}: errno {errno}, reason {reason}")


@case(on="ours", seconds=20)
def resumes_without_handover_record(desk):
    """The boot kernel's record went elsewhere, as that of a kernel that knows another version: all memory is right, nothing of it is believed."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    runs = image.Image(swap).frames
    length, end = max((after[0] - sum(run), sum(run)) for run, after in zip(runs, runs[1:]) if sum(run) > 0x1000)
    check(length > 256, "no frames are left out: nothing would be tested")
    image.forge(desk.folder, swap, handover=end + length // 2)
    up = desk.up()
    check("the boot kernel left no record" in up.console, "the record was found")
    check("verify: " not in up.console, "digests were taken from nowhere")
    desk.kernel_verified = lambda *_, **__: None
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=90, quick=False)
def unreadable_sector_refused(desk):
    """In each part of the image but the swap header, without which there is no swap area either."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap = desk.machine.disks[0].path
    for name, place in image.Image(swap).parts().items():
        if name.startswith("commit"):
            continue
        target = desk.folder / "unreadable.img"
        swaparea.copy(swap, target)
        errno, reason = refused(desk, f"unreadable-{name}", vm.Disk(target, errors=[{"iotype": "read", "sector": place // 512}]))
        check(errno == "-5", f"{name}: errno {errno}, reason {reason}")
        desk.note(f"{name}={reason}")
