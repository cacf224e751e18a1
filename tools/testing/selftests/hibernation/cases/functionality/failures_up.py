# SPDX-License-Identifier: GPL-2.0
"""Failures on the way up: named, everything undone, the area is swap again, and the machine goes on."""
from case import RESULT, case, check
from steps import KNOB, listed_steps, tell_steps


@case(on="ours", seconds=90, quick=False)
def each_step_up_fails_and_boots_on(desk):
    """Every step of the way up is made to fail once, in one boot, frames read-only; then the image is resumed.

    A failure retires the image by its header block alone; with that block put back the next step has the same image.
    Memory is written after each, so that a frame left read-only is found.
    """
    desk.standard()
    desk.down("platform")
    desk.patience = 600
    script = ("dd if=/dev/vda of=/header bs=4096 count=1 2>/dev/null || fail saving the header\n" +
              tell_steps("up") +
              "for step in $steps; do\n"
              f"  setting {KNOB} $step:5\n"
              "  resume_by_hand /dev/vda\n"
              "  tell step $step $(cat $power/hibernate/last_error)\n"
              "  swapon /dev/vda && swapoff /dev/vda || fail swap after $step\n"
              "  dd if=/dev/zero of=/tmp/fill bs=1M count=300 2>/dev/null || fail writing memory\n"
              "  rm /tmp/fill\n"
              "  dd if=/header of=/dev/vda bs=4096 conv=notrunc,fsync 2>/dev/null || fail putting the header back\n"
              "done\n"
              f"setting {KNOB} none\n"
              "resume_by_hand /dev/vda\nfresh\n")
    up = desk.up(script, resume="script", append=["hibernate=protect_image"])
    told = dict(text.split(" ", 2)[1:] for _, text in up.words if text.startswith("step "))
    steps = listed_steps(up, "up")
    for step in steps:
        wanted = f"phase=resume step={step} errno=-5 reason=injected"
        check(told.get(step) == wanted, f"step {step} left: {told.get(step, 'nothing')}")
    check(up.console.count("loaded pages are read-only") > steps[::-1].index("protect"), "the loaded pages were not protected")
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", seconds=60)
def each_step_of_test_resume_fails(desk):
    """The steps that load the image just made fail, one after the other; then it works."""
    desk.standard()
    desk.patience = 400
    script = (tell_steps("nested") +
              "for step in $steps; do\n"
              f"  setting {KNOB} $step:5\n"
              "  hibernate test_resume; tell step $step $result $(cat $power/hibernate/last_error)\n"
              "  judge verify || fail memory after $step\n"
              "done\n"
              f"setting {KNOB} none\n")
    seen = desk.boot(desk.prime() + script + desk.transition("test_resume") + desk.verdict(), name="test-resume",
                     append=["resume=/dev/vda", "hibernate=protect_image"])
    told = dict(text.split(" ", 2)[1:] for _, text in seen.words if text.startswith("step "))
    steps = listed_steps(seen, "nested")
    for step in steps:
        wanted = "EIO phase=hibernate step=power_down errno=-5 reason=injected"
        check(told.get(step) == wanted, f"step {step} left: {told.get(step, 'nothing')}")
    phases = [got[:2] for got in RESULT.findall(seen.console) if got[0] == "resume" and got[2] == "-5"]
    check(phases == [("resume", step) for step in steps], f"result lines of the failures: {phases}")
    desk.came_back(seen)
    desk.swap_sound()
