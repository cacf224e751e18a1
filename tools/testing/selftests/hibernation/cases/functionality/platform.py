# SPDX-License-Identifier: GPL-2.0
"""What firmware is told, in which order: methods of an SSDT of ours write a letter and their argument to a port.

T _TTS, P _PTS, G _GTS, B _BFS, W _WAK. The guest's own power-off at the end of a boot is T5 P5.
"""
import re

import firmware
import initramfs
from case import case, check

COPY = "T4 P4 W4 T0"
ENTRY = "T4 P4 G4"
WAKING = "B4 W4 T0"
OFF = "T5 P5"


def traced(desk, more="", **changes):
    desk.standard(**changes)
    trace = firmware.Trace(desk, more)
    desk.machine.extra = desk.machine.extra + trace.options
    return trace


def told(trace, wanted, when):
    seen = trace.since()
    check(seen == wanted, f"{when}: firmware was told '{seen}', not '{wanted}'")


def told_in_order(desk, append=(), **changes):
    """A cycle in platform mode: each method once a phase, with the state as its argument."""
    trace = traced(desk, **changes)
    desk.down("platform", append=append)
    told(trace, f"{COPY} {ENTRY}", "down")
    desk.came_back(desk.up())
    told(trace, f"{WAKING} {OFF}", "up")
    desk.swap_sound()


@case(on="ours", seconds=30)
def firmware_told_in_platform_mode(desk):
    """An image, S4, and back: each method once a phase, with the state as its argument."""
    told_in_order(desk)


@case(on="ours", cpus=2, seconds=40, quick=False)
def firmware_told_with_two_cpus(desk):
    """_GTS and _BFS sleep, on the one CPU that is left."""
    told_in_order(desk, smp=2)


@case(on="ours", seconds=30, quick=False)
def firmware_told_on_pc(desk):
    """The older chipset."""
    told_in_order(desk, machine="pc")


@case(on="ours", seconds=30, quick=False)
def gts_bfs_can_be_left_out(desk):
    trace = traced(desk)
    desk.down("platform", append=["hibernate.gts_bfs=0"])
    told(trace, f"{COPY} T4 P4", "down")
    desk.came_back(desk.up())
    told(trace, f"W4 T0 {OFF}", "up")


@case(on="ours", seconds=30, quick=False)
def firmware_told_in_old_order(desk):
    """acpi_sleep=old_ordering: _PTS before devices are stopped; what can be seen is the same."""
    told_in_order(desk, ["acpi_sleep=old_ordering"])


@case(on="ours", seconds=30)
def firmware_told_nothing_of_shutdown(desk):
    """Mode shutdown: the power-off's methods and no others."""
    trace = traced(desk)
    desk.down("shutdown")
    told(trace, OFF, "down")
    desk.came_back(desk.up())
    told(trace, OFF, "up")


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
    """Whatever fails before the image counts, at last a device that does not freeze: _WAK where there was a _PTS, then _TTS(0)."""
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
    """acpi_sleep=old_ordering: _PTS runs before memory is looked at, and _WAK follows wherever the attempt ends."""
    trace = traced(desk)
    knob = "/sys/module/hibernate/parameters/fail_step"
    steps = ["memory", "freeze_threads", "prepare_devices", "cpus"]
    script = "".join(f"setting {knob} {step}:5\nhibernate platform\n" for step in steps)
    seen = desk.boot(desk.prime() + script + desk.verdict(), name="failures", append=["acpi_sleep=old_ordering"])
    check([text for _, text in seen.words if text.startswith("hibernated")] == ["hibernated EIO"] * len(steps), "it did not fail as asked")
    told(trace, " ".join(["T4 P4 W4 T0"] * len(steps) + [OFF]), "failures")
    desk.swap_sound()


# Step of the power-down made to fail -> what firmware is told after the copy.
POWER_DOWN = {
    "suspend_devices": "T4 T0",
    "cpus": "T4 P4 W4 T0",
    "interrupts": "T4 P4 G4 B4 W4 T0",
}


def power_down_fails(desk, step):
    trace = traced(desk)
    down = desk.boot(desk.prime() + f"setting /sys/module/hibernate/parameters/fail_step power_down.{step}:5\n"
                     "hibernate platform\n" + desk.verdict(), name=f"down-{step}")
    check(not down.has("^hibernated"), "came back with a valid image on the disk")
    check(not down.had_event("SUSPEND_DISK"), "went to S4")
    check("platform could not power down" in down.console, "did not say that it switches off instead")
    told(trace, f"{COPY} {POWER_DOWN[step]} {OFF}", f"down, {step} failing")
    desk.came_back(desk.up())
    told(trace, f"{WAKING} {OFF}", "up")
    desk.swap_sound()


@case(on="ours", seconds=30)
def failing_power_down_switches_off(desk):
    """A device refuses S4 when the image is safe: power-off, and the image is resumed."""
    power_down_fails(desk, "suspend_devices")


@case(on="ours", seconds=60, quick=False)
def failing_power_down_switches_off_later(desk):
    """The same, further in."""
    for step in ("cpus", "interrupts"):
        desk.machine.disks.clear()
        desk.machine.extra, desk.swap = [], None
        power_down_fails(desk, step)


