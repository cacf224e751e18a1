# SPDX-License-Identifier: GPL-2.0
"""All the ways to say where the image is."""
import re
import struct

import swaparea
import vm
from case import MIB, case, check


def resumes_each_time(desk, ways):
    """One image, resumed once from a copy in each of these ways."""
    kept = {disk.path: disk.path.with_suffix(".kept") for disk in desk.machine.disks}
    for path, copy in kept.items():
        swaparea.copy(path, copy)
    for name, append in ways.items():
        for path, copy in kept.items():
            swaparea.copy(copy, path)
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


@case(on="ours", seconds=40, quick=False)
def partuuid_finds_image(desk):
    """The area is a partition, named by PARTUUID= and by its device."""
    partuuid = partitioned(desk, 1024)
    desk.add_files()
    desk.down("shutdown", prime=desk.prime().replace("swap_on\n", "swap_on /dev/vda1\n"))
    resumes_each_time(desk, {"partuuid": [f"resume=PARTUUID={partuuid}"], "name": ["resume=/dev/vda1"]})
