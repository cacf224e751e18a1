# SPDX-License-Identifier: GPL-2.0
"""Places for an image other than a whole disk."""
import os
import re
import subprocess

import image
import vm
from case import MIB, case, check
from swapfile import SWAP_FILE


@case(seconds=45)
def swap_file_resumes(desk):
    """A file on ext4, found by resume_offset; by hibimg, too."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    prime = desk.prime(cache=0, anon=176).replace("swap_on\n", SWAP_FILE)
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\nswapoff /mnt/swapfile || fail swapoff\n"
             "judge stop; umount /mnt || fail umount\ntell verdict done\n")
    down = desk.down("shutdown", prime=prime, after=after)
    offset = down.has(r"^offset (\d+)")
    check(offset, "no offset was told")
    if desk.ours:
        looked = [image.hibimg("verify", "--offset", block, desk.files) for block in (offset.group(1), 0)]
        check([look.returncode for look in looked] == [image.SOUND, image.NO_IMAGE], f"hibimg says {looked}")
    up = desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdb", f"resume_offset={offset.group(1)}"])
    desk.came_back(up, swap_used=True)  # writing the file swaps
    if desk.ours:
        look = image.hibimg("describe", "--offset", offset.group(1), desk.files)
        check(look.returncode == image.NO_IMAGE, f"hibimg still sees an image: {look}")
    desk.files_sound()


# The file gets 2 MiB by turns with another one.
FRAGMENTED = """mount -t {} /dev/vdb /mnt || fail mount
at=0
while [ $at -lt 320 ]; do
  for name in swapfile between; do fallocate -o $((at << 20)) -l 2097152 /mnt/$name || fail fallocate; done
  at=$((at + 2))
done
mkswap /mnt/swapfile >/dev/null && sync || fail mkswap
swap_on /mnt/swapfile
tell offset $(awk '{{ print $2 }}' $power/hibernate/areas)
"""


def add_fragmented(name, make, mount, check_disk):
    """XFS and btrfs list the blocks of a swap file each in its own way."""
    def cell(desk):
        desk.standard(swap_mib=64)
        desk.machine.disks.pop()
        path, environment = desk.folder / f"{name}.img", {**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ["PATH"]}
        with open(path, "wb") as disk:
            disk.truncate(1024 * MIB)
        subprocess.run([*make, str(path)], check=True, capture_output=True, env=environment)
        desk.machine.disks.append(vm.Disk(path))
        desk.files = None
        prime = desk.prime(cache=0, anon=176).replace("swap_on\n", FRAGMENTED.format(mount))
        after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\njudge stop\nswapoff /mnt/swapfile || fail swapoff\n"
                 "umount /mnt || fail umount\ntell verdict done\n")
        down = desk.down("shutdown", prime=prime, after=after, append=["hibernate.compressor=none"])
        extents = int(re.search(r"swap on /mnt/swapfile\.\s+Priority:\S+ extents:(\d+)", down.console).group(1))
        check(extents > 50, f"the file has only {extents} extents")
        desk.note(f"{extents} extents")
        append = ["resume=/dev/vdb", f"resume_offset={down.has('^offset ([0-9]+)$').group(1)}"]
        desk.came_back(desk.boot("tell fresh\n", name="up", append=append), swap_used=True)
        checked = subprocess.run([*check_disk, str(path)], capture_output=True, text=True, check=False, env=environment)
        check(checked.returncode == 0, f"{check_disk[0]}: {checked.stdout[-300:]}{checked.stderr[-300:]}")

    cell.__name__ = f"fragmented_swap_file_on_{name}_resumes"
    cell.__doc__ = f"On {name}, in many pieces; the file system is sound afterwards."
    case(on="ours", kernel="world", seconds=50, quick=False)(cell)


add_fragmented("xfs", ["mkfs.xfs", "-q", "-f"], "xfs", ["xfs_repair", "-n"])
add_fragmented("btrfs", ["mkfs.btrfs", "-q", "-f"], "btrfs -o nodatacow", ["btrfs", "check"])


@case(seconds=30)
def offset_by_hand_resumes(desk):
    """What an initramfs of today does: resume_offset first, then the device; here with offset 0."""
    desk.standard()
    desk.down("shutdown")
    up = desk.up("setting $power/resume_offset 0\nresume_by_hand /dev/vda\nfresh\n", resume="script")
    desk.came_back(up)
    desk.swap_sound()
