# SPDX-License-Identifier: GPL-2.0
"""File systems that were mounted when an image was made: nobody may have changed them when it is resumed."""
import hashlib
import re

from case import case, check
from formatted import add_formatted
from mapper import MAPPER, dmsetup
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
    check("on 254:16 is mounted" in up.console, "the device was not named")
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


@case(on="ours", seconds=60, quick=False)
def unheld_ext4_is_not_guarded(desk):
    """File systems are not held, so its log is full and it may be written to at any time: it is named, and is no reason for a refusal."""
    desk.standard()
    down = desk.down("shutdown", append=["hibernate.freeze_fs=0"])
    check("ext4 on vdb is not guarded: it is not held" in down.console and "file systems on disks are guarded" not in down.console, "it is guarded")
    desk.came_back(desk.up(append=["hibernate.freeze_fs=0"]))
    desk.swap_sound()
    desk.files_sound()


# Each kind of ext, and what device mapper, a loop device and a read-only mount make of it.
KINDS = MAPPER + """for name in lazy two three mapped inner fixed; do mkdir /$name; done
mount -t ext4 -o lazytime /dev/vdc /lazy || fail mount lazy
mount -t ext2 /dev/vdd /two || fail mount two
mount -t ext3 /dev/vde /three || fail mount three
mapper m /dev/vdf
mount -t ext4 /dev/dm-0 /mapped || fail mount mapped
cp /dev/vdg /lazy/image || fail image
losetup /dev/loop0 /lazy/image && mount -t ext4 /dev/loop0 /inner || fail mount inner
mount -t ext4 -o ro /dev/vdg /fixed || fail mount fixed
for name in lazy two three mapped inner; do echo $name >/$name/name; done
"""
KINDS_AFTER = """for name in lazy two three mapped inner; do [ "$(cat /$name/name)" = $name ] && echo more >/$name/more || fail $name; done
ls /fixed >/dev/null || fail fixed
"""


def add_kinds(desk):
    for kind, name, mib in (("ext4", "lazy", 64), ("ext2", "two", 16), ("ext3", "three", 32), ("ext4", "mapped", 32), ("ext4", "fixed", 8)):
        add_formatted(desk, kind, mib, name)


def rounds_without_alarm(desk, rounds, prime, before_round, after_round, guarded, **more):
    """So many cycles, each one down and up; no file system may have changed in one of them."""
    back = after_round + "judge verify || fail memory\n"
    script = desk.prime() + prime + (before_round + "hibernate shutdown\n" + back) * (rounds - 1) + before_round + "hibernate shutdown\n" + back + desk.verdict()
    seen = desk.boot(script, name="down", **more)
    desk.went_down(seen, "shutdown")
    times = []
    for number in range(1, rounds + 1):
        check(f"{guarded} of {guarded} file systems on disks are guarded" in seen.console, f"{seen.name}: not {guarded} file systems are guarded")
        times.append(re.findall(r"file systems on disks are guarded, in (\d+) ms", seen.console)[-1])
        seen = desk.boot("fresh\n", name=f"round{number}", append=["resume=/dev/vda"], **more)
        check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), f"round {number}: {desk.last_result(seen)}")
        times += re.findall(r"file systems were compared in (\d+) ms", seen.console)
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()
    desk.note(f"{rounds} cycles, {len(times)} looks, at most {max(map(int, times))} ms")


@case(on="ours", seconds=120, quick=False)
def no_alarm_of_each_kind_of_ext(desk):
    """ext2, ext3, ext4 with lazytime, over device mapper, on a loop device, mounted read-only: cycles, with writes between them."""
    desk.standard()
    add_kinds(desk)
    rounds_without_alarm(desk, 3, KINDS, "echo next >/lazy/next\necho next >/mapped/next\n", KINDS_AFTER, 6, files=dmsetup())
