# SPDX-License-Identifier: GPL-2.0
"""Firmware, devices without a driver, and the way the power goes off."""
import re

import firmware
import initramfs
from case import case, check
from firmware import OFF, SERVICES_OFF, told, traced
from small import small_desk

# Step made to fail -> what firmware is told until the way back is over.
FAILURES = {
    "memory": "T4 T0",
    "suspend_devices": "T4 T0",
    "suspend_devices_late": "T4 T0",
    "platform": "T4 T0",
    "cpus": "T4 P4 W4 T0",
    "platform_last": "T4 P4 W4 T0",
    "syscore": "T4 P4 W4 T0",
    "write": "T4 P4 W4 T0",
}


@case(on="ours", seconds=45)
def firmware_told_of_failures(desk):
    """platform: a second attempt found the ACPI state of the first.

    Whatever fails before the image counts, at last a device that does not freeze: _WAK where there was a _PTS, then _TTS(0).
    """
    trace = traced(desk)
    knob = "/sys/module/hibernate/parameters/fail_step"
    script = "".join(f"setting {knob} {step}:5\nhibernate platform\n" for step in FAILURES)
    script += f"setting {knob} none\nsetting /sys/kernel/debug/hib_poke/refuse 1\nhibernate platform\n"
    seen = desk.boot(desk.prime() + script + desk.verdict(), name="failures")
    back = [text for _, text in seen.words if text.startswith("hibernated")]
    check(back == ["hibernated EIO"] * len(FAILURES) + ["hibernated EBUSY"], f"failures gave {back}")
    told(trace, " ".join(FAILURES.values()) + f" T4 T0 {OFF}", "failures")
    desk.swap_sound()


@case(on="ours", seconds=30, quick=False)
def firmware_told_of_failures_in_old_order(desk):
    """platform: _WAK did not follow _PTS.

    acpi_sleep=old_ordering: _PTS runs before memory is looked at, and _WAK follows wherever the attempt ends.
    """
    trace = traced(desk)
    knob = "/sys/module/hibernate/parameters/fail_step"
    steps = ["memory", "freeze_threads", "prepare_devices", "cpus"]
    script = "".join(f"setting {knob} {step}:5\nhibernate platform\n" for step in steps)
    seen = desk.boot(desk.prime() + script + desk.verdict(), name="failures", append=["acpi_sleep=old_ordering"])
    check([text for _, text in seen.words if text.startswith("hibernated")] == ["hibernated EIO"] * len(steps), "it did not fail as asked")
    told(trace, " ".join(["T4 P4 W4 T0"] * len(steps) + [OFF]), "failures")
    desk.swap_sound()


SLEEP_CONTROL, SLEEP_STATUS = 0x6E9, 0x6EA


def with_table(desk, script, table):
    """Makes an initramfs in which the kernel finds a table to put in the place of firmware's."""
    def make(path):
        early = initramfs.Archive()
        early.file_with_folders("kernel/firmware/acpi/table.aml", table)
        initramfs.for_boot(desk.build, script, path)
        path.write_bytes(early.finished() + path.read_bytes())
        return path
    return make


@case(on="ours", seconds=45, quick=False)
def ignored_s4_of_reduced_hardware_ends(desk):
    """platform: S4 that firmware ignores was waited for forever.

    A machine that says that its hardware is reduced ignores S4: pressed twice, then it is switched off like any other.
    """
    desk.standard()
    first = desk.boot("tell fadt $(od -A n -v -t x1 /sys/firmware/acpi/tables/FACP | tr -d ' \\n')\n", name="fadt")
    table = firmware.reduced_hardware(bytes.fromhex(first.has("^fadt ([0-9a-f]+)").group(1)), SLEEP_CONTROL, SLEEP_STATUS)
    pressed = desk.folder / "pressed"
    desk.machine.extra = ["-chardev", f"file,id=pressed,path={pressed}", "-device", f"isa-debugcon,iobase={SLEEP_CONTROL:#x},chardev=pressed",
                          "-chardev", "null,id=nobody", "-device", f"isa-debugcon,iobase={SLEEP_STATUS:#x},chardev=nobody,readback=0"]
    script = desk.prime() + desk.transition("platform")
    down = desk.boot("", name="down", make_initrd=with_table(desk, script, table), cut_at="platform could not power down")
    check("Table Upgrade: override [FACP" in down.console, "the kernel did not take the table")
    check(down.has("^hibernating") and down.killed, "it did not give up waiting")
    keys = pressed.read_bytes()
    switched_off = keys[2:]  # S5 is another value of the same register
    check(len(keys) >= 2 and keys[0] == keys[1] and keys[0] & 0x20 and keys[0] not in switched_off, f"written to the sleep control register: {keys.hex()}")


