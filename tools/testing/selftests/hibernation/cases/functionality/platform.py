# SPDX-License-Identifier: GPL-2.0
"""What firmware is told, in which order: methods of an SSDT of ours write a letter and their argument to a port.

T _TTS, P _PTS, G _GTS, B _BFS, W _WAK. The guest's own power-off at the end of a boot is T5 P5.
"""
import re

from case import case, check
from firmware import OFF, told, traced

COPY = "T4 P4 W4 T0"
ENTRY = "T4 P4 G4"
WAKING = "B4 W4 T0"


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


@case(on="ours", seconds=60, quick=False)
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
