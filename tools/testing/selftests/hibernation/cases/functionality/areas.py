# SPDX-License-Identifier: GPL-2.0
"""What a swap area comes down to, and which one a name means."""
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
}


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
