# SPDX-License-Identifier: GPL-2.0
"""File systems that were mounted when an image was made: nobody may have changed them when it is resumed."""
import hashlib
import os
import re
import subprocess
from dataclasses import replace

import image
import vm
from case import case, check
from formatted import MKFS, add_formatted
from mapper import MAPPER, dmsetup
from refused import fresh_and_sound, refused

# Cycles of those cases that look for a false alarm; more are asked for by the environment.
ROUNDS = int(os.environ.get("ROUNDS", "3"))
LOOK = "mount -t ext4 -o ro /dev/vdb /mnt || fail mount\nls /mnt >/dev/null\numount /mnt || fail umount\n"


def content(desk):
    return hashlib.sha256(desk.files.read_bytes()).hexdigest()


def guarded_down(desk, prime=""):
    down = desk.down("shutdown", prime=desk.prime() + prime)
    check("PM: hibernation: 1 devices with file systems are guarded, in" in down.console, "the file system is not guarded")


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
    check("ext4 on vdb is not guarded: it is not held" in down.console and "devices with file systems are guarded" not in down.console, "it is guarded")
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
        check(f"{guarded} devices with file systems are guarded" in seen.console, f"{seen.name}: not {guarded} devices are guarded")
        times.append(re.findall(r"devices with file systems are guarded.*, in (\d+) ms", seen.console)[-1])
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
    rounds_without_alarm(desk, ROUNDS, KINDS, "echo next >/lazy/next\necho next >/mapped/next\n", KINDS_AFTER, 6, files=dmsetup())


def without_files(desk):
    """The same machine, whose second disk was exchanged for an empty one. With none, firmware's memory map would be another."""
    empty = desk.folder / "empty.img"
    with open(empty, "wb") as disk:
        disk.truncate(desk.files.stat().st_size)
    return replace(desk.machine, disks=[desk.machine.disks[0], vm.Disk(empty)])


@case(on="ours", seconds=60, quick=False)
def ext4_that_is_gone_is_waited_for(desk):
    """The disk is exchanged while the power is off, and the image resumed all the same: five seconds later, and with a line."""
    desk.standard()
    guarded_down(desk)
    desk.accepted = r"EXT4-fs|Buffer I/O error|I/O error|JBD2|Aborting journal|Remounting"
    up = desk.boot("fresh\n", name="up", append=["resume=/dev/vda"], machine=without_files(desk), clean=False)
    check("waiting up to 5 s for a device with a file system of the image" in up.console, "the disk was not waited for")
    check("was not found and not compared" in up.console, "the file system was not named")
    check(not up.has("^fresh") and "Image mismatch" not in up.console, f"was refused: {desk.last_result(up)}")


@case(on="ours", seconds=60, quick=False)
def ext4_that_is_gone_is_refused_by_strict(desk):
    """guard=strict: no resume without the disk; the image waits for it. guard=off: not even a change is a reason to refuse."""
    desk.standard()
    guarded_down(desk)
    up = desk.boot("fresh\n", name="up", append=["resume=/dev/vda", "hibernate.guard=strict"], machine=without_files(desk))
    check(up.has("^fresh "), "was resumed")
    desk.result(up, phase="resume", step="check", errno=-19, reason="guard")
    check(desk.swap.armed(), "the image is gone, though an initramfs might have found the disk")
    desk.came_back(desk.up(name="found", append=["hibernate.guard=strict"]))
    desk.swap_sound()
    desk.boots = 0
    guarded_down(desk)
    subprocess.run(["/sbin/tune2fs", "-c", "33", str(desk.files)], check=True, stdout=subprocess.DEVNULL)
    up = desk.up(append=["hibernate.guard=off"])
    check("1 file systems are not compared" in up.console, "off is not told")
    desk.came_back(up)


def may_keep(desk):
    return "(keep)" in image.hibimg("describe", desk.swap.path).stdout


