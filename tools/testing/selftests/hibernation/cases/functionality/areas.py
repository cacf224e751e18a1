# SPDX-License-Identifier: GPL-2.0
"""What a swap area comes down to, and which one a name means."""
import swaparea
from case import case, check
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
def mapper_on_zram_refused(desk):
    """dm-linear on zram: an image there would be gone with the power."""
    desk.standard(swap_mib=64)
    seen = desk.boot(MAPPER + "setting /sys/block/zram0/disksize 64M\nmapper upon /dev/zram0\nmkswap /dev/dm-0 >/dev/null && swapon /dev/dm-0 || fail swapon\n"
                     "hibernate shutdown\ntell refused $result $(cat $power/hibernate/last_error)\n", name="refused", files=dmsetup())
    check(seen.has("^refused EOPNOTSUPP phase=hibernate step=preflight .*swap: .*zram0 is memory"), f"not refused by name {desk.last_result(seen)}")
