# SPDX-License-Identifier: GPL-2.0
"""What only check-all runs: the detector of data races (KCSAN) watches two CPUs.

It reports races of the whole kernel, a few of which are always there. A case fails for those that a function of the core takes part in.
"""
import re
import subprocess

from case import case, check
from small import kunit_suites, small_desk

REPORT = re.compile(r"BUG: KCSAN: .*?={20,}", re.S)
# The code that an interrupt interrupted takes no part in the race of the interrupt. This is its part of a stack, up to an empty line.
INTERRUPTED = re.compile(r" asm_(?:sysvec|common)_\w+\+0x.*?(?=\n\[[^\]\n]*\]\s*\n)", re.S)
GO_ON = "panic_on_warn=0"


def core_functions(desk):
    """Names of the core's functions, those of one file too, as its objects have them."""
    objects = sorted((desk.build / "kernel-kcsan/kernel/power/hib").glob("*/*.o"))
    check(objects, "no objects of the kernel that looks for races")
    listing = subprocess.run(["nm", *objects], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^[0-9a-f]+ [tT] (\w+)$", listing, re.M))


def no_race_of_ours(desk, seen):
    check("kcsan: enabled" in seen.console, "this is not the kernel that looks for races")
    ours = core_functions(desk)
    reports = REPORT.findall(seen.console)
    for report in reports:
        guilty = ours & set(re.findall(r" (\w+)(?:\.\w+)*\+0x", INTERRUPTED.sub("", report)))
        check(not guilty, f"{seen.name}: a race with {', '.join(sorted(guilty))}: {report.splitlines()[0]}")
    desk.note(f"{len(reports)} of others")


@case(kernel="kcsan", on="ours", cpus=2, seconds=600, quick=False)
def no_race_in_a_cycle(desk):
    """An attempt that fails for want of room, then a whole cycle.

    The detector changes memory of its own between the copy and the comparison, so the kernel does not compare; the judge does.
    """
    desk.verifies = False
    desk.accepted = "KCSAN"
    prime = small_desk(desk, patience=1800, smp=2)
    desk.machine.append.append(GO_ON)
    tiny = desk.add_swap(8, name="tiny")
    script = prime.replace("swap_on\n", "swap_on /dev/vdc\n") + "hibernate shutdown\ntell first $result\n"
    script += "swapoff /dev/vdc\nswap_on\nhibernate shutdown\n"
    down = desk.boot(script + desk.verdict(), name="down")
    check(down.has("^first ENOSPC"), "the first attempt did not fail with ENOSPC")
    up = desk.up()
    desk.came_back(up)
    no_race_of_ours(desk, down)
    no_race_of_ours(desk, up)
    desk.swap_sound(tiny)
    desk.swap_sound()


@case(kernel="kcsan", on="ours", cpus=2, seconds=900, quick=False)
def no_race_in_the_suites(desk):
    """What KUnit runs by several workers."""
    desk.machine.append.append(GO_ON)
    no_race_of_ours(desk, kunit_suites(desk, patience=2400))