@case(on="ours", seconds=70, quick=False)
def unknown_file_system_forbids_a_retry(desk):
    """An image with ext4 alone says that it may be kept. One with a loop device, or with a disk that a program writes, which nobody can
    compare, does not, and is resumed all the same.
    """
    desk.standard()
    guarded_down(desk, "exec 7<>/dev/vdb 8</dev/vdb\n")  # a disk that is compared may be open
    check(may_keep(desk), "ext4 alone is no reason not to try again")
    desk.came_back(desk.up())
    desk.boots = 0
    add_formatted(desk, "ext4", 64, "inner")
    prime = desk.prime() + "mkdir /mnt2\nlosetup /dev/loop0 /dev/vdc && mount -t ext4 /dev/loop0 /mnt2 || fail mount\n"
    down = desk.down("shutdown", prime=prime, after="umount /mnt2 || fail umount\n" + desk.verdict())
    check("1 devices with file systems are guarded, others are not" in down.console, "not told")
    check(not may_keep(desk), "nobody can tell whether the other one was changed")
    desk.came_back(desk.up())
    for opened in ("exec 7<>/dev/vdc\n", "claim /dev/vdc sleep 1000 &\nsleep 1\n"):  # for all to write, and for this program alone
        desk.boots = 0
        down = desk.down("shutdown", prime=desk.prime() + opened)
        check("a program has the disk 254:32 open for writing" in down.console, "the disk is not named")
        check(not may_keep(desk), "nobody can tell whether the disk was changed")
        desk.came_back(desk.up())
    desk.swap_sound()


OTHER = "mkdir /other\n"


def guarded_other(desk, kind, mib, devices=("/dev/vdc",)):
    """A cycle's way down with a further file system, held, on one or two disks of its own."""
    desk.standard()
    for number, _ in enumerate(devices):
        add_formatted(desk, kind, mib, f"other{number}")
    if len(devices) > 1:
        subprocess.run([*MKFS[kind], *(str(disk.path) for disk in desk.machine.disks[-len(devices):])], check=True, stdout=subprocess.DEVNULL)
    prime = desk.prime() + OTHER + mount_other(kind, devices) + "echo data >/other/data && sync || fail writing\n"
    down = desk.down("shutdown", prime=prime, after="umount /other || fail umount\n" + desk.verdict())
    check(f"{1 + len(devices)} devices with file systems are guarded, in" in down.console, "the file system is not guarded")


def mount_other(kind, devices, options="rw"):
    more = "".join(f",device={device}" for device in devices if len(devices) > 1)
    return f"mount -t {kind} -o {options}{more} {devices[0]} /other || fail mount {kind}\n"


def refused_after_a_mount(desk, kind, mib, devices=("/dev/vdc",), also=""):
    """Another boot mounts it and unmounts it: that is noticed, and its disks stay as that boot left them."""
    guarded_other(desk, kind, mib, devices)
    desk.boot(OTHER + mount_other(kind, devices) + also + "umount /other || fail umount\n", name="other")
    disks = desk.machine.disks[2:]
    before = [hashlib.sha256(disk.path.read_bytes()).hexdigest() for disk in disks]
    up = desk.up()
    refused(desk, up, "guard")
    check(re.search(rf"guard: {kind} \S+ on \d+:\d+ was changed", up.console), "the file system was not named")
    check(before == [hashlib.sha256(disk.path.read_bytes()).hexdigest() for disk in disks], "a disk was changed")


@case(on="ours", seconds=80, kernel="world", quick=False)
def xfs_mounted_by_another_boot_is_refused(desk):
    """XFS: its log was written."""
    refused_after_a_mount(desk, "xfs", 320)


@case(on="ours", seconds=80, kernel="world", quick=False)
def f2fs_mounted_by_another_boot_is_refused(desk):
    """f2fs: it has another checkpoint."""
    refused_after_a_mount(desk, "f2fs", 64)


@case(on="ours", seconds=80, kernel="world", quick=False)
def btrfs_mounted_by_another_boot_is_refused(desk):
    """btrfs: its super block has another generation, once something was written. A mount alone writes nothing."""
    refused_after_a_mount(desk, "btrfs", 128, also="echo more >/other/more || fail writing\n")


