# SPDX-License-Identifier: GPL-2.0
"""File systems that are at work, dead, or served by a task: each cycle ends, and nothing is written behind the image's back."""
import re
import threading
import subprocess
from dataclasses import replace

import initramfs
from case import MIB, case, check
from formatted import SERVED, UNSERVED, add_formatted, held, nothing_written, resumes

PARAMETERS = "/sys/module/hibernate/parameters"


@case(on="ours", seconds=50)
def ext4_is_not_written_after_the_copy(desk):
    """Its disk's log ends where memory was copied; its tasks go on afterwards."""
    nothing_written(desk, "ext4")


@case(on="ours", seconds=60, kernel="world", quick=False)
def xfs_is_not_written_after_the_copy(desk):
    """The same with XFS."""
    nothing_written(desk, "xfs")


@case(on="ours", seconds=60, kernel="world", quick=False)
def f2fs_is_not_written_after_the_copy(desk):
    """The same with f2fs."""
    nothing_written(desk, "f2fs")


@case(on="ours", seconds=60, kernel="world", quick=False)
def vfat_is_not_written_after_the_copy(desk):
    """The same with FAT, which has no operation to freeze it."""
    disk = nothing_written(desk, "vfat")
    found = subprocess.run(["/sbin/fsck.fat", "-n", str(disk.path)], capture_output=True, text=True, check=False)
    check(found.returncode == 0, f"fsck.fat: {found.stdout.splitlines()[-3:]}")


@case(seconds=30)
def file_system_over_fuse_resumes(desk):
    """ext4 on a loop device over a file of a FUSE server: it is held while its server still runs."""
    desk.standard()
    add_formatted(desk, "ext4", 64, "served")
    prime = desk.prime() + SERVED + "head -c 4194304 /dev/urandom >/mnt2/data\nmd5sum </mnt2/data >/tmp/sum\n"
    after = "md5sum </mnt2/data | cmp - /tmp/sum || fail data\necho more >/mnt2/more && sync || fail writing\n" + UNSERVED
    down = resumes(desk, prime, after)
    if desk.ours:
        check(held(down) == (2, 2), f"{held(down)} file systems held")


@case(seconds=30, kernel="world", quick=False)
def shut_down_xfs_does_not_refuse(desk):
    """An XFS that was shut down, as after its disk failed."""
    desk.standard()
    add_formatted(desk, "xfs", 320, "dead")
    desk.accepted = r"XFS|User initiated"
    prime = desk.prime() + ("mkdir /mnt2\nmount -t xfs /dev/vdc /mnt2 || fail mount\necho data >/mnt2/data\nsync\n"
                            "echo more >/mnt2/more\nfsdo shutdown /mnt2 || fail shutdown\n")
    down = resumes(desk, prime, "umount /mnt2\n")
    if desk.ours:
        check(held(down)[0] >= 1, f"{held(down)} file systems held")


@case(seconds=30, quick=False)
def disk_deleted_under_its_mount_does_not_refuse(desk):
    """A SCSI disk is pulled while an ext4 on it is mounted and written."""
    desk.standard()
    disk = add_formatted(desk, "ext4", 64, "pulled")
    desk.machine.disks.pop()
    desk.machine = replace(desk.machine, extra=[
        "-device", "virtio-scsi-pci", "-drive", f"if=none,id=pulled,format=raw,file={disk.path}", "-device", "scsi-hd,drive=pulled"])
    desk.accepted = r"EXT4-fs|I/O error|Synchronize Cache"
    prime = desk.prime() + ("mkdir /mnt2\nmount -t ext4 /dev/sda /mnt2 || fail mount\necho data >/mnt2/data\nsync\necho more >/mnt2/more\n"
                            "echo 1 >/sys/block/sda/device/delete\n")
    resumes(desk, prime, "umount -l /mnt2\n")


@case(on="ours", seconds=30)
def file_system_held_by_its_user_stays_held(desk):
    """fsfreeze before: it is held twice during the cycle, and once after it."""
    desk.standard()
    add_formatted(desk, "ext4", 64, "twice")
    prime = desk.prime() + "mkdir /mnt2\nmount -t ext4 /dev/vdc /mnt2 || fail mount\nfsdo freeze /mnt2 || fail freeze\n"
    after = ("( echo data >/mnt2/data; tell written ) &\nsleep 1\ntell thawing\nfsdo thaw /mnt2 || fail thaw\nwait\n"
             "umount /mnt2 || fail umount\n")
    down = desk.down("shutdown", prime=prime, after=after + desk.verdict())
    check(held(down) == (2, 2), f"{held(down)} file systems held")
    up = desk.up()
    desk.came_back(up)
    words = [text for _, text in up.words if text in ("written", "thawing")]
    check(words == ["thawing", "written"], f"the user's hold was lost: {words}")
    desk.files_sound()


