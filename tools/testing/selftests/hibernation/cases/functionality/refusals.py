# SPDX-License-Identifier: GPL-2.0
"""Images that must not be resumed, and boots that are told not to."""
import struct

from case import case, check
from refused import fresh_and_sound


@case(on="ours", seconds=40)
def noresume_retires_image(desk):
    """After a boot with noresume the image is gone for good, though nobody touched the swap."""
    for word in ("noresume", "hibernate=noresume", "nohibernate"):
        desk.machine.disks.clear()
        desk.swap = None
        desk.standard(swap_mib=512)
        desk.down("shutdown", name=f"down-{word}")
        quiet = desk.up("tell quiet\n", name=f"without-{word}", append=[word])
        check(quiet.has("^quiet") and not quiet.has("^judge "), f"{word}: was resumed")
        up = desk.up(name=f"after-{word}")
        fresh_and_sound(desk, up, word)


@case(seconds=10)
def plain_swap_boots_fresh(desk):
    """No image: one line at most, and a normal start, however the resume is asked for."""
    desk.standard()
    for way in ("cmdline", "initrd"):
        up = desk.up(resume=way, name=way)
        fresh_and_sound(desk, up, way)


@case(seconds=10)
def missing_device_boots_fresh(desk):
    """resume= names a device that does not exist."""
    desk.standard()
    up = desk.boot("fresh\n", append=["resume=/dev/nothing"])
    fresh_and_sound(desk, up, "missing device")


@case(on="ours", seconds=15)
def swap_with_many_bad_pages_refused(desk):
    """The list of bad pages ends where the commit record would lie: no image is made there, the list stays."""
    desk.standard()
    bad = struct.pack("<600I", *range(1000, 1600))
    with open(desk.swap.path, "r+b") as disk:
        disk.seek(1032)
        disk.write(struct.pack("<I", 600))
        disk.seek(1536)
        disk.write(bad)
    seen = desk.boot("swap_on\nhibernate shutdown\ntell refused $result\n", name="down")
    check(seen.has("^refused EOPNOTSUPP"), "was not refused with EOPNOTSUPP")
    check("600 bad pages in the swap header, limit 512" in seen.console, "the reason was not said")
    check(desk.swap.page()[1536:1536 + len(bad)] == bad, "the list was changed")
