# SPDX-License-Identifier: GPL-2.0
"""What a swap area comes down to, and which one a name means."""
import re
import subprocess

import swaparea
import vm
from case import MIB, case, check
from mapper import MAPPER, dmsetup


@case(on="ours", seconds=30)
def mapper_on_disk_resumes(desk):
    """dm-linear on a disk is as good as the disk; found by UUID= beside it, since the disk is claimed, and looked at by image_info."""
    desk.standard()
    script = MAPPER + "mapper upon /dev/vda\n"
    desk.down("shutdown", prime=script + desk.prime().replace("swap_on\n", "swap_on /dev/dm-0\n"), files=dmsetup())
    up = desk.boot(f"{script}tell named $(put $power/resume UUID={swaparea.uuid_of(desk.swap)})\nfresh /dev/dm-0\n", name="up", files=dmsetup())
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", kernel="world", seconds=25, quick=False)
def mapper_on_memory_refused(desk):
    """dm-linear on zram, and on a RAM disk: an image there would be gone with the power."""
    desk.standard(swap_mib=64)
    script = MAPPER + "setting /sys/block/zram0/disksize 64M\nmapper one /dev/zram0\nmapper two /dev/ram0\n"
    for area in ("dm-0", "dm-1"):
        script += (f"mkswap /dev/{area} >/dev/null && swapon /dev/{area} || fail swapon\nhibernate shutdown\n"
                   f"tell {area} $result $(cat $power/hibernate/last_error)\nswapoff /dev/{area} || fail swapoff\n")
    seen = desk.boot(script, name="refused", files=dmsetup())
    for area, disk in (("dm-0", "zram0"), ("dm-1", "ram0")):
        check(seen.has(f"^{area} EOPNOTSUPP phase=hibernate step=preflight .*swap: .* {disk} is memory"), f"{disk} is not refused by name: {seen.has(f'^{area}.*')}")


SECTORS = 64 * MIB // 512
# vdb and vdc are for data, vdd for metadata. The last device of each is the one that swap lies on; dm-N count from 0 again.
KEEPING = {
    "linear": [("linear", SECTORS, "linear /dev/vdb 0")],
    "thin": [("pool", SECTORS, "thin-pool /dev/vdd /dev/vdb 128 0"), ("thin", SECTORS, "thin /dev/dm-0 0")],
    "snapshot": [("snapshot", SECTORS, "snapshot /dev/vdb /dev/vdc P 8")],
    "snapshot-origin": [("origin", SECTORS, "snapshot-origin /dev/vdb")],
    "cache": [("cache", SECTORS, "cache /dev/vdd /dev/vdc /dev/vdb 128 1 writethrough smq 0")],
    "writecache": [("writecache", SECTORS, "writecache s /dev/vdb /dev/vdd 4096 0")],
    "clone": [("clone", SECTORS, "clone /dev/vdd /dev/vdc /dev/vdb 8 1 no_hydration")],
    "era": [("era", SECTORS, "era /dev/vdd /dev/vdb 128")],
    "log-writes": [("log", SECTORS, "log-writes /dev/vdb /dev/vdc")],
}


# An area on a disk is asked about, and then an image is to be written there.
TRY = ("mkswap /dev/{1} >/dev/null && swapon /dev/{1} || fail swapon {1}\ntell {0}row $(grep {1} $power/hibernate/areas)\n"
       "hibernate shutdown\ntell {0}refused $result $(cat $power/hibernate/last_error)\nswapoff /dev/{1} || fail swapoff {1}\n")


def wiped_disks(desk, *sizes_mib):
    """Disks of zeros, from vdb on."""
    for index, mib in enumerate(sizes_mib):
        path = desk.folder / f"zeros{index}.img"
        with open(path, "wb") as disk:
            disk.truncate(mib * MIB)
        desk.machine.disks.append(vm.Disk(path))


