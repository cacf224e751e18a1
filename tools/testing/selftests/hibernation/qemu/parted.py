# SPDX-License-Identifier: GPL-2.0
"""A disk with a partition table."""
import struct

import swaparea
import vm
from case import MIB


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
