# SPDX-License-Identifier: GPL-2.0
"""Places for an image other than a whole disk."""
import image
from case import case, check
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


@case(seconds=30)
def offset_by_hand_resumes(desk):
    """What an initramfs of today does: resume_offset first, then the device; here with offset 0."""
    desk.standard()
    desk.down("shutdown")
    up = desk.up("setting $power/resume_offset 0\nresume_by_hand /dev/vda\nfresh\n", resume="script")
    desk.came_back(up)
    desk.swap_sound()
