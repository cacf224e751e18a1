# SPDX-License-Identifier: GPL-2.0
"""Mode suspend: the image is on the disk and the machine asleep. Woken from memory, or the power goes meanwhile."""
import time

import firmware
from asleep import TO_MEMORY, power_lost, waking
from case import case, check
from refused import not_resumed
from steps import KNOB

SECONDS = 8


def ending(run, text):
    """After a sleep QEMU does not always end with the guest's power-off."""
    if text.startswith("script-ended"):
        run.kill()


def woken(desk, seen):
    check(seen.had_event("SUSPEND") and seen.had_event("WAKEUP"), f"{seen.name}: did not sleep and wake up")
    check(seen.has(r"^hibernated ok"), f"{seen.name}: did not come back with success {desk.last_result(seen)}")
    check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), f"{seen.name}: memory is not intact")
    check("PM: hibernation: verify" not in seen.console, f"{seen.name}: came back from the disk")


def woken_from_memory(desk, **changes):
    desk.standard(**changes)
    trace = firmware.Trace(desk)
    desk.machine.extra = trace.options
    down = desk.boot(desk.prime() + TO_MEMORY + desk.transition("suspend") + desk.verdict(), name="down",
                     on_event=waking, on_word=ending)
    woken(desk, down)
    used = down.has(r"^used-swap (\d+)")
    check(used and used.group(1) == "0", "swap is still in use")
    seen = trace.since()
    check(seen.startswith("T3 P3 W3 T0") and "4" not in seen, f"firmware was told '{seen}'")
    desk.result(down, phase="hibernate", step="done", errno=0)
    desk.swap_sound()
    not_resumed(desk)
    desk.files_sound()


@case(on="ours", seconds=35)
def hybrid_woken_from_memory(desk):
    """The session goes on, the image is withdrawn before a task runs, swap is free, and no boot resumes it."""
    woken_from_memory(desk)


@case(on="ours", seconds=60, quick=False)
def hybrid_ovmf_woken_from_memory(desk):
    """The same with UEFI."""
    woken_from_memory(desk, firmware="ovmf")


def power_lost_in_memory_sleep(desk, **changes):
    desk.standard(**changes)
    down = desk.boot(desk.prime() + TO_MEMORY + desk.transition("suspend") + desk.verdict(), name="down", on_event=power_lost)
    check(down.killed and down.had_event("SUSPEND") and not down.has("^hibernated"), "did not sleep")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=35)
def hybrid_power_lost_in_memory_sleep(desk):
    """The power fails while the machine sleeps: the session comes back from the disk."""
    power_lost_in_memory_sleep(desk)


@case(on="ours", seconds=60, quick=False)
def hybrid_ovmf_power_lost_in_memory_sleep(desk):
    """The same with UEFI."""
    power_lost_in_memory_sleep(desk, firmware="ovmf")


@case(on="ours", seconds=45, quick=False)
def hybrid_switches_off_after_a_time(desk):
    """Woken by the user, the session goes on; woken by the clock, the machine is off at once, and the session comes back from the disk."""
    desk.standard()
    after = "$power/hibernate/after_suspend"
    script = f"tell small $(put {after} 4)\nsetting {after} 100000\ntell kept $(cat {after})\n"
    first = desk.boot(desk.prime() + TO_MEMORY + script + desk.transition("suspend") + desk.verdict(), name="woken",
                      on_event=waking, on_word=ending)
    check(first.has("^small EINVAL") and first.has("^kept 100000"), "the file takes what it should not, or forgets")
    check("the clock counts no further than 86399 s" in first.console, "the clock was set further than it counts")
    woken(desk, first)
    events = []
    down = desk.boot(desk.prime() + TO_MEMORY + f"setting {after} {SECONDS}\n" + desk.transition("suspend") + desk.verdict(), name="down",
                     on_event=lambda run, name, message: events.append((name, time.monotonic())), cut_at="reboot: Power down")
    moments = dict(events)
    check("SUSPEND" in moments and "WAKEUP" in moments, f"the clock did not wake it: {events}")
    check("slept long enough" in down.console and not down.has("^hibernated"), f"it was not switched off: {desk.last_result(down)}")
    slept = moments["WAKEUP"] - moments["SUSPEND"]
    check(SECONDS - 3 < slept < SECONDS + 5, f"it slept {slept:.1f} s")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=45, quick=False)
