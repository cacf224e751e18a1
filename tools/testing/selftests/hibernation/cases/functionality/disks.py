# SPDX-License-Identifier: GPL-2.0
"""Kinds of disks that hold the image: a cycle on each, and on disks made of disks, which an initramfs has to put together first.

The files lie on a virtio disk of their own.
"""
import re
from dataclasses import replace

import initramfs
import swaparea
import vm
from case import MIB, case, check
from steps import ARM, WAKE

ROWS = {
    "nvme": {"bus": "nvme"},
    "nvme_4k": {"bus": "nvme", "block": 4096},
    "virtio_4k": {"block": 4096},
    "scsi": {"bus": "scsi"},
    "ahci": {"bus": "ahci"},
    "usb": {"bus": "usb"},
}
WORLD = ("ahci", "usb")
WWN = 0x5000c50015ea71ad


def primed(desk, where, before=""):
    """Memory filled, swap on a device; the files are on the virtio disk that is last."""
    files = vm.names(desk.machine.disks)[-1]
    return desk.prime().replace("swap_on\n", f"{before}swap_on {where}\n").replace("mount_files\n", f"mount_files {files}\n")


def on_disk(desk, before="", append=(), **kind):
    """One cycle through S4, the swap area on this kind of disk; resume= names it."""
    desk.add_swap(512, **kind)
    desk.add_files()
    swap, where = desk.machine.disks[0], vm.names(desk.machine.disks)[0]
    block = f"wait_for 20 test -b {where}\ntell block $(cat /sys/class/block/{where[5:]}/queue/logical_block_size)\n"
    down = desk.down("platform", prime=block + before + primed(desk, where), append=append)
    check(down.has(f"^block {swap.block}$"), f"{where} has no blocks of {swap.block} bytes")
    desk.came_back(desk.boot(f"fresh {where}\n", name="up", append=[f"resume={where}", "resumewait=30"]))
    desk.swap_sound()
    desk.files_sound()
    return down


def add_row(name, kind):
    def cell(desk):
        on_disk(desk, **kind)

    cell.__name__ = f"disk_{name}_resumes"
    cell.__doc__ = f"The image lies on {name}."
    case(kernel="world" if name in WORLD else "plain", seconds=35, quick=False)(cell)


for row, options in ROWS.items():
    add_row(row, options)


@case(on="ours", seconds=45, quick=False)
def two_paths_to_one_disk_are_one(desk):
    """A multipath disk that nobody has put together yet: UUID= finds it. A copy with another name of its own is a second disk."""
    desk.add_swap(512, bus="scsi", wwn=WWN)
    swap = desk.machine.disks[0]
    desk.machine.disks.append(swap)
    desk.add_files()
    desk.down("shutdown", prime=primed(desk, "/dev/sda"))
    append = [f"resume=UUID={swaparea.uuid_of(desk.swap)}"]
    copy = replace(desk.machine, disks=[swap, replace(swap, wwn=WWN + 1), desk.machine.disks[2]])
    seen = desk.boot("tell quiet\n", name="copy", append=append, machine=copy)
    check(seen.has("^quiet") and re.search("sd[ab] and sd[ab] are the same swap area", seen.console), "the copy was not named")
    check(desk.swap.armed(), "the image was touched")
    desk.came_back(desk.boot("fresh /dev/sda\n", name="up", append=append))
    desk.swap_sound()
    desk.files_sound()


ISSUED = "/sys/kernel/tracing/events/block/block_rq_issue"


@case(seconds=25)
def disk_scsi_fua_resumes(desk):
    """A SCSI disk that takes FUA writes: the commit record is the only write to its block, is one, and a flush comes before it."""
    before = f"setting {ISSUED}/filter 'sector == 0 && bytes > 0 || rwbs ~ \"F*\"'\nsetting {ISSUED}/enable 1\n"
    down = on_disk(desk, before, ["tp_printk"], bus="scsi", fua=True)
    check("supports DPO and FUA" in down.console, "the disk takes no FUA writes")
    saved = down.console.split("Image saving progress: 100%")[-1].split("result phase")[0]
    issued = re.findall(r"block_rq_issue: 8,0 (\w+) (\d+) ", saved)
    check(issued, "no write of the commit record was seen")
    if desk.ours:
        writes = [number for number, (kind, size) in enumerate(issued) if "W" in kind and int(size)]
        check(len(writes) == 1 and "F" in issued[writes[0]][0].split("W")[1], f"the commit record is no FUA write: {issued}")
        check(any(kind.startswith("F") for kind, _ in issued[:writes[0]]), f"nothing was flushed before the commit record: {issued}")


