# SPDX-License-Identifier: GPL-2.0
"""What a swap area comes down to, and which one a name means."""
import initramfs
from case import case, check

MAPPER = "mapper() { dmsetup --noudevsync --noudevrules create \"$1\" --table \"0 $(blockdev_sectors $2) linear $2 0\" || fail dmsetup; }\n" \
         "blockdev_sectors() { cat /sys/class/block/${1#/dev/}/size; }\n"


def dmsetup():
    return initramfs.program_files("/sbin/dmsetup")


@case(on="ours", seconds=45)
def mapper_on_loop_refused(desk):
    """dm-linear on a loop device is refused by the loop device's name; beside a disk it is in use, and nothing is pushed out to it."""
    desk.standard(swap_mib=512)
    script = MAPPER + desk.prime().replace("swap_on\n", "")
    script += ("dd if=/dev/zero of=/mnt/loop bs=1M count=64 2>/dev/null && losetup /dev/loop0 /mnt/loop || fail losetup\n"
               "mapper upon /dev/loop0\nmkswap /dev/dm-0 >/dev/null && swapon /dev/dm-0 || fail swapon\n"
               "hibernate shutdown\ntell refused $result $(cat $power/hibernate/last_error)\n"
               "swap_on /dev/vda\nsetting $power/image_size 1\n")
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap /dev/vda)\njudge stop\n"
             "swapoff /dev/dm-0 && dmsetup --noudevsync remove upon && losetup -d /dev/loop0 && umount /mnt || fail umount\ntell verdict done\n")
    down = desk.boot(script + desk.transition("shutdown") + after, name="down", files=dmsetup())
    refused = down.has("^refused EOPNOTSUPP phase=hibernate step=preflight .*swap: .*loop0 stands still")
    check(refused, f"not refused by name: {down.has('^refused.*') and down.has('^refused.*').group(0)}")
    results = [text for _, text in down.words if text.startswith("hibernated")]
    check(len(results) == 1, f"came back: {results} {desk.last_result(down)}")
    desk.came_back(desk.up())
    desk.swap_sound()
