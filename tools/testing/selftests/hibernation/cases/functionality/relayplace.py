# SPDX-License-Identifier: GPL-2.0
"""Where a second kernel writes the image to: several areas, a swap file, a target. hibsave asks the kernel for the place."""
from dataclasses import replace

import swaparea
import vm
from case import MIB, case, check
from manyareas import members, several, sound, swap_on_all, swapon
from relay_bed import boot, files, keep, load, must_have_written
from swapfile import SWAP_FILE

# The first process of a second kernel that loses vdc before it is asked for anything.
LOSES = """#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t sysfs sys /sys
disk=$(/bin/busybox readlink -f /sys/block/vdc/device)
echo ${disk##*/} >/sys/bus/virtio/drivers/virtio_blk/unbind
echo 1 >/sys/power/hibernate/save
"""
# Whatever is on a loop device stands still with the tasks.
UNUSABLE = """dd if=/dev/zero of=/tmp/area bs=1M count=8 2>/dev/null && losetup /dev/loop0 /tmp/area || fail losetup
mkswap /dev/loop0 >/dev/null && swap_on /dev/loop0
"""
PLACE = r"^loaded .*;place: UUID=[-0-9a-f]{36}"


def down_to_two_areas(desk, script, init=None, codec="none"):
    """A boot whose image begins in vda. Without a codec that is too small, and the image goes on in vdc."""
    prime = desk.prime().replace("swap_on\n", swap_on_all(1, 2)) + load()
    return desk.boot(prime + script, files={**swapon(), **files(desk, init)}, name="down",
                     append=["no_console_suspend", "resume=/dev/vda", f"hibernate.compressor={codec}"])


def wrote_to_both(areas, seen):
    """In this boot a second kernel has written an image to both areas, and the header page of the first one alone says so."""
    must_have_written(seen)
    check(members(areas) == [0, 1], f"{seen.name}: members {members(areas)}")
    check([area.armed() for area in areas] == [True, False], f"{seen.name}: another header page than the first was written")


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_writes_to_two_areas(desk):
    """The other area is found by its UUID; also by a second kernel that is kept, which writes a second image."""
    areas = several(desk, 64, 512)
    again = "judge verify || fail memory\n" + desk.transition("shutdown") + desk.verdict()
    down = down_to_two_areas(desk, keep() + desk.transition("shutdown") + again)
    wrote_to_both(areas, down)
    wrote_to_both(areas, desk.up())
    desk.came_back(desk.up(name="up2"))
    sound(desk, areas)


def fails_with_two_areas(desk, areas, reason):
    """The second kernel goes back with vdc lost, and the first one, which has it, writes the image itself."""
    down = down_to_two_areas(desk, desk.transition("shutdown") + "judge verify || fail memory\nsetting $power/hibernate/writer self\n" +
                             desk.transition("shutdown") + desk.verdict(), LOSES)
    check(down.has("^hibernated ENODEV"), f"{down.has('^hibernated .*')}")
    check(down.has(r"^judge nonce=\d+ bytes=\d+ wrong=0"), "memory is not intact")
    check(reason in down.console, f"'{reason}' is not told")
    check(members(areas) == [0, 1], f"members {members(areas)}")


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_without_the_other_area(desk):
    """One of two areas is not there for it: it says which one, and the image fits into the other one after all."""
    areas = several(desk, 272, 512)
    down = down_to_two_areas(desk, desk.transition("shutdown") + desk.verdict(), LOSES, "zstd")
    desk.went_down(down, "shutdown")
    must_have_written(down)
    check(f"swap area with UUID {swaparea.uuid_of(areas[1])} is missing: no part of the image can lie there" in down.console, "it is not named")
    check(members(areas) == [0], f"members {members(areas)}")
    desk.came_back(desk.up())
    sound(desk, areas)


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_with_a_copy_of_the_other_area(desk):
    """There is only a copy of one of two areas: nothing is written to that."""
    areas = several(desk, 64, 512)
    path, blank = desk.folder / "copy.img", desk.folder / "blank.img"
    swaparea.copy(areas[1].path, path)
    before = path.stat().st_blocks
    desk.machine.disks.append(vm.Disk(path))
    fails_with_two_areas(desk, areas, "device: vdd has other blocks than the first kernel's")
    check(path.stat().st_blocks == before, "the copy was written to")
    with open(blank, "wb") as disk:
        disk.truncate(path.stat().st_size)
    desk.came_back(desk.up(machine=replace(desk.machine, disks=[*desk.machine.disks[:3], vm.Disk(blank)])))
    sound(desk, areas)


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_writes_to_a_swap_file(desk):
    """A file on ext4, beside an area that comes first but cannot have an image; nothing on the command line says where."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    prime = desk.prime(cache=0, anon=176).replace("swap_on\n", UNUSABLE + SWAP_FILE)
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\nswapoff /mnt/swapfile || fail swapoff\n"
             "judge stop; umount /mnt || fail umount\ntell verdict done\n")
    down = boot(desk, prime + load() + desk.transition("shutdown") + after, name="down")
    desk.went_down(down, "shutdown")
    must_have_written(down)
    offset = down.has(r"^offset (\d+)").group(1)
    check(down.has(PLACE + f", from block {offset} on;"), down.has("^loaded .*").group(0))
    up = desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdb", f"resume_offset={offset}"])
    desk.came_back(up, swap_used=True)  # writing the file swaps
    desk.files_sound()


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_writes_to_a_target(desk):
    """A device that is no swap; twice, as a restored kernel gives its blocks back."""
    desk.standard(swap_mib=64)
    path = desk.folder / "target.img"
    with open(path, "wb") as disk:
        disk.truncate(512 * MIB)
    desk.machine.disks.append(vm.Disk(path))
    prime = desk.prime().replace("swap_on\n", "setting $power/hibernate/target /dev/vdc\n")
    again = "judge verify || fail memory\n" + desk.transition("shutdown") + desk.verdict()
    down = boot(desk, prime + load() + desk.transition("shutdown") + again, name="down")
    must_have_written(down)
    check(down.has(r"^loaded .*;place: /dev/vdc;"), down.has("^loaded .*").group(0))
    up = desk.up(name="up", resume=None, append=["resume=/dev/vdc"])
    must_have_written(up)
    desk.came_back(desk.up(name="up2", resume=None, append=["resume=/dev/vdc"]))
    desk.swap_sound()
    desk.files_sound()