# Disks of disks: script lines that put them together in each boot, lines that make them once, and what they are made of.

DM = "dmsetup create --noudevsync --noudevrules stack || fail dmsetup\n"
SECTORS = "$(cat /sys/class/block/{}/size)"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 4
CRYPT = f"echo 0 {SECTORS.format('sda')} crypt aes-xts-plain64 {KEY} 0 /dev/sda 0 | {DM}"
LINEAR = (f"a={SECTORS.format('sda')}; b={SECTORS.format('sdb')}\n"
          f"printf '0 %d linear /dev/sda 0\\n%d %d linear /dev/sdb 0\\n' $a $a $b | {DM}")
RAID = "mkdir -p /run\nmdadm --{} /dev/md0 {} /dev/nvme0n1 /dev/nvme1n1 >/tmp/mdadm 2>&1 || fail mdadm $(tail -1 /tmp/mdadm)\n"
ASSEMBLE = RAID.format("assemble", "--run")
CREATE = RAID.format("create", "--run --level=1 --raid-devices=2 --metadata=1.2 --assume-clean")


# As LVM makes a mirror: each half has a piece for the superblock and the bitmap before it.
PIECES = ("piece() { dmsetup create --noudevsync --noudevrules $1 --table \"0 $2 linear $3 $4\" || fail dmsetup $1; }\n"
          "n=0; for disk in sda sdb; do\n"
          "  piece meta$n 8192 /dev/$disk 0; piece half$n $(($(cat /sys/class/block/$disk/size) - 8192)) /dev/$disk 8192; n=$((n + 1))\n"
          "done\n")
MIRROR = f"echo 0 {SECTORS.format('dm-1')} raid raid1 {{}} 2 /dev/dm-0 /dev/dm-1 /dev/dm-2 /dev/dm-3 | {DM}"
NEW_MIRROR = PIECES + MIRROR.format("4 0 nosync region_size 1024")
OLD_MIRROR = PIECES + MIRROR.format("3 0 region_size 1024")


def on_stack(desk, where, parts, once, again, kind, mib=640):
    """One cycle through S4, the swap area on a disk of disks, resumed by an initramfs that puts it together again."""
    for number in range(parts):
        path = desk.folder / f"part{number}.img"
        with open(path, "wb") as image:
            image.truncate(mib * MIB)
        desk.machine.disks.append(vm.Disk(path, **kind))
    desk.add_files()
    files = initramfs.disk_files()
    prime = primed(desk, where, before=f"{once}mkswap {where} >/dev/null || fail mkswap\n")
    after = desk.verdict() + f"swapoff {where} && swap_on {where}\n"
    desk.down("platform", prime=prime, after=after, files=files)
    up = desk.boot(f"{again}resume_by_hand {where}\nfresh {where}\n", name="up", files=files)
    desk.came_back(up)
    desk.files_sound()
    return up


def halves_hold_the_same(desk, begin_mib):
    """The first two disks, from there on."""
    one, other = (open(disk.path, "rb") for disk in desk.machine.disks[:2])
    with one, other:
        one.seek(begin_mib * MIB)
        other.seek(begin_mib * MIB)
        while block := one.read(MIB):
            check(block == other.read(MIB), f"the mirror's halves differ before {one.tell() >> 20} MiB")