def hybrid_woken_then_hibernated(desk):
    """After a wake-up from memory the next hibernation is a new image."""
    desk.standard()
    down = desk.boot(desk.prime() + TO_MEMORY + "hibernate suspend\njudge verify || fail memory\n" + desk.transition("shutdown") +
                     desk.verdict(), name="down", on_event=waking, cut_at="reboot: Power down")
    check(down.had_event("WAKEUP") and len([1 for _, text in down.words if text.startswith("hibernated ok")]) == 1, "wrong course")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=35)
def hybrid_record_that_stays_is_refused(desk):
    """The record cannot be rewritten after the wake-up: the header is wiped, and the next boot does not resume."""
    desk.standard()
    down = desk.boot(desk.prime() + TO_MEMORY + f"setting {KNOB} withdraw:5\n" + desk.transition("suspend") + desk.verdict(),
                     name="down", on_event=waking, on_word=ending)
    woken(desk, down)
    check("its header is wiped instead" in down.console, "the header was not wiped")
    check(desk.swap.armed(), "the record is gone: nothing was tried")
    up = not_resumed(desk)
    desk.result(up, phase="resume", step="check", errno=-74, reason="header")


@case(on="ours", seconds=35)
def hybrid_that_cannot_sleep_switches_off(desk):
    """Suspend to memory is refused: the machine is switched off, and the image is resumed."""
    desk.standard()
    down = desk.boot(desk.prime() + f"setting {KNOB} suspend:5\n" + desk.transition("suspend") + desk.verdict(), name="down")
    check(not down.has("^hibernated") and not down.had_event("SUSPEND"), "came back, or slept")
    check("suspend could not power down" in down.console, "did not say that it switches off instead")
    desk.came_back(desk.up())
    desk.swap_sound()


ALARM = "echo 0 > /sys/class/rtc/rtc0/wakealarm\necho +3 > /sys/class/rtc/rtc0/wakealarm || fail wakealarm\n"


def suspend_then_hibernate(desk, rounds, **changes):
    """As a service manager does it: to memory with an alarm; woken by that, to disk. Round after round, the same processes."""
    desk.standard(**changes)
    one = (TO_MEMORY + ALARM + "result=$(put $power/state mem)\n[ $result = ok ] || fail sleeping $result\n"
           "judge verify || fail memory after the alarm\nhibernate shutdown\njudge verify || fail memory\ntell round-used $(used_swap)\n")
    off = {"cut_at": "reboot: Power down"}
    seen = desk.boot(desk.prime() + one * rounds + desk.verdict(), name="down", **off)
    for number in range(1, rounds + 1):
        check(seen.had_event("SUSPEND") and seen.had_event("WAKEUP"), f"{seen.name}: no sleep, or no alarm")
        check(not seen.has("^fresh"), f"{seen.name}: booted afresh")
        # The last boot resumes and has nothing left to do.
        seen = desk.boot("fresh\n", name=f"round{number}", append=["resume=/dev/vda"], **off)
        check(seen.has("^round-used 0"), f"{seen.name}: swap is in use, or no answer")
        desk.kernel_verified(seen)
    desk.came_back(seen)
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def suspend_then_hibernate_twice(desk):
    suspend_then_hibernate(desk, 2)


@case(on="ours", seconds=90, quick=False)
def suspend_then_hibernate_ovmf_twice(desk):
    suspend_then_hibernate(desk, 2, firmware="ovmf")


@case(on="ours", seconds=600, quick=False)
def suspend_then_hibernate_twenty_times(desk):
    suspend_then_hibernate(desk, 20)
