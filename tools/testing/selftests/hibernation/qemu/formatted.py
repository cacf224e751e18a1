# SPDX-License-Identifier: GPL-2.0
"""File systems on disks of their own: made, written to while the machine hibernates, and held."""
import os
import re
import subprocess

import blocklog
import vm
from case import MIB, check

EXT = ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
MKFS = {"ext2": [*EXT, "-t", "ext2"], "ext3": [*EXT, "-t", "ext3"], "ext4": EXT,
        "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"], "f2fs": ["mkfs.f2fs", "-q", "-f"], "vfat": ["mkfs.fat", "-F", "32"], "exfat": ["mkfs.exfat"]}
# Writes as long as it lives; some of it is to be on the disk at once, and the rest soon, by whoever still works.
WRITER = """echo 50 >/proc/sys/vm/dirty_writeback_centisecs
echo 50 >/proc/sys/vm/dirty_expire_centisecs
( while :; do dd if=/dev/urandom of=/mnt/work/busy bs=64k count=16 conv=fsync 2>/dev/null; dd if=/dev/urandom of=/mnt/work/log bs=64k count=16 2>/dev/null; done ) &
writer=$!
"""
# The program that the writer began last lives a little longer than the writer.
STOPS = "kill $writer; wait $writer\nwait_for 20 sh -c '! pidof dd >/dev/null'\n"
# An ext4 on a loop device, over the file that a task serves from /dev/vdc.
SERVED = ("served start /dev/vdc || fail served\nmkdir /mnt2\nlosetup /dev/loop0 /served/image || fail losetup\n"
          "mount -t ext4 /dev/loop0 /mnt2 || fail mount loop\n")
UNSERVED = "umount /mnt2 || fail umount loop\nlosetup -d /dev/loop0\nkill $(cat /served.pid)\n"


def add_formatted(desk, kind, mib, name, **options):
    """A further disk with an empty file system."""
    path = desk.folder / f"{name}.img"
    with open(path, "wb") as image:
        image.truncate(mib * MIB)
    subprocess.run([*MKFS[kind], str(path)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ["PATH"]})
    disk = vm.Disk(path, **options)
    desk.machine.disks.append(disk)
    return disk


def held(seen):
    """(held, all) as the last transition told."""
    lines = re.findall(r"PM: hibernation: (\d+) of (\d+) file systems are held", seen.console)
    check(lines, f"{seen.name}: nobody says how many file systems are held")
    return tuple(map(int, lines[-1]))


def resumes(desk, prime, after="", mode="shutdown", **more):
    """A whole cycle; returns the way down."""
    down = desk.down(mode, prime=prime, after=after + desk.verdict(), **more)
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()
    return down


def nothing_written(desk, kind, mib=300):
    """A writer at work; its disk's log does not grow between the copy and power-off, however long that takes."""
    desk.standard(swap_mib=512)
    desk.machine.disks[0].bps_write = 6 * MIB
    disk = add_formatted(desk, kind, mib, "busy", log=desk.folder / "busy.log")
    at_copy = []
    prime = desk.prime() + f"mkdir /mnt/work\nmount -t {kind} /dev/vdc /mnt/work || fail mount {kind}\n" + WRITER + "sleep 2\n"
    after = STOPS + "md5sum /mnt/work/log >/dev/null || fail reading $(dmesg | tail -1)\numount /mnt/work || fail umount busy\n"
    down = desk.down("shutdown", prime=prime, after=after + desk.verdict(),
                     on_console=("Creating image:", lambda run: at_copy.append(disk.log.stat().st_size)))
    late = blocklog.sectors_from(disk.log, at_copy[0])
    check(not late, f"{kind}: {late} sectors were written after the copy")
    check(held(down) == (2, 2), f"{held(down)} file systems held")
    check("file systems are released" not in down.console, "a writer did not freeze where it waited")
    disk.log = None
    desk.came_back(desk.up())
    desk.swap_sound()
    return disk
