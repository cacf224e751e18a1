# SPDX-License-Identifier: GPL-2.0
"""Kinds of machines: chipset, firmware, CPUs, memory, page tables."""
import re
from dataclasses import replace

from case import case, check


@case(seconds=25)
def pc_machine_resumes(desk):
    """The older chipset, with its own ACPI registers."""
    desk.standard(machine="pc")
    desk.cycle("platform")


@case(seconds=40)
def uefi_resumes(desk):
    """UEFI boot, S4."""
    desk.standard(firmware="ovmf")
    _, up = desk.cycle("platform")
    check("efi: EFI v" in up.console, "the firmware was not UEFI")


@case(cpus=2, seconds=30)
def two_cpus_resume(desk):
    desk.standard(smp=2)
    desk.cycle("platform")


@case(cpus=2, seconds=45)
def four_cpus_resume(desk):
    desk.standard(smp=4)
    desk.cycle("platform", prime=desk.prime(procs=4))


@case(cpus=2, seconds=45)
def fewer_cpus_on_resume(desk):
    """Saved with four CPUs, resumed by a boot that was given two: the image's kernel has all four again."""
    desk.standard(smp=4)
    desk.cycle("platform", up_machine=replace(desk.machine, append=["nr_cpus=2"]))


@case(cpus=2, seconds=60)
def five_gib_resume(desk):
    """Memory on both sides of the 4 GiB line."""
    desk.standard(swap_mib=3072, mem=5120)
    desk.cycle("platform", prime=desk.prime(anon=500))


@case(cpus=2, seconds=40)
def numa_resumes(desk):
    """Two nodes with a CPU each, both with saved memory."""
    desk.standard(smp=2, mem=1024, numa=True)
    prime = desk.prime(anon=300, procs=2)
    _, up = desk.cycle("platform", prime=prime)
    check("NODE_DATA(1)" in up.console or "Initmem setup node 1" in up.console, "there was one node only")


@case(kernel="world", cpus=2, seconds=60, quick=False)
def iommu_resumes(desk):
    """An Intel IOMMU remaps the disks' DMA and all interrupts, in both kernels."""
    desk.standard(smp=2, iommu=True, append=["intel_iommu=on"])
    for seen in desk.cycle("platform"):
        check("DMAR: IOMMU enabled" in seen.console, f"{seen.name}: DMA is not remapped")
        check("DMAR-IR: Enabled IRQ remapping" in seen.console, f"{seen.name}: interrupts are not remapped")
        check("DMAR fault" not in seen.console and "DMAR: DRHD: handling fault" not in seen.console, f"{seen.name}: DMA that nobody allowed")


def text_and_map(seen):
    """Address of the kernel's text and of its map of all memory, as a script told them."""
    text = seen.has(r"^text ([0-9a-f]+)")
    kcore = seen.has(r"^map (.*)")
    check(text and kcore, f"{seen.name}: addresses were not told")
    direct = min(word for word in re.findall(r"\bffff[89a-f][0-9a-f]{11}\b|\bff[1-9a-f][0-9a-f]{13}\b", kcore.group(1))
                 if not word.startswith("ffffffff"))
    return text.group(1), direct


TELL_ADDRESSES = ("tell text $(grep -w _text /proc/kallsyms | cut -c1-16)\n"
                  "tell map $(od -A n -t x8 -N 1024 /proc/kcore | tr '\\n' ' ')\n")


@case(seconds=40)
def moved_kernel_resumes(desk):
    """Saved and restoring kernel lie at different addresses, text and direct map both."""
    desk.standard()
    down = desk.down("platform", prime=desk.prime() + TELL_ADDRESSES)
    up = desk.up(TELL_ADDRESSES + "resume_by_hand /dev/vda\nfresh\n", resume="script")
    desk.came_back(up)
    before, after = text_and_map(down), text_and_map(up)
    check(before[0] != after[0], f"text did not move: {before[0]}")
    check(before[1] != after[1], f"direct map did not move: {before[1]}")
    desk.swap_sound()


@case(seconds=25)
def four_level_tables_resume(desk):
    """A CPU without 5-level page tables; the others have them."""
    desk.standard(cpu="max,-la57")
    desk.cycle("platform")


@case(seconds=25)
def nopti_resumes(desk):
    """Page tables isolated from user space, or not: here not; without KASLR too."""
    desk.standard()
    desk.cycle("shutdown", append=["pti=off", "nokaslr"])


@case(seconds=25)
def pti_resumes(desk):
    desk.standard()
    desk.cycle("shutdown", append=["pti=on"])
