# SPDX-License-Identifier: GPL-2.0
"""Disks that are still at work when the power goes."""
from dataclasses import replace

import initramfs
import vm
from case import MIB, case

# A table for all of the disk: the target formats it, and says then how much of it is left for data.
INTEGRITY = """integrity() { dmsetup --noudevsync --noudevrules create sure --table "0 $1 integrity /dev/vda 0 - J 1 internal_hash:crc32c"; }
sure_on() { integrity $(od -An -tu8 -j16 -N8 /dev/vda | tr -d ' ') || fail dmsetup; }
"""


@case(kernel="world", cpus=2, seconds=60, quick=False)
def integrity_with_journal_resumes(desk):
    """Swap on dm-integrity with a journal: the power goes, whatever the journal waits for, and the image is resumed."""
    desk.accepted = "Call Trace"
    desk.machine = replace(desk.machine, smp=2)
    path = desk.folder / "sure.img"
    with open(path, "wb") as disk:
        disk.truncate(420 * MIB)
    desk.machine.disks.append(vm.Disk(path))
    desk.add_files()
    files = initramfs.linked_files(["/sbin/dmsetup"])
    prime = (INTEGRITY + "integrity 8 && dmsetup --noudevsync remove sure || fail format\nsure_on\n"
             "dd if=/dev/zero of=/dev/dm-0 bs=1M 2>/dev/null\nmkswap /dev/dm-0 >/dev/null || fail mkswap\n")
    down = desk.down("platform", prime=prime + desk.prime().replace("swap_on\n", "swap_on /dev/dm-0\n"), files=files)
    desk.note(f"down {down.took:.0f} s")
    up = desk.boot(INTEGRITY + "sure_on\nresume_by_hand /dev/dm-0\nfresh /dev/dm-0\n", name="up", files=files)
    desk.came_back(up)