# An ext4 on dm-linear on a disk, held by device mapper.
MAPPED = ("mapped() {\n  dmsetup --noudevsync --noudevrules create \"$1\" --table \"0 $(cat /sys/class/block/$2/size) linear /dev/$2 0\" || fail dmsetup\n"
          "  mkdir /$1 && mount -t ext4 /dev/$3 /$1 || fail mount $1\n}\n"
          "stop() { dmsetup --noudevsync suspend $1 || fail suspend $1; }\ngo_on() { dmsetup --noudevsync resume $1 || fail resume $1; }\n"
          "writes() { echo data >/$1/data; tell $1 written; }\n")


@case(on="ours", seconds=35, quick=False)
def each_holder_keeps_its_own(desk):
    """One file system is held by its user, one by device mapper, one by both: all are held still, and each is released by its holders."""
    desk.standard()
    for name in ("user", "mapper", "both"):
        add_formatted(desk, "ext4", 64, name)
    prime = MAPPED + desk.prime() + ("mkdir /user && mount -t ext4 /dev/vdc /user || fail mount user\nmapped mapper vdd dm-0\nmapped both vde dm-1\n"
                                     "fsdo freeze /user || fail freeze user\nfsdo freeze /both || fail freeze both\nstop mapper\nstop both\n")
    after = ("writes user & user=$!\nwrites mapper & mapper=$!\nwrites both & both=$!\nsleep 2\n"
             "tell user released\nfsdo thaw /user || fail thaw user\nwait $user\ntell mapper released\ngo_on mapper\nwait $mapper\n"
             "tell both half-released\ngo_on both\nsleep 3\ntell both released\nfsdo thaw /both || fail thaw both\nwait $both\n"
             "for name in user mapper both; do umount /$name || fail umount $name; done\nfor name in mapper both; do dmsetup --noudevsync remove $name; done\n")
    down = desk.down("shutdown", prime=prime, after=after + desk.verdict(), files=initramfs.linked_files(["/sbin/dmsetup"]))
    # A sync waits for the suspended device, with a lock that holding its file system takes, too: neither is waited for without end.
    check(held(down) in ((3, 4), (4, 4)), f"{held(down)} file systems held")
    up = desk.up()
    desk.came_back(up)
    words = [text for _, text in up.words if text.endswith(("released", "written"))]
    check(words == ["user released", "user written", "mapper released", "mapper written", "both half-released", "both released", "both written"],
          f"a hold was lost, or kept: {words}")
    desk.files_sound()


@case(on="ours", seconds=60, quick=False)
def late_release_is_not_waited_for(desk):
    """The disk of a held file system gives no answer when it is released: after ten seconds that is left to a thread, which ends when it can."""
    desk.standard()
    add_formatted(desk, "ext4", 64, "late", errors=[{"event": "cor_write"}])  # for blkdebug, which can stop a request

    def ask_disk(run, words):
        run.ask("human-monitor-command", **{"command-line": f'qemu-io disk2 "{words}"'})

    def answer_later(run, text):
        if text == "on":
            threading.Timer(8, ask_disk, (run, "resume late")).start()

    script = desk.prime() + ("mkdir /mnt2\nmount -t ext4 /dev/vdc /mnt2 || fail mount\necho data >/mnt2/data\nsync\nsetting $power/pm_test freezer\n"
                             "hibernate shutdown\nsetting $power/pm_test none\n( echo more >/mnt2/more; tell written ) &\ntell on\nwait $!\n"
                             "hibernate shutdown\numount /mnt2 || fail umount\n" + desk.verdict())
    down = desk.boot(script, name="down", on_console=(" file systems are held", lambda run: ask_disk(run, "break write_aio late")), on_word=answer_later)
    check(held(down) == (2, 2), f"{held(down)} file systems held the second time")
    lines = down.console.count("a file system is not released in 10000 ms: its disk gives no answer")
    check(lines == 1, f"{lines} lines say that a release is late")
    back, written = down.when("^on$"), down.when("^written")
    check(back and written and written - back > 5, "the write did not wait for the disk")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