@case(on="ours", seconds=100, quick=False)
def power_down_that_hangs_is_ended(desk):
    """deadline: a driver's shutdown that waits kept the machine on.

    A driver's shutdown never comes back, when the image is safe: the machine is switched off all the same.
    """
    desk.standard()
    desk.accepted = "Call Trace"
    down = desk.down("shutdown", prime=desk.prime() + "setting /sys/kernel/debug/hib_poke/hang 1\n",
                     after="setting /sys/kernel/debug/hib_poke/hang 0\n" + desk.verdict())
    check("no end after 60 s" in down.console and "poke_shutdown" in down.console, "it was not said why the power goes, and who waits")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=40)
def acpi_off_image_resumes(desk):
    """x86: a HPET kept the ticks, and the image's timer had lost its handler.

    The other way round: a boot with ACPI lets a HPET tick, the image's kernel knows none and waits for the timer of old.
    """
    desk.standard()
    desk.down("shutdown", append=["acpi=off", "nolapic_timer"], cut_at="System halted")
    up = desk.up(cut_at="System halted")
    check("ACPI: Interpreter enabled" in up.console, "ACPI was off in the boot")
    desk.came_back(up)
    desk.swap_sound()


@case(kernel="debug", seconds=80)
def debug_platform_resumes(desk):
    """x86: KASAN took the stack of the re-entry for bad."""
    desk.cycle("platform", prime=small_desk(desk))


COMMAND = """loose=$(grep -l 0x11e8 /sys/bus/pci/devices/*/device | sed 's:/device$::')
bus_word() { od -A n -t x1 -j 4 -N 1 "$loose/config" | tr -d ' '; }
"""
IOMMU_ON = """iommu=$(grep -l 0x080600 /sys/bus/pci/devices/*/class | sed 's:/class$::')
printf '\\006' | dd of=$iommu/config bs=1 seek=4 conv=notrunc 2>/dev/null
tell iommu ${iommu##*/} $(od -A n -t x1 -j 4 -N 1 $iommu/config)
"""
MASTER_ON = COMMAND + "printf '\\006' | dd of=$loose/config bs=1 seek=4 conv=notrunc 2>/dev/null\ntell command $(bus_word)\n"


@case(on="ours", seconds=30)
def device_without_driver_is_stopped(desk):
    """masters: bus mastering was not given back, and an IOMMU lost it.

    A device that nobody drives, and that may write to memory, loses that right before the jump; not so an IOMMU.
    """
    desk.standard()
    desk.machine.extra = ["-device", "edu", "-device", "amd-iommu"]
    after = COMMAND + "tell after $(bus_word)\n" + desk.verdict()
    desk.down("shutdown", after=after)
    refused = ("dd if=/dev/vda of=/header bs=4096 count=1 2>/dev/null\nsetting /sys/module/hibernate/parameters/fail_step mark_jumping:5\n"
               "resume_by_hand /dev/vda\nsetting /sys/module/hibernate/parameters/fail_step none\ntell refused $(bus_word)\n"
               "dd if=/header of=/dev/vda bs=4096 conv=notrunc,fsync 2>/dev/null || fail putting the header back\n")
    up = desk.up(MASTER_ON + IOMMU_ON + refused + "resume_by_hand /dev/vda\nfresh\n", resume="script")
    check(up.has("^command 06"), "the boot could not switch bus mastering on")
    check(up.has("^refused 06"), "a jump that was refused left bus mastering off")
    check(re.search(r"0000:\S+: has no driver, bus mastering is off", up.console), "bus mastering was not switched off")
    iommu = up.has("^iommu (0000:\\S+) 06")
    check(iommu, "the IOMMU's bus mastering could not be switched on: nothing was tested")
    check(f"{iommu.group(1)}: has no driver" not in up.console, "the IOMMU was stopped")
    desk.came_back(up)
    told = up.has("^after (\\w+)")
    check(told and not int(told.group(1), 16) & 4, f"bus mastering is on again: {told.group(1) if told else 'not told'}")
    desk.swap_sound()


# As it powers off, pstore writes the log to a variable of EFI, in a call that may not sleep.
LOG_TO_EFI = ["efi_pstore.pstore_disable=0", "printk.always_kmsg_dump=1"]


@case(on="ours", seconds=60, quick=False)
def efi_services_elsewhere_are_off(desk):
    """EFI: a call that may not sleep did not look at the flag.

    A boot kernel that never told firmware any addresses: the restored one says so and does not call it.
    """
    desk.standard(firmware="ovmf")
    down = desk.down("platform", append=LOG_TO_EFI)
    check("pstore: Registered efi_pstore" in down.console, "the log does not go to firmware")
    up = desk.up(append=["efi=noruntime"])
    desk.came_back(up)
    check(SERVICES_OFF.search(up.console), "nothing was said")
    check(up.has("^efi after refused"), "firmware was called")
    check("pstore: backend (efi_pstore) writing error (-5)" in up.console, "firmware was called by who may not sleep")
    desk.swap_sound()
    desk.files_sound()