@case(kernel="world", seconds=60, quick=False)
def disk_dm_crypt_resumes(desk):
    """Swap on dm-crypt on AHCI."""
    on_stack(desk, "/dev/dm-0", 1, CRYPT, CRYPT, {"bus": "ahci"})
    with open(desk.machine.disks[0].path, "rb") as disk:
        check(b"LINHIB" not in disk.read(MIB) and b"SWAPSPACE2" not in disk.read(MIB), "the disk is not encrypted")


@case(seconds=35, quick=False)
def disk_dm_linear_resumes(desk):
    """Swap on a volume that spans two SCSI disks, as LVM makes them."""
    on_stack(desk, "/dev/dm-0", 2, LINEAR, LINEAR, {"bus": "scsi"}, mib=320)


@case(kernel="world", seconds=45, quick=False)
def disk_md_raid1_resumes(desk):
    """Swap on a mirror of two NVMe disks; afterwards both hold the same."""
    on_stack(desk, "/dev/md0", 2, CREATE, ASSEMBLE, {"bus": "nvme"})
    halves_hold_the_same(desk, 2)


@case(kernel="world", seconds=60, quick=False)
def disk_dm_raid_resumes(desk):
    """Swap on a mirror that device mapper keeps, with its superblocks and bitmaps; afterwards both halves hold the same, and the next boot takes both."""
    on_stack(desk, "/dev/dm-4", 2, NEW_MIRROR, OLD_MIRROR, {"bus": "scsi"})
    halves_hold_the_same(desk, 4)
    seen = desk.boot(OLD_MIRROR + "tell halves $(dmsetup status stack)\n", name="again", files=initramfs.disk_files())
    check(seen.has(r"^halves 0 \d+ raid raid1 2 AA (\d+)/\1 idle 0 "), f"a half is not taken, or not in step: {seen.has('^halves.*')}")


CHARGED = "tell charged {when}: $(grep \"^$(cat /sys/block/vda/dev) \" /cg/slow/io.stat)\n"


@case(on="ours", kernel="world", seconds=75, quick=False)
def callers_limit_of_writing_does_not_count(desk):
    """Whoever hibernates is in a group that may write 1 MB/s to the swap disk: the image is the system's, and is not held to that.

    Not one request is charged to the group: no data, header, record or flush of a transition that is turned back after its commit,
    and no retiring of the image after a resume. What the group reads itself is.
    """
    desk.standard()
    prime = desk.prime() + ("mkdir /cg && mount -t cgroup2 none /cg || fail cgroup2\nsetting /cg/cgroup.subtree_control +io\n"
                            "mkdir /cg/slow\nsetting /cg/slow/io.max \"$(cat /sys/block/vda/dev) wbps=1048576\"\n"
                            "echo 0 >/cg/slow/cgroup.procs || fail joining\ntell limit $(cat /cg/slow/io.max)\n"
                            f"{ARM}setting {WAKE} commit\nhibernate shutdown\nsetting {WAKE} none\n{CHARGED.format(when='back')}"
                            "dd if=/dev/vda of=/dev/null bs=4096 skip=2000 count=1 2>/dev/null || fail reading\n" + CHARGED.format(when="read"))
    down = desk.boot(prime + desk.transition("shutdown") + CHARGED.format(when="up") + desk.verdict(), name="down")
    check(down.has("^limit .*wbps=1048576"), "the group has no limit")
    check(down.has("^hibernated ok"), "the first transition was not turned back")
    rates = [float(rate) for rate in re.findall(r"PM: Wrote \d+ kbytes in [0-9.]+ seconds \(([0-9.]+) MB/s\)", down.console)]
    check(len(rates) == 2 and min(rates) > 3, f"written at {rates} MB/s")
    up = desk.up()
    desk.came_back(up)
    charged = [seen.has(f"^charged {when}: ?(.*)").group(1) for seen, when in ((down, "back"), (down, "read"), (up, "up"))]
    check(not re.search("ios=[1-9]", charged[0]), f"charged to the group on the way down: {charged[0]}")
    check(re.search("rios=[1-9]", charged[1]), f"the group's own reading is not counted: {charged[1]}")
    check(charged[2] == charged[1], f"charged to the group on the way up: {charged[2]} after {charged[1]}")
    desk.swap_sound()
