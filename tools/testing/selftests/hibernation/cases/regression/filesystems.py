# SPDX-License-Identifier: GPL-2.0
"""File systems that cannot be held, or not at once."""
import re
import subprocess

from case import case, check
from formatted import SERVED, UNSERVED, add_formatted, held, nothing_written, resumes


@case(on="ours", seconds=80, kernel="world", quick=False)
def btrfs_is_not_written_after_the_copy(desk):
    """filesystems: one without a device in its super block was not held.

    The same with btrfs, whose super block has no device and whose threads do not freeze.
    """
    disk = nothing_written(desk, "btrfs")
    found = subprocess.run(["/bin/btrfs", "check", str(disk.path)], capture_output=True, text=True, check=False)
    check(found.returncode == 0, f"btrfs check: {found.stderr.splitlines()[-3:]}")


@case(on="ours", seconds=80, quick=False)
def frozen_server_does_not_stop_it(desk):
    """filesystems: they were released with tasks frozen, the server too, and sync waited for that server.

    The FUSE server is in a frozen cgroup, and kernel threads wait for it: EBUSY in time, all as before; else it hibernates.
    """
    desk.standard()
    desk.accepted = r"Call Trace"
    add_formatted(desk, "ext4", 64, "served")
    prime = (desk.prime() + SERVED + "mkdir /cg\nmount -t cgroup2 none /cg || fail cgroup\nmkdir /cg/server\ncat /served.pid >/cg/server/cgroup.procs\n"
             "dd if=/dev/urandom of=/mnt2/dirty bs=1M count=4 2>/dev/null\necho 1 >/cg/server/cgroup.freeze\n"
             "setting $power/pm_freeze_timeout 2000\ntell first $(put $power/state disk)\n"
             "echo 0 >/cg/server/cgroup.freeze\nsync\nsetting $power/pm_freeze_timeout 20000\n")
    down = resumes(desk, prime, UNSERVED)
    check(down.has("^first EBUSY"), f"the first attempt gave {down.has('^first.*')}")
    check("sync wrote nothing for 20 s" in down.console, "sync was not given up")
    check(re.search(r"ext4 on loop0 did not come to rest in \d+ ms and is not held", down.console), "the file system is not named")
    check(held(down) == (2, 2), f"{held(down)} file systems held the second time")


@case(seconds=30, plain_only="lockdep warns of fanotify, which waits freezably with locks held")
def unanswered_permission_does_not_stop_it(desk):
    """filesystems: they were held after tasks were frozen, which waited forever.

    A scanner (fanotify) does not answer a task inside open(O_TRUNC), which holds write access all the while.
    """
    desk.standard()
    prime = desk.prime() + "echo old >/mnt/wanted\nlistener start /mnt /mnt/wanted || fail listener\nsleep 1\n"
    after = "tell opened $(listener done)\nlistener answer\nwait_for 5 opened\ntell opened $(listener done)\n"
    lines = "opened() { [ $(listener done) = yes ]; }\n"
    desk.accepted = r"blocked for more than"
    seen = desk.down("shutdown", prime=lines + prime, after=after + desk.verdict(), append=["hibernate.freeze_fs_limit=2"] if desk.ours else [])
    up = desk.up()
    desk.came_back(up)
    check([text for _, text in up.words if text.startswith("opened")] == ["opened no", "opened yes"], "the open was not what it was")
    desk.files_sound()
    if desk.ours:
        check(re.search(r"ext4 on vdb did not come to rest in \d+ ms and is not held", seen.console), "the file system is not named")


@case(seconds=30)
def dead_file_system_does_not_refuse(desk):
    """filesystems: a dead one refused hibernation for good.

    An ext4 with an aborted journal: named, left, no reason to stay up.
    """
    desk.standard()
    add_formatted(desk, "ext4", 64, "dead")
    desk.accepted = r"EXT4-fs error"
    prime = (desk.prime() + "mkdir /mnt2\nmount -t ext4 -o errors=remount-ro /dev/vdc /mnt2 || fail mount\necho data >/mnt2/data\n"
             "echo 1 >/sys/fs/ext4/vdc/trigger_fs_error\n")
    down = resumes(desk, prime, "cat /mnt2/data >/dev/null\numount /mnt2\n")
    if desk.ours:
        check(re.search(r"ext4 on vdc cannot be held: -(EIO|5)\b", down.console), "the file system is not named")
        check(held(down) == (1, 2), f"{held(down)} file systems held")


@case(seconds=40)
def shared_open_file_is_no_obstacle(desk):
    """freezer: a task waited for a lock of a frozen one.

    Four tasks write through one open file: one waits for the held file system, three for its position, and do not freeze there.
    """
    desk.standard(smp=2)
    desk.accepted = r"Call Trace"
    down = resumes(desk, desk.prime() + "fsdo share /mnt/shared || fail share\nsleep 1\n", "for pid in $(pidof fsdo); do kill $pid; done\n")
    if desk.ours and "file systems are released" in down.console:
        desk.note("file systems were released for it")


@case(seconds=30, quick=False)
def unlinked_files_below_an_overlay_are_no_obstacle(desk):
    """filesystems: reclaim evicted inodes of those that were held.

    Upper files of an overlay are removed below it, and memory is reclaimed as far as it goes: no inode of them is evicted.
    """
    desk.standard()
    prime = desk.prime() + (
        "mkdir -p /mnt/lower /mnt/upper /mnt/work /merged\n"
        "mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work none /merged || fail overlay\n"
        "i=0; while [ $i -lt 400 ]; do echo $i >/merged/file$i; i=$((i + 1)); done\ncat /merged/file* >/dev/null\nsync\n"
        "rm /mnt/upper/file*\nsetting $power/image_size 0\n")
    down = desk.down("shutdown", prime=prime, after="umount /merged || fail umount overlay\n" + desk.verdict())
    desk.came_back(desk.up(), swap_used=True)
    if desk.ours:
        check(re.search(r"Preallocated .* reclaimed [1-9]", down.console), "nothing was reclaimed")
    desk.files_sound()