@case(on="ours", seconds=80, kernel="world", quick=False)
def vfat_with_a_new_name_is_refused(desk):
    """FAT: another boot renames a file. The table is the same, and no file is longer."""
    refused_after_a_mount(desk, "vfat", 64, also="mv /other/data /other/more || fail mv\n")


@case(on="ours", seconds=80, kernel="world", quick=False)
def exfat_with_a_new_name_is_refused(desk):
    """The same with exFAT."""
    refused_after_a_mount(desk, "exfat", 64, also="mv /other/data /other/more || fail mv\n")


@case(on="ours", seconds=80, kernel="world", quick=False)
def vfat_mounted_and_left_alone_resumes(desk):
    """FAT: another boot only mounts it, as a boot does with the EFI system partition. Nothing is written, and it is no false alarm."""
    guarded_other(desk, "vfat", 64)
    check(may_keep(desk), "it is not guarded")
    desk.boot(OTHER + mount_other("vfat", ("/dev/vdc",)) + "ls /other >/dev/null\numount /other || fail umount\n", name="other")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=90, kernel="world", quick=False)
def btrfs_on_two_devices_is_guarded(desk):
    """Each device is: the boot that is to resume has mounted both, though only to read, and that is refused."""
    devices = ("/dev/vdc", "/dev/vdd")
    guarded_other(desk, "btrfs", 128, devices)
    check(may_keep(desk), "a device is missing in the list")
    up = desk.boot(OTHER + mount_other("btrfs", devices, "ro") + "resume_by_hand /dev/vda\numount /other || fail umount\nfresh\n", name="up")
    refused(desk, up, "guard")
    check(re.search(r"guard: btrfs \S+ on \d+:\d+ is mounted", up.console), "the file system was not named")


@case(on="ours", seconds=150, kernel="world", quick=False)
def no_alarm_of_each_other_kind(desk):
    """Cycles with each of them, and writes between."""
    desk.standard()
    for kind, mib in (("xfs", 320), ("btrfs", 128), ("f2fs", 64), ("vfat", 64), ("exfat", 64)):
        add_formatted(desk, kind, mib, kind)
    prime = "".join(f"mkdir /{kind} && mount -t {kind} /dev/{disk} /{kind} || fail mount {kind}\n" for kind, disk in (("xfs", "vdc"), ("btrfs", "vdd"), ("f2fs", "vde"), ("vfat", "vdf"), ("exfat", "vdg")))
    write = "for kind in xfs btrfs f2fs vfat exfat; do dd if=/dev/urandom of=/$kind/data bs=64k count=16 2>/dev/null || fail writing; done\n"
    rounds_without_alarm(desk, ROUNDS, prime + write, write, "", 6)


# What writes to a snapshot goes to a file in memory; what it lies on stays as it is.
SNAPSHOT = ("dd if=/dev/zero of=/tmp/cow bs=1M count=16 2>/dev/null\nlosetup /dev/loop0 /tmp/cow || fail losetup\n"
            "dmsetup --noudevsync --noudevrules create look --table \"0 $(cat /sys/class/block/vdb/size) snapshot /dev/vdb /dev/loop0 N 8\" || fail dmsetup\n"
            "mount -t ext4 /dev/dm-0 /mnt || fail mount\necho look >/mnt/look && sync || fail writing\numount /mnt || fail umount\n"
            "mount -t ext4 -o ro /dev/dm-0 /mnt || fail mount ro\n[ -e /mnt/look ] || fail look\n")


@case(on="ours", seconds=70, kernel="world", quick=False)
def snapshot_over_the_original_resumes(desk):
    """An initramfs looks at a file system through a snapshot, and even writes there: the disk is as it was, and the image is resumed."""
    desk.standard()
    guarded_down(desk)
    before = content(desk)
    check_only = desk.boot(SNAPSHOT + "umount /mnt\ntell looked\n", name="look", files=dmsetup())
    check(check_only.has("^looked") and content(desk) == before, "the disk was changed")
    up = desk.boot(SNAPSHOT + "resume_by_hand /dev/vda\nfresh\n", name="up", files=dmsetup())
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
