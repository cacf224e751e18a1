# SPDX-License-Identifier: GPL-2.0
"""File systems that are at work, dead, or served by a task: each cycle ends, and nothing is written behind the image's back."""
from dataclasses import replace

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
