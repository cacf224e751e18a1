# SPDX-License-Identifier: GPL-2.0
"""The steps of a transition, asked of the running kernel, so that a case cannot overlook a new one."""
import re
from pathlib import Path

from case import RESULT, check

CORE = Path(__file__).resolve().parents[5] / "kernel/power/hib"
WAKE = "/sys/module/hibernate/parameters/wake_step"
KNOB = "/sys/module/hibernate/parameters/fail_step"
ARM = "c=$(cat $power/wakeup_count)\nsetting $power/wakeup_count $c\n"  # for wake-up events


def tell_steps(way, but=()):
    """Script lines: leaves the names of a way's steps in $steps, without some, and tells them."""
    without = " ".join(f"-e {name}" for name in ("none", *but))
    everything = "tell all-steps $(cut -d ' ' -f 2 /sys/kernel/debug/hibernation/steps | sort -u)\n"
    return everything + f"steps=$(steps_of {way} | grep -v -x {without})\ntell steps {way} $steps\n"


def listed_steps(seen, way):
    """The steps that the kernel listed and the script told."""
    told = seen.has(rf"^steps {way} (.+)")
    check(told, f"{seen.name}: the kernel listed no steps of the way {way}")
    steps = told.group(1).split()
    check(len(set(steps)) == len(steps), f"{seen.name}: a step is listed twice: {steps}")
    check_points()
    check_tables(seen.has("^all-steps (.+)").group(1).split())
    return steps


def fail_each(way, go="hibernate platform"):
    """Script lines: each step of a way fails once, and memory is compared after each. The way is gone by the command, which sets $result."""
    return (tell_steps(way) +
            "for step in $steps; do\n"
            f"  setting {KNOB} $step:5\n"
            f"  {go}; tell step $step $result\n"
            "  judge verify || fail memory after $step\n"
            "done\n"
            f"setting {KNOB} none\n")


def each_failed(seen, way):
    """Each step gave EIO, and the result line named it."""
    steps = dict(text.split()[1:] for _, text in seen.words if text.startswith("step "))
    listed = listed_steps(seen, way)
    for step in listed:
        check(steps.get(step) == "EIO", f"step {step} gave {steps.get(step, 'no answer')}")
    told = [got[1] for got in RESULT.findall(seen.console) if got[2] == "-5"]
    check(told == listed, f"result lines of {told} for failures of {listed}")


def check_points():
    """What is no row of a table and can be made to fail all the same is listed, too."""
    listing = (CORE / "user/steplist.c").read_text()
    for source in CORE.glob("*/*.c"):
        for name in re.findall(r'_inject\([\w&>.-]+, "(\w+)"\)', source.read_text()):
            check(f" {name}\\n" in listing, f"{source.name}: the point {name} is not listed in steplist.c")


def check_tables(listed):
    """Each row of each table is listed, whatever tables there are."""
    for source in CORE.glob("*/*.c"):
        for name in re.findall(r'\.name = "(\w+)", \.enter', source.read_text()):
            check(name in listed, f"{source.name}: the step {name} is not listed in steplist.c")


def resumes_after_all(desk, area=None, **up):
    seen = desk.up(**up)
    desk.came_back(seen)
    desk.swap_sound(area)
    desk.files_sound()
    return seen