@case(on="ours", kernel="world", seconds=40, quick=False)
def mapper_that_keeps_metadata_refused(desk):
    """Named by its target, also below another device, before anything is frozen; as swap it works. dm-linear is accepted; so are dm-crypt, dm-integrity and a mirror, see disks.py and awake.py."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    wiped_disks(desk, 64, 64, 16)
    script = ("row() { dd if=/dev/zero of=$2 bs=1M count=1 2>/dev/null; mkswap $2 >/dev/null && swapon $2 || fail swapon $1; tell \"$1 $(grep -v vda $power/hibernate/areas)\"; swapoff $2; }\n"
              "refused() { echo kept | dd of=$2 bs=1M conv=sync 2>/dev/null; tell \"$1 $(put $power/hibernate/target \"$2 force\") $(head -c 4 $2)\"; }\n"
              "zero() { for disk in b c d; do dd if=/dev/zero of=/dev/vd$disk bs=1M count=16 2>/dev/null; done; }\n"
              "table() { dmsetup --noudevsync --noudevrules create $1 --table \"0 $2 $3\" || fail dmsetup $1; }\n")
    for kind, tables in KEEPING.items():
        script += "zero\n"
        for number, (name, sectors, table) in enumerate(tables):
            if name == "thin":
                script += "dmsetup message pool 0 'create_thin 0' || fail create_thin\n"
            script += f"table {name} {sectors} '{table}'\n"
        script += f"row {kind} /dev/dm-{len(tables) - 1}\nrefused target-{kind} /dev/dm-{len(tables) - 1}\nsetting $power/hibernate/target none\n"
        if kind == "thin":
            script += (f"table upon {SECTORS} 'linear /dev/dm-1 0'\nrow upon-thin /dev/dm-2\n"
                       "swapon /dev/dm-2 || fail swapon\nhibernate shutdown\ntell refused $result $(cat $power/hibernate/last_error)\nswapoff /dev/dm-2\ndmsetup remove upon\n")
        script += "".join(f"dmsetup --noudevsync remove {name} || fail remove {name}\n" for name, _, _ in reversed(tables))
    seen = desk.boot(script + "tell done\n", files=dmsetup())
    said = {word.split()[0]: word for _, word in seen.words if " " in word}
    check(" usable /dev/dm-0" in said["linear"] and said["target-linear"].split()[1] == "ok", f"{said['linear']}, {said['target-linear']}")
    for kind, tables in list(KEEPING.items())[1:]:
        disk = f"dm-{len(tables) - 1}"
        check(f" unusable /dev/{disk}: {disk} is {kind}, whose metadata an image would change" in said[kind], said[kind])
        check(said[f"target-{kind}"].endswith(" EOPNOTSUPP kept"), said[f"target-{kind}"])
        check(f"/dev/{disk} is no target for images: {disk} is {kind}" in seen.console, f"{disk} is not named as a target")
    check(" unusable /dev/dm-2: dm-1 is thin, whose metadata" in said["upon-thin"], said["upon-thin"])
    check(seen.has("^refused EOPNOTSUPP phase=hibernate step=preflight .*swap: .*dm-1 is thin, whose metadata"), f"not refused by name {desk.last_result(seen)}")
    check(seen.has("^done"), "did not end")


@case(on="ours", kernel="world", seconds=30, quick=False)
def bcache_refused(desk):
    """A disk with a cache before it, which notes in memory what lies where: refused by name, before anything is frozen and also below another device; as swap it works."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    wiped_disks(desk, 64, 64)
    backing, cache = (disk.path for disk in desk.machine.disks[1:])
    subprocess.run(["/sbin/make-bcache", "--writeback", "--bucket", "64k", "-B", str(backing), "-C", str(cache)], check=True, capture_output=True)
    script = ("for disk in b c; do setting /sys/fs/bcache/register /dev/vd$disk; done\nwait_for 10 test -b /dev/bcache0\n"
              "wait_for 10 grep -q clean /sys/block/bcache0/bcache/state\n" + MAPPER + TRY.format("", "bcache0"))
    script += "mapper upon /dev/bcache0\n" + TRY.format("upon-", "dm-0")
    script += ("echo kept | dd of=/dev/dm-0 bs=1M conv=sync 2>/dev/null\ntell target $(put $power/hibernate/target '/dev/dm-0 force') $(head -c 4 /dev/dm-0)\n"
               "dmsetup --noudevsync remove upon || fail remove\n"
               "echo kept | dd of=/dev/bcache0 bs=1M conv=sync 2>/dev/null\ntell target $(put $power/hibernate/target '/dev/bcache0 force') $(head -c 4 /dev/bcache0)\n")
    seen = desk.boot(script + "tell done\n", files=dmsetup())
    for name, disk in (("", "bcache0"), ("upon-", "dm-0")):
        row, result = seen.has(f"^{name}row (.*)"), seen.has(f"^{name}refused (.*)")
        check(row and f" unusable /dev/{disk}: bcache0 is bcache, whose metadata an image would change" in row.group(1), f"areas of {disk}: {row and row.group(1)}")
        check(result and re.match("EOPNOTSUPP phase=hibernate step=preflight .*swap: .*bcache0 is bcache, whose metadata", result.group(1)),
              f"not refused by name on {disk}: {result and result.group(1)}")
        check(f"/dev/{disk} is no target for images: bcache0 is bcache" in seen.console, f"{disk} is not named as a target")
    targets = [text for _, text in seen.words if text.startswith("target ")]
    check(targets == ["target EOPNOTSUPP kept"] * 2, f"as targets: {targets}")
    check(seen.has("^done"), "did not end")
