# SPDX-License-Identifier: GPL-2.0
"""A user who wants the system back: keys and the file cancel end a transition, and nothing else does."""
import re
import threading

import asleep
import image
from case import case, check
from manyareas import down_with_pages_elsewhere
from steps import resumes_after_all

CANCEL = "/sys/module/hibernate/parameters/cancel"
SLOW, SLOWER = 24 << 20, 8 << 20  # bytes a second that the disk takes: a press finds the image half written
AT_ONCE = 5  # seconds; the emulator resumes devices and is not alone


def first_tries(nr):
    """Script lines: each must come back, with memory intact and swap free."""
    return "".join(f"hibernate shutdown\ntell try {number} $result $(used_swap) $(cat $power/hibernate/last_error)\n"
                   "judge verify || fail memory\n" for number in range(nr)) + LISTENERS


LISTENERS = "tell listeners $(grep -c '^H:.*hibernate' /proc/bus/input/devices)\n"


def nobody_listens(*boots):
    for seen in boots:
        check(seen.has("^listeners 0"), f"{seen.name}: an input handler was left: {seen.has('^listeners .*')}")


def was_cancelled(seen, number):
    told = seen.has(rf"^try {number} (\w+) (\d+) (.*)")
    check(told, f"{seen.name}: try {number} did not come back")
    check(told.group(1) == "ECANCELED", f"try {number} gave {told.group(1)}: {told.group(3)}")
    check(told.group(2) == "0", f"try {number} left {told.group(2)} KiB of swap in use")
    check("errno=-125 reason=cancelled" in told.group(3), f"last_error after try {number}: {told.group(3)}")
    return told.group(3)


@case(on="ours", seconds=45)
def key_cancels_while_writing(desk):
    """Esc, the power button, Esc: at 10, 50 and 90 % of an image; Enter does nothing, and Esc does not if that is switched off."""
    desk.standard()
    desk.machine.disks[0].bps_write = SLOWER  # the first press would come too early otherwise, and not count
    pressed = []

    def press(key):
        def act(run):
            pressed.append(asleep.press(run, key))
            run.ask("qom-set", path="/objects/limit0", property="limits", value={"bps-write": SLOW})
        return act

    script = desk.prime() + first_tries(3) + f"setting {CANCEL} off\n"
    stages = [("saving progress:  10%", press("esc")), ("saving progress:  50%", press("power")), ("saving progress:  90%", press("esc")),
              ("saving progress:  20%", press("ret")), ("saving progress:  50%", press("esc"))]
    down = desk.boot(script + desk.transition("shutdown") + LISTENERS + desk.verdict(), name="down", on_console=stages)
    for number in range(3):
        check("step=write" in was_cancelled(down, number), f"try {number} did not end while writing")
    backs = [moment for moment, text in down.words if text.startswith("hibernated")]
    check(len(backs) == 3, f"the last one came back, too: {desk.last_result(down)}")
    took = [back - press for press, back in zip(pressed, backs)]
    check(len(pressed) == 5, f"{len(pressed)} of 5 keys were pressed")
    check(max(took) < AT_ONCE, f"{max(took):.1f} s from a key to the session")
    desk.note("from key to session " + ", ".join(f"{seconds:.2f} s" for seconds in took))
    check(down.console.count("saving progress: 100%") == 1, "an image was written to its end all the same")
    desk.machine.disks[0].bps_write = 0
    nobody_listens(down, resumes_after_all(desk))


@case(on="ours", seconds=45, quick=False)
def key_cancels_a_freeze_that_hangs(desk):
    """A task does not freeze, which takes 20 s: Esc ends that. A key that was pressed before does not."""
    desk.standard()
    desk.accepted = r"Call Trace"

    def press(run):
        threading.Timer(2, asleep.press, (run, "esc")).start()

    script = desk.prime() + "stubborn start || fail stubborn\n" + first_tries(1) + "stubborn stop\n"
    down = desk.boot(script + desk.transition("shutdown") + desk.verdict(), name="down",
                     on_console=[("Freezing user space processes", press)])
    check("step=freeze_tasks" in was_cancelled(down, 0), "it did not end while tasks were frozen")
    check("released" not in down.console, "file systems were released, as if a task had refused")
    resumes_after_all(desk)