# An ext4 that this very guest serves to itself by NFS.
SERVE_NFS = ("busybox ifconfig lo 127.0.0.1 up || fail lo\nmkdir /shared /nfs && mount -t ext4 /dev/vdc /shared || fail mount\n"
             "mount -t nfsd none /proc/fs/nfsd || fail mount nfsd\necho '-2 -3 +4' >/proc/fs/nfsd/versions\n"
             "echo 'nfsd 127.0.0.1 2147483647 local' >/proc/net/rpc/auth.unix.ip/channel || fail client\n"
             # insecure, no_subtree_check, fsid=
             "echo 'local /shared 2147483647 9218 65534 65534 0' >/proc/net/rpc/nfsd.export/channel || fail export\n"
             "echo 'local 1 \\x00000000 2147483647 /shared' >/proc/net/rpc/nfsd.fh/channel || fail root of exports\n"
             "echo 10 >/proc/fs/nfsd/nfsv4gracetime || fail grace time\n"
             "echo 'tcp 2049' >/proc/fs/nfsd/portlist || fail port\necho 2 >/proc/fs/nfsd/threads || fail threads\nmount -t nfs -o vers=4.0,addr=127.0.0.1 127.0.0.1:/ /nfs || fail mount nfs $(dmesg | tail -1)\n")
# Writes one numbered line after the other, each to the disk; notes which was the last.
NFS_WRITER = ("( n=0; while [ ! -e /tmp/stop ]; do n=$((n + 1)); echo \"line $n\" | dd of=/nfs/log oflag=append conv=notrunc,fsync 2>/dev/null "
              "|| tell failed line $n; echo $n >>/tmp/lines; done ) &\nwriter=$!\n")
NFS_AFTER = ("back=$(wc -l </tmp/lines)\ntell lines-back $back\ngrows() { [ $(wc -l </tmp/lines) -gt $((back + 3)) ]; }\nwait_for 60 grows\n"
             "touch /tmp/stop\nwait $writer\nmd5sum </nfs/data | cmp - /tmp/sum || fail data through nfs\numount /nfs || fail umount nfs\n"
             "tell lines $(wc -l </tmp/lines) $(awk '$0 != \"line \" NR { wrong++ } END { print NR, wrong + 0 }' /shared/log)\n"
             "md5sum </shared/data | cmp - /tmp/sum || fail data\necho 0 >/proc/fs/nfsd/threads\numount /proc/fs/nfsd\n"
             "for cache in auth.unix.ip nfsd.export nfsd.fh; do date +%s >/proc/net/rpc/$cache/flush; done\nwait_for 20 umount /shared\n")


def served_to_itself(desk, more="", **back):
    """A cycle with a writer on an NFS mount whose server is the same guest; returns the way down."""
    desk.standard()
    add_formatted(desk, "ext4", 256, "shared")
    desk.accepted = r"NFSD|rpcbind|Call Trace"
    prime = desk.prime() + SERVE_NFS + ("dd if=/dev/urandom of=/nfs/data bs=1M count=8 2>/dev/null || fail writing\nmd5sum </nfs/data >/tmp/sum\n"
                                        + NFS_WRITER + "sleep 2\ndd if=/dev/urandom of=/nfs/dirty bs=1M count=8 2>/dev/null\n" + more)
    down = desk.down("shutdown", prime=prime, after=NFS_AFTER + desk.verdict())
    up = desk.up()
    desk.came_back(up, **back)
    lines = up.has(r"^lines (\d+) (\d+) (\d+)")
    check(lines and lines.group(1) == lines.group(2) and lines.group(3) == "0", f"the writer's lines: {lines and lines.group(0)}")
    check(int(up.has(r"^lines-back (\d+)").group(1)) > 0, "the writer had not written")
    desk.swap_sound()
    if desk.ours and "file systems are released" in down.console:
        desk.note("file systems were released for it")
    return down


@case(seconds=50, kernel="world", quick=False)
def nfs_served_to_itself_resumes(desk):
    """nfsd and its client in one guest, with a writer: it goes on, and no line and no byte is lost."""
    down = served_to_itself(desk)
    if desk.ours:
        check(held(down) == (2, 2), f"{held(down)} file systems held")


