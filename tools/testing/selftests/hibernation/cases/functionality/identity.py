# SPDX-License-Identifier: GPL-2.0
"""Machines that are not quite the same: tables that slid between two boots, memory and processors that differ."""
import re
from dataclasses import replace

import firmware
from case import case, check
from firmware import SERVICES_OFF
from refused import refused

PUT_BACK = re.compile(r"firmware's tables moved meanwhile: (\d+) KiB put back")


def slid(desk, larger, mode="platform"):
    """Two boots of UEFI, of which one has a table more; returns down, up."""
    desk.standard(firmware="ovmf")
    trace = firmware.Trace(desk)
    desk.machine.extra = trace.options
    more = replace(desk.machine, extra=trace.options + firmware.filler(desk.folder, 60))
    down = desk.down(mode, machine=more if larger == "down" else desk.machine)
    trace.since()
    up = desk.up(machine=more if larger == "up" else desk.machine)
    return trace, down, up


def must_differ(down, up):
    """The firmware's maps, as both kernels print them, are not the same."""
    maps = [re.findall(r"BIOS-e820: (\[mem .*)", seen.console) for seen in (down, up)]
    check(maps[0] and maps[0] != maps[1], "no table slid: nothing was tested")


@case(on="ours", seconds=60, quick=False)
def tables_that_grew_resume(desk):
    """RAM of the image holds this boot's tables: they are overwritten last, and firmware's code runs from where it was."""
    trace, down, up = slid(desk, "up")
    must_differ(down, up)
    desk.came_back(up)
    check(trace.since() == "B4 W4 T0 T5 P5", "firmware's methods did not run as they should")
    check(PUT_BACK.search(up.console), "the tables did not differ")
    check(not SERVICES_OFF.search(up.console) or up.has("^efi after refused"), "firmware was called where it is not")
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=60, quick=False)
def tables_that_shrank_resume(desk):
    """Tables of the image lie where this boot has RAM."""
    trace, down, up = slid(desk, "down")
    must_differ(down, up)
    desk.came_back(up)
    check(trace.since() == "B4 W4 T0 T5 P5", "firmware's methods did not run as they should")
    check(PUT_BACK.search(up.console), "the tables did not differ")
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def tables_that_slid_refused_when_strict(desk):
    """hibernate.memmap=strict."""
    desk.standard(firmware="ovmf")
    desk.down("shutdown")
    desk.machine.extra = firmware.filler(desk.folder, 60)
    up = desk.up(append=["hibernate.memmap=strict"])
    refused(desk, up, "memory")
    check("reason=memory map: differs" in up.console, "the reason is another one")


WRITE_VARIABLE = """variable=/sys/firmware/efi/efivars/Dormouse-5a6b3c1e-0f5e-4f3c-9b53-1c7b8d0a2e4f
printf '\\007\\000\\000\\000%s' "$(date +%s)" >$variable && cat $variable >/dev/null || fail writing a variable of EFI
"""


@case(seconds=60)
def efi_variables_after_resume(desk):
    """The restored kernel goes on calling firmware, that another kernel set up: reads and writes variables."""
    desk.standard(firmware="ovmf")
    down = desk.down("platform", prime=desk.prime() + "tell_efi before\n", after=desk.verdict() + WRITE_VARIABLE)
    up = desk.up()
    desk.came_back(up)
    before, after = down.has(r"^efi before (\d+ \w+)"), up.has(r"^efi after (\d+ \w+)")
    check(before and after and before.group(1) == after.group(1), "the variable is not what it was")
    check("services are off" not in up.console, "run-time services are off")
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def efi_services_elsewhere_refused_when_strict(desk):
    """hibernate.memmap=strict."""
    desk.standard(firmware="ovmf")
    desk.down("shutdown")
    up = desk.up(append=["efi=noruntime", "hibernate.memmap=strict"])
    refused(desk, up, "EFI")
    check(re.search(r"reason=EFI runtime services: 0x[0-9a-f]+ is not at 0x[0-9a-f]+ here", up.console), "the reason is another one")


@case(on="ours", seconds=60, quick=False)
def image_without_efi_services_resumes(desk):
    """The image's kernel never called firmware, and goes on so."""
    desk.standard(firmware="ovmf")
    desk.down("platform", append=["efi=noruntime"])
    up = desk.up()
    desk.came_back(up)
    check("services are off" not in up.console and "will be off" not in up.console, "they were not on")
    desk.swap_sound()


@case(on="ours", seconds=30)
def processor_with_less_refused(desk):
    """A feature that the image's kernel uses is missing."""
    desk.standard()
    desk.down("shutdown")
    up = desk.up(machine=replace(desk.machine, cpu=f"{desk.machine.cpu},-avx2"))
    refused(desk, up, "machine")
    check("machine: CPU feature 9*32+5 is missing here" in up.console, "the feature is not named")


REGION = "hibernate.nosave=0x20000000-0x203fffff"
REGION_ENDS = "0x20000000 0x203ffff8"


def write_region(text):
    """Eight bytes at both ends."""
    return f"for place in {REGION_ENDS}; do\n  printf {text} | dd of=/dev/mem bs=8 seek=$((place / 8)) conv=notrunc 2>/dev/null\ndone\n"


READ_REGION = (f"for place in {REGION_ENDS}; do\n  part=$(dd if=/dev/mem bs=8 skip=$((place / 8)) count=1 2>/dev/null)\n"
               "  tell region $part\ndone\n")


@case(on="ours", seconds=30)
def nosave_region_is_left_alone(desk):
    """What lies in a region that a user named is neither saved nor restored, and nobody else gets it.

    nokaslr: a kernel that lies there itself makes it no region.
    """
    desk.standard()
    down = desk.down("shutdown", prime=desk.prime() + write_region("thenthen") + READ_REGION, after=READ_REGION + desk.verdict(),
                     append=[REGION, "nokaslr"])
    check(len([text for _, text in down.words if text == "region thenthen"]) == 2, "memory cannot be written")
    up = desk.up(write_region("nownowno") + "resume_by_hand /dev/vda\nfresh\n", resume="script", append=[REGION, "nokaslr"])
    desk.came_back(up)
    check(len([text for _, text in up.words if text == "region nownowno"]) == 2, "the region was put back")
    check("Registered nosave memory: [mem 0x20000000-0x203fffff]" in up.console, "the region is not named")
    desk.swap_sound()


@case(on="ours", seconds=20)
def nosave_that_is_no_region_is_named(desk):
    """What cannot be a region, and one in which the kernel lies: named, ignored; the good ones before it hold."""
    desk.standard()
    seen = desk.boot("text=$(awk '/Kernel code/ { print $1 }' /proc/iomem)\ntell text $text\n", append=["nokaslr",
                     "hibernate.nosave=0x1000000-0x1100000,0x20000000-0x20100000,12,0x21000000-0x22000000"], name="boot")
    check(seen.has("^text 01000000-"), "the kernel lies elsewhere: nothing was tested")
    for line in ("hibernate.nosave: 0x1000000-0x10fffff is in use already, ignored", "ignored from 12,0x21000000-0x22000000 on",
                 "Registered nosave memory: [mem 0x20000000-0x200fffff]"):
        check(line in seen.console, f"not said: {line}")
    check("[mem 0x21000000-0x21ffffff]" not in seen.console, "what came after it was taken")