@case(on="ours", seconds=45, quick=False)
def file_cancels_a_slow_sync(desk):
    """Data for 24 s are to be written: a write to cancel ends the sync, which says what it waits for. With nothing to cancel: ENODATA."""
    desk.standard()
    desk.machine.disks[1].bps_write = 1 << 20
    cancel = "$power/hibernate/cancel"
    dirty = "mount_files\ndd if=/dev/urandom of=/mnt/dirty bs=1M count=24 2>/dev/null\n"
    script = desk.prime(cache=0, anon=184) + dirty + (
        f"tell idle $(put {cancel} 1)\n"
        f"(sleep 14; tell asked $(put {cancel} 2) $(put {cancel} 1)) &\n") + first_tries(1)
    down = desk.boot(script + "rm /mnt/dirty\n" + desk.transition("shutdown") + desk.verdict(), name="down")
    check(down.has("^idle ENODATA"), f"with nothing to cancel: {down.has('^idle .*')}")
    check(down.has("^asked EINVAL ok"), f"it gave {down.has('^asked .*')}")
    check("step=sync" in was_cancelled(down, 0), "it did not end in sync")
    check(down.when("^hibernated") - down.when("^asked") < AT_ONCE, "the sync went on")
    told = [line for line in down.console.splitlines() if "sync: 10 s, " in line]
    check(told and "MiB left to write, waits in " in told[0], f"it does not say what it waits for: {told}")
    desk.machine.disks[1].bps_write = 0
    resumes_after_all(desk)


@case(on="ours", seconds=45, quick=False, plain_only="lockdep warns of fanotify, which waits freezably with locks held")
def file_cancels_while_a_file_system_is_waited_for(desk):
    """A task inside open(O_TRUNC) keeps a file system from coming to rest, for which there is a minute: a write to cancel ends the wait."""
    desk.standard()
    desk.accepted = r"blocked for more than"
    script = desk.prime() + ("echo old >/mnt/wanted\nlistener start /mnt /mnt/wanted || fail listener\nsleep 1\n"
                             "(sleep 4; tell asked $(put $power/hibernate/cancel 1); listener answer) &\n") + first_tries(1)
    script += "opened() { [ $(listener done) = yes ]; }\nwait_for 5 opened\n"
    down = desk.boot(script + desk.transition("shutdown") + desk.verdict(), name="down", append=["hibernate.freeze_fs_limit=60"])
    check(down.has("^asked ok"), f"it gave {down.has('^asked .*')}")
    was_cancelled(down, 0)
    check("Freezing user space processes" not in down.console.split("result phase=hibernate")[0], "tasks were frozen all the same")
    check(down.when("^hibernated") - down.when("^asked") < AT_ONCE, "the wait went on")
    waited = re.search(r"ext4 on vdb did not come to rest in (\d+) ms", down.console)
    check(waited and int(waited.group(1)) < 10000, f"the wait is not told: {waited and waited.group(0)}")
    resumes_after_all(desk)


def press_at_half(key):
    return "loading progress:  50%", lambda run: asleep.press(run, key)


@case(on="ours", seconds=60, quick=False)
def key_cancels_loading(desk):
    """Esc, then the power button while a retry is loaded: the boot goes on and the image is kept. Switched off: resumed all the same."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    desk.machine.disks[0].bps_read = SLOW
    for key, append in (("esc", []), ("power", ["hibernate=retry"])):
        seen = desk.up("tell booted $(cat $power/hibernate/last_error)\n" + LISTENERS, name=key, append=append, on_console=press_at_half(key))
        check(seen.has("^booted phase=resume step=read errno=-125 reason=cancelled"), f"{key}: {seen.has('^booted .*')}")
        check("loading progress:  90%" not in seen.console, f"{key}: the image was loaded to its end all the same")
        check("the image is kept (cancelled: by a key)" in seen.console, f"{key}: it is not said that the image is kept")
        check(image.state_of(desk.swap.path) == "kept", f"{key}: the image is not kept")
        nobody_listens(seen)
    off = desk.up(name="off", append=["hibernate=retry", "hibernate.cancel=off"], on_console=press_at_half("esc"))
    desk.came_back(off)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=45, quick=False)
def key_does_not_cost_a_session(desk):
    """An image that cannot be kept, as pages lie in another swap area: the screen offers nothing, and Esc does nothing."""
    down_with_pages_elsewhere(desk)
    desk.machine.disks[0].bps_read = SLOW
    up = desk.up(on_console=press_at_half("esc"))
    check("loading progress: 100%" in up.console, "the image was not loaded to its end")
    desk.came_back(up, swap_used=True)
