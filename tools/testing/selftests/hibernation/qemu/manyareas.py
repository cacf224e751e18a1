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