@case(on="ours", seconds=30)
def wakeup_in_power_down_gives_image_up(desk):
    """A wake-up event when the image is safe: the machine stays on, and no boot resumes that image."""
    trace = traced(desk)
    down = desk.boot(desk.prime() + "setting /sys/module/hibernate/parameters/fail_step power_down.platform_last:16\n"
                     "hibernate platform\n" + desk.verdict(), name="down")
    check(down.has("^hibernated ok"), "did not come back with success")
    check(down.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
    told(trace, f"{COPY} T4 P4 W4 T0 {OFF}", "down")
    desk.swap_sound()
    up = desk.up()
    check(not up.has("^judge ") and up.has("^fresh swap=usable"), "the image was resumed")


@case(on="ours", seconds=30)
def machine_without_s4_hibernates(desk):
    """No S4: the mode is shutdown, platform is not offered."""
    desk.standard()
    desk.machine.extra = ["-global", "ICH9-LPC.disable_s4=1"]
    down = desk.down(mode="shutdown", prime=desk.prime() + "tell modes $(cat $power/disk)\n")
    check(down.has(r"^modes \[shutdown\] reboot suspend test_resume"), "platform is offered")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=60)
def s4_that_returns_switches_off(desk):
    """Firmware names a sleep type that the chipset does not know: nothing happens, and the machine is switched off."""
    trace = traced(desk, more="Name (_S4, Package () { 5, 5, 0, 0 })")
    desk.machine.extra = desk.machine.extra + ["-global", "ICH9-LPC.disable_s4=1"]
    down = desk.boot(desk.prime() + desk.transition("platform") + desk.verdict(), name="down")
    check(not down.has("^hibernated"), "came back with a valid image on the disk")
    check("platform could not power down" in down.console, "did not say that it switches off instead")
    told(trace, f"{COPY} {ENTRY} {WAKING} {OFF}", "down")
    desk.came_back(desk.up())
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
    """A machine that says that its hardware is reduced ignores S4: pressed twice, then it is switched off like any other."""
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
    check(len(keys) == 2 and keys[0] == keys[1] and keys[0] & 0x20, f"written to the sleep control register: {keys.hex()}")


@case(on="ours", seconds=40)
def power_off_that_is_missing_halts(desk):
    """Nothing can switch this machine off: it says so, halts, and the image is resumed."""
    desk.standard()
    down = desk.boot(desk.prime() + desk.transition("shutdown") + desk.verdict(), name="down", append=["acpi=off"],
                     cut_at="System halted")
    check(down.killed and not down.has("^hibernated"), "did not halt")
    check("the image is safe, switch it off by hand" in down.console, "did not say what to do")
    # That kernel comes back, and still cannot.
    desk.came_back(desk.up(append=["acpi=off"], cut_at="System halted"))
    desk.swap_sound()


@case(on="ours", seconds=40)
def boot_without_acpi_restores(desk):
    """A boot with acpi=off finds, checks and loads the image; the kernel in it switches ACPI on and tells firmware that it woke up."""
    trace = traced(desk)
    desk.down("platform")
    told(trace, f"{COPY} {ENTRY}", "down")
    up = desk.up(append=["acpi=off"])
    check("ACPI: Interpreter disabled" in up.console, "ACPI was on in the boot")
    desk.came_back(up)
    told(trace, f"{WAKING} {OFF}", "up")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def boot_without_acpi_restores_from_initrd(desk):
    """The same by hand, and with mode shutdown."""
    desk.standard()
    desk.down("shutdown")
    desk.came_back(desk.up(append=["acpi=off"], resume="initrd"))


@case(on="ours", seconds=40)
def acpi_off_image_resumes(desk):
    """The other way round: a boot with ACPI lets a HPET tick, the image's kernel knows none and waits for the timer of old."""
    desk.standard()
    desk.down("shutdown", append=["acpi=off", "nolapic_timer"], cut_at="System halted")
    up = desk.up(cut_at="System halted")
    check("ACPI: Interpreter enabled" in up.console, "ACPI was off in the boot")
    desk.came_back(up)
    desk.swap_sound()


SIGNED = ["acpi_sleep=s4_hwsig", "hibernate.hw_signature=0x1234"]


@case(on="ours", seconds=40)
def other_hardware_signature_refused(desk):
    """acpi_sleep=s4_hwsig: another signature is refused at boot, one that the boot does not know is not."""
    desk.standard()
    desk.down("platform", append=SIGNED)
    up = desk.up(append=[SIGNED[0], "hibernate.hw_signature=0x1235"])
    check(not up.has("^judge ") and up.has("^fresh swap=usable"), "was resumed")
    desk.result(up, phase="resume", step="check", errno=-116, reason="hardware")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def hardware_signature_compared_on_waking(desk):
    """A boot without ACPI cannot compare; the image's kernel does, and says what it finds."""
    desk.standard()
    desk.down("platform", append=SIGNED)
    up = desk.up(append=["acpi=off"])
    desk.came_back(up)
    found = re.search(r"hardware signature was (\S+) and is (\S+):", up.console)
    check(found and found.groups() == ("0x1234", "0x0"), "the change was not noticed")
    desk.swap_sound()
