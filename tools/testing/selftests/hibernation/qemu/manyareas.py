# SPDX-License-Identifier: GPL-2.0
"""Several swap areas, for cases whose image lies in more than one."""
import re

import image
import initramfs
from case import check


def several(desk, first_mib, *more_mib, **options):
    """Swap as vda and vdc, vdd ...; files as vdb."""
    desk.standard(swap_mib=first_mib)
    return [desk.swap] + [desk.add_swap(mib, name=f"more{i}", **options) for i, mib in enumerate(more_mib)]


def swapon():
    """That of util-linux: busybox's sets no priority."""
    return initramfs.linked_files(["/sbin/swapon"])


def down_with_pages_elsewhere(desk):
    """The image lies in vda, and pages of its kernel were swapped out to vdc."""
    desk.standard(swap_mib=512)
    desk.add_swap(256, name="other")
    prime = desk.prime(anon=240) + "/bin/swapon -p 100 /dev/vdc || fail swapon vdc\nsetting $power/image_size 0\n"
    return desk.down("shutdown", prime=prime, append=["resume=/dev/vda"], files=swapon())


def swap_on_all(*priorities):
    """Script lines: vda, vdc, vdd ... with a priority each."""
    disks = "acdef"
    return "".join(f"/bin/swapon -p {priority} /dev/vd{disks[i]} || fail swapon\n" for i, priority in enumerate(priorities))


def members(areas):
    """Numbers of the members of the image, from the header."""
    told = image.hibimg("describe", areas[0].path)
    check(told.returncode == image.SOUND, f"describe: {told.stderr}")
    return [int(number) for number in re.findall(r"^member (\d+): ", told.stdout, re.M)]


def sound(desk, areas):
    for area in areas:
        desk.swap_sound(area)
    desk.files_sound()