@case(seconds=60, kernel="world", quick=False)
def nfs_served_to_itself_is_no_obstacle_to_reclaim(desk):
    """The same while memory is reclaimed as far as it goes: nobody waits for the server, whose file system is held."""
    down = served_to_itself(desk, more="setting $power/image_size 0\n", swap_used=True)
    if desk.ours:
        check(re.search(r"Preallocated .* reclaimed [1-9]", down.console), "nothing was reclaimed")


@case(on="ours", seconds=30)
def freeze_fs_parameters(desk):
    """They read back, refuse nonsense, and switch it off."""
    desk.standard()
    script = ""
    for name, words in (("freeze_fs", "Y N maybe 0 1"), ("freeze_fs_limit", "10 0 601 text 600")):
        script += f"for word in {words}; do tell {name} $word $(put {PARAMETERS}/{name} $word) $(cat {PARAMETERS}/{name}); done\n"
    script += f"setting {PARAMETERS}/freeze_fs 0\nsetting $power/pm_test freezer\nmount_files\nswap_on\nhibernate platform\n"
    seen = desk.boot(script)
    told = [text for _, text in seen.words if text.startswith("freeze_fs")]
    check(told == ["freeze_fs Y ok Y", "freeze_fs N ok N", "freeze_fs maybe EINVAL N", "freeze_fs 0 ok N", "freeze_fs 1 ok Y",
                   "freeze_fs_limit 10 ok 10", "freeze_fs_limit 0 EINVAL 10", "freeze_fs_limit 601 EINVAL 10",
                   "freeze_fs_limit text EINVAL 10", "freeze_fs_limit 600 ok 600"], f"told: {told}")
    check(seen.has("^hibernated ok") and "file systems are held" not in seen.console, "file systems were held all the same")


@case(on="ours", seconds=50, kernel="world", quick=False)
def io_uring_writes_under_way_resume(desk):
    """Direct writes through io_uring, waited for and polled, on a slow disk: the file system waits for those, in vain, or not."""
    desk.standard(append=["virtio_blk.poll_queues=1"])
    desk.machine.disks[1].bps_write = 4 * MIB
    for how in ("wait", "poll"):
        desk.boots = 0
        seen = desk.boot(desk.prime() + f"uring start /mnt/under-way {how} || fail uring\nsetting $power/pm_test devices\n"
                         "hibernate platform\nsetting $power/pm_test none\ntell finished $(uring finish)\njudge verify || fail memory\n"
                         "judge stop\numount /mnt || fail umount\n", name=how, append=["hibernate.freeze_fs_limit=4"])
        check(seen.has("^hibernated ok"), f"{how}: {desk.last_result(seen)}")
        check(seen.has("^finished 16 of 16"), f"{how}: {seen.has('^finished.*')}")
        desk.note(f"{how}: {held(seen)} held")
    desk.files_sound()


@case(on="ours", seconds=50, kernel="world", quick=False)
def gadget_that_writes_resumes(desk):
    """A kernel thread, that of a USB mass storage gadget, writes to a file of a held file system; it freezes where it waits."""
    desk.standard()
    desk.accepted = r"Call Trace"  # of the task that waits for its disk, which is the gadget
    gadget = "/config/usb_gadget/g"
    prime = desk.prime() + (
        "dd if=/dev/zero of=/mnt/stick bs=1M count=16 2>/dev/null\nmkdir /config\nmount -t configfs none /config || fail configfs\n"
        f"mkdir -p {gadget}/functions/mass_storage.0 {gadget}/configs/c.1 || fail gadget\necho 0x1d6b >{gadget}/idVendor\necho 0x0104 >{gadget}/idProduct\n"
        f"echo /mnt/stick >{gadget}/functions/mass_storage.0/lun.0/file\nln -s {gadget}/functions/mass_storage.0 {gadget}/configs/c.1/\n"
        f"echo dummy_udc.0 >{gadget}/UDC || fail udc\nwait_for 10 [ -b /dev/sda ]\n"
        "( while :; do dd if=/dev/urandom of=/dev/sda bs=64k count=64 conv=fsync 2>/dev/null; done ) &\nwriter=$!\nsleep 2\n")
    after = f"kill $writer\nwait $writer\necho >{gadget}/UDC\nrm {gadget}/configs/c.1/mass_storage.0\nrmdir {gadget}/functions/mass_storage.0\n"
    down = resumes(desk, prime, after)
    check(held(down) == (1, 1), f"{held(down)} file systems held")
