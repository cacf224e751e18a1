# SPDX-License-Identifier: GPL-2.0
"""What only check-all runs: the detector of data races (KCSAN) watches two CPUs."""
from case import case, check
from small import kunit_suites, small_desk


@case(kernel="kcsan", on="ours", cpus=2, seconds=600, quick=False)
def no_race_in_a_cycle(desk):
    """An attempt that fails for want of room, then a whole cycle. A report is a BUG line, which fails any case.

    The detector changes memory of its own between the copy and the comparison, so the kernel does not compare; the judge does.
    """
    desk.verifies = False
    prime = small_desk(desk, patience=1800, smp=2)
    tiny = desk.add_swap(8, name="tiny")
    script = prime.replace("swap_on\n", "swap_on /dev/vdc\n") + "hibernate shutdown\ntell first $result\n"
    script += "swapoff /dev/vdc\nswap_on\nhibernate shutdown\n"
    down = desk.boot(script + desk.verdict(), name="down")
    check("kcsan: enabled" in down.console, "this is not the kernel that looks for races")
    check(down.has("^first ENOSPC"), "the first attempt did not fail with ENOSPC")
    desk.came_back(desk.up())
    desk.swap_sound(tiny)
    desk.swap_sound()


@case(kernel="kcsan", on="ours", cpus=2, seconds=900, quick=False)
def no_race_in_the_suites(desk):
    """What KUnit runs by several workers."""
    seen = kunit_suites(desk, patience=2400)
    check("BUG: KCSAN" not in seen.console, "a race was found")
