# SPDX-License-Identifier: GPL-2.0
"""File systems that were mounted when an image was made: nobody may have changed them when it is resumed."""
import hashlib

from case import case, check
from refused import fresh_and_sound, refused

LOOK = "mount -t ext4 -o ro /dev/vdb /mnt || fail mount\nls /mnt >/dev/null\numount /mnt || fail umount\n"


def content(desk):
    return hashlib.sha256(desk.files.read_bytes()).hexdigest()


def guarded_down(desk):
    down = desk.down("shutdown")
    check("PM: hibernation: 1 of 1 file systems on disks are guarded" in down.console, "the file system is not guarded")


@case(on="ours", seconds=45)
def ext4_changed_by_another_boot_is_refused(desk):
    """A boot that knows nothing of the image mounts its disk and writes to it: no resume, and what that boot wrote stays."""
    desk.standard()
    guarded_down(desk)
    desk.boot("mount_files\necho other >/mnt/other && sync || fail writing\numount /mnt || fail umount\n", name="other")
    desk.files_sound()
    before = content(desk)
    up = desk.up()
    refused(desk, up, "guard")
    check("on 254:16 was changed" in up.console, "the device was not named")
    check(content(desk) == before, "the disk was changed")
    seen = desk.boot("mount_files\ntell other $(cat /mnt/other)\numount /mnt || fail umount\n", name="after")
    check(seen.has("^other other$"), "the file of the other boot is gone")
    desk.files_sound()


@case(on="ours", seconds=45)
def ext4_mounted_and_left_alone_is_refused(desk):
    """The other boot only mounts it, writable, and unmounts it."""
    desk.standard()
    guarded_down(desk)
    desk.boot("mount_files\numount /mnt || fail umount\n", name="other")
    before = content(desk)
    refused(desk, desk.up(), "guard")
    check(content(desk) == before, "the disk was changed")


@case(on="ours", seconds=35)
def ext4_mounted_before_the_resume_is_refused(desk):
    """The boot that is to resume has mounted it, though only to read."""
    desk.standard()
    guarded_down(desk)
    before = content(desk)
    up = desk.boot("mount -t ext4 -o ro /dev/vdb /mnt || fail mount\nresume_by_hand /dev/vda\numount /mnt || fail umount\nfresh\n", name="up")
    refused(desk, up, "guard")
    check("on vdb is mounted" in up.console, "the device was not named")
    check(content(desk) == before, "the disk was changed")
    fresh_and_sound(desk, desk.up(name="again"), "again")


@case(on="ours", seconds=50)
def ext4_that_was_only_looked_at_resumes(desk):
    """Another boot, and then the boot that resumes, mount it to read and unmount it: this writes nothing, and is no false alarm."""
    desk.standard()
    guarded_down(desk)
    desk.boot(LOOK, name="other")
    up = desk.boot(LOOK + "resume_by_hand /dev/vda\nfresh\n", name="up")
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
