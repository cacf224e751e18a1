# SPDX-License-Identifier: GPL-2.0
"""All the ways to say where the image is."""
import re
import struct
import subprocess

import swaparea
import vm
from case import MIB, case, check


def resumes_each_time(desk, ways):
    """One image, resumed once from a copy in each of these ways."""
    kept = {disk: disk.path.with_suffix(".kept") for disk in desk.machine.disks}
    for disk, copy in kept.items():
        swaparea.copy(disk.path, copy)
    for name, append in ways.items():
        for disk, copy in kept.items():
            swaparea.copy(copy, disk.path)
        up = desk.up(resume=None, name=name, append=append)
        desk.came_back(up)
        desk.swap_sound()
    for copy in kept.values():
        copy.unlink()


@case(on="ours", seconds=90)
def resume_forms_all_find_image(desk):
    """MAJ:MIN, hex, UUID= and LABEL= of the area, with resumedelay and resumewait."""
    desk.standard()
    prime = desk.prime() + "tell number $(number_of /dev/vda)\n"
    down = desk.down("shutdown", prime=prime)
    major, minor = map(int, re.search(r"(\d+):(\d+)", down.has(r"^number .*").group(0)).groups())
    uuid = desk.swap.header[1036:1052].hex()
    uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
    resumes_each_time(desk, {
        "number": [f"resume={major}:{minor}", "resumedelay=1"],
        "hex": [f"resume={major << 8 | minor:x}", "resumewait"],
        "uuid": [f"resume=UUID={uuid}", "resumewait=5"],
        "label": ["resume=LABEL=dormouse"],
    })


def partitioned(desk, mib):
    """A disk whose first partition is the swap area; returns the PARTUUID."""
    path = desk.folder / "parted.img"
    first, disk_id = 2048, 0x0d0f5e01
    with open(path, "wb") as image:
        image.truncate((mib + 1) * MIB)
        image.seek(440)
        image.write(struct.pack("<IH", disk_id, 0))
        image.write(struct.pack("<B3sB3sII", 0, b"\0\2\0", 0x82, b"\xff\xff\xff", first, mib * MIB // 512))
        image.seek(510)
        image.write(b"\x55\xaa")
    desk.swap = swaparea.make(path, mib * MIB, desk.random, offset=first * 512)
    desk.machine.disks.append(vm.Disk(path))
    return f"{disk_id:08x}-01"


@case(on="ours", seconds=40)
def partuuid_finds_image(desk):
    """The area is a partition, named by PARTUUID= and by its device."""
    partuuid = partitioned(desk, 1024)
    desk.add_files()
    desk.down("shutdown", prime=desk.prime().replace("swap_on\n", "swap_on /dev/vda1\n"))
    resumes_each_time(desk, {"partuuid": [f"resume=PARTUUID={partuuid}"], "name": ["resume=/dev/vda1"]})


def file_block(image, name):
    """First block of a file in an ext4 image."""
    out = subprocess.run(["/sbin/debugfs", "-R", f"bmap {name} 0", str(image)], capture_output=True, text=True, check=True).stdout
    return int(out.split()[0])


@case(on="ours", seconds=40)
def swap_file_resumes(desk):
    """The area is a file of a mounted file system, found by resume_offset=."""
    tree = desk.folder / "tree"
    tree.mkdir()
    swap = tree / "swap"
    swap.write_bytes(b"\xa5" * 400 * MIB)
    area = swaparea.make(desk.folder / "header", 400 * MIB, desk.random)
    with open(swap, "r+b") as image:
        image.write(area.header)
    swap.chmod(0o600)
    disk = desk.folder / "files.img"
    with open(disk, "wb") as image:
        image.truncate(640 * MIB)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", "-b", "4096", "-d", str(tree), str(disk)], check=True)
    swap.unlink()
    desk.machine.disks.append(vm.Disk(disk))
    desk.swap = swaparea.Area(disk, area.header, file_block(disk, "/swap") * 4096)
    desk.files = disk

    prime = desk.prime(anon=200, tmpfs=24, cache=0).replace("swap_on\n", "")
    prime = "mkdir -p /mnt; mount -t ext4 /dev/vda /mnt || fail mount\nswap_on /mnt/swap\n" + prime
    script = "judge verify || fail memory\necho after > /mnt/after && sync\ntell verdict done\nswapoff /mnt/swap\n"
    desk.down("shutdown", prime=prime, after="tell used-swap $(used_swap)\n" + script)
    check(desk.swap.armed(), "no image in the file")
    up = desk.up(resume=None, append=["resume=/dev/vda", f"resume_offset={desk.swap.offset // 4096}"])
    desk.came_back(up)
    desk.swap_sound()
