# SPDX-License-Identifier: GPL-2.0
"""An image that is found although nobody said where it is."""
import re
import statistics
from dataclasses import replace

import mapper
import swaparea
import vm
from case import case, check

AUTO = ["resume=auto", "root=/dev/vdb"]
HERE = ["-uuid", "11111111-2222-3333-4444-555555555555"]


def copied(desk, name):
    """The swap disk once more, beside it."""
    copy = swaparea.Area(desk.folder / f"{name}.img", desk.swap.header)
    swaparea.copy(desk.swap.path, copy.path)
    desk.machine.disks.append(vm.Disk(copy.path))
    return copy


@case(on="ours", seconds=40)
def image_is_found_by_itself(desk):
    """With resume=auto no place is named, neither before nor after."""
    desk.standard(swap_mib=512, extra=HERE)
    desk.down("shutdown", append=AUTO)
    up = desk.up(resume=None, append=AUTO)
    check("holds an image of this installation" in up.console, "it is not said")
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=40)
def image_of_another_installation_is_left_alone(desk):
    """Another machine, and another root on the same machine: the image is named and stays. With resume= it is resumed by the right one."""
    desk.standard(swap_mib=512, extra=HERE)
    desk.down("shutdown", append=AUTO)
    machine = replace(desk.machine, extra=["-uuid", "11111111-2222-3333-4444-555555555556"])
    for name, append, where in (("machine", AUTO, machine), ("root", ["resume=auto", "root=/dev/vdc"], None), ("rootless", ["resume=auto"], None)):
        seen = desk.up("tell quiet\n", name=name, resume=None, append=append, machine=where)
        check(seen.has("^quiet") and not seen.has("^judge "), f"{name}: was resumed")
        check("vda holds an image of another installation" in seen.console, f"{name}: it is not named")
        check(desk.swap.armed(), f"{name}: the image was touched")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=40)
def two_images_of_one_installation_are_left_alone(desk):
    """One of them is older than the disks."""
    desk.standard(swap_mib=512)
    desk.down("shutdown", append=AUTO)
    copy = copied(desk, "copy")
    seen = desk.up("tell quiet\n", resume=None, append=AUTO)
    check(seen.has("^quiet") and "hold images of this installation, neither is used" in seen.console, "the two are not named")
    check(desk.swap.armed() and copy.armed(), "an image was touched")


def initcall_ms(desk, name, append):
    """How long the boot's own look for an image took."""
    seen = desk.up("tell quiet\n", name=name, resume=None, append=append + ["initcall_debug", "ignore_loglevel"])
    return int(re.search(r"initcall hib_resume_at_boot\S* returned 0 after (\d+) usecs", seen.console).group(1)) / 1000


@case(on="ours", seconds=50, quick=False)
def noresume_retires_what_is_found(desk):
    """With noresume the image of this installation is retired, wherever it is; afterwards a boot finds none, and takes no time for it."""
    desk.standard(swap_mib=512)
    desk.down("shutdown", append=AUTO)
    seen = desk.up("fresh\n", name="noresume", resume=None, append=AUTO + ["noresume"])
    check(seen.has("^fresh swap=usable"), "the area is no swap")
    check("an image was retired, as this boot was told not to resume" in seen.console, "it is not said")
    desk.swap_sound()
    took = [initcall_ms(desk, f"{nr}-{name}", append) for nr in range(3) for name, append in (("without", []), ("auto", AUTO))]
    more = statistics.median(took[1::2]) - statistics.median(took[::2])
    desk.note(f"the search took {more:.1f} ms")
    check(more < 50, f"the search took {more:.1f} ms: {took}")


def behind(desk):
    """Script lines: swap on device mapper, a block into vda, so that nothing but that device shows an image."""
    return ("dmsetup --noudevsync --noudevrules create upon --table \"0 $(($(cat /sys/class/block/vda/size) - 8)) linear /dev/vda 8\" || fail dmsetup\n",
            replace(desk.swap, offset=4096))


def hibernate_behind(desk):
    desk.standard(swap_mib=512)
    script, area = behind(desk)
    prime = script + desk.prime().replace("swap_on\n", "mkswap /dev/dm-0 >/dev/null && swap_on /dev/dm-0\n")
    desk.down("shutdown", prime=prime, files=mapper.dmsetup(), append=AUTO)
    check(area.armed(), "the image is not where it should be")
    return script, area


@case(on="ours", seconds=40)
def late_device_is_searched(desk):
    """The image lies on a device that an initramfs sets up."""
    script, area = hibernate_behind(desk)
    desk.came_back(desk.boot(f"sleep 1\n{script}sleep 30\ntell fresh\n", name="up", files=mapper.dmsetup(), append=AUTO))
    check(area.signature() == swaparea.SIGNATURE, "the area is no swap")


@case(on="ours", seconds=40)
def image_found_after_a_mount_is_retired(desk):
    """The same, but a disk is mounted before the device comes: the image is older than the disks."""
    script, area = hibernate_behind(desk)
    wait = "wait_for 20 sh -c \"dmesg | grep -q 'as disks were mounted before it was found'\"\n"
    seen = desk.boot(f"mount_files\n{script}{wait}umount /mnt\ntell quiet\n", name="up", files=mapper.dmsetup(), append=AUTO)
    check(seen.has("^quiet") and not seen.has("^judge "), "was resumed")
    check(area.signature() == swaparea.SIGNATURE, "the area is no swap")


@case(on="ours", seconds=40)
def naming_a_place_does_not_end_the_watch_of_noresume(desk):
    """A boot with noresume names another place when disks are mounted, as systemd does: the image on a late device is retired all the same."""
    script, area = hibernate_behind(desk)
    wait = "wait_for 20 sh -c \"dmesg | grep -q 'was told not to resume'\"\n"
    seen = desk.boot(f"mount_files\nresume_by_hand /dev/vdb\n{script}{wait}umount /mnt\ntell quiet\n", name="up", files=mapper.dmsetup(),
                     append=["resume=/dev/dm-0", "noresume"])
    check(seen.has("^quiet") and not seen.has("^judge "), "was resumed")
    check(area.signature() == swaparea.SIGNATURE, "the image was not retired")
