# SPDX-License-Identifier: GPL-2.0
"""Little memory, for kernels with a detector that makes them slow; and the KUnit suites."""
import re

from case import check

SUITES = ["hib_arch", "hib_broken", "hib_pool", "hib_census", "hib_codec", "hib_device", "hib_erase", "hib_image", "hib_keys", "hib_order",
          "hib_pipeline", "hib_precopy", "hib_stream", "hib_stream_faults", "hib_stream_mix", "hib_target", "hib_user", "hib_verify",
          "hib_volume"]


def small_desk(desk, patience=400, **changes):
    """Disks and machine; returns the lines that fill memory."""
    desk.small = True
    desk.patience = patience
    desk.standard(mem=1024, swap_mib=512, **changes)
    desk.machine.append = ["kunit.enable=0"]
    return desk.prime(anon=40, tmpfs=4, cache=4)


def kunit_suites(desk, patience):
    """Boots with two CPUs, so that workers really run side by side, and has the suites run; returns what was seen."""
    desk.small = True
    desk.patience = patience
    desk.machine.mem = 512
    desk.machine.smp = 2
    seen = desk.boot("tell booted\n", append=["kunit.enable=1", "kunit.filter_glob=hib_*", "hugepages=4"], name="kunit", clean=False)
    check(seen.has("^booted"), "did not boot")
    suites = {name: outcome for outcome, name in re.findall(r"^(?:\[[ .0-9]+\] )?(ok|not ok) \d+ (hib_\w+)", seen.console, re.M)}
    bad = [name for name in SUITES if suites.get(name) != "ok"]
    check(not bad, f"suites failed or did not run: {bad}")
    check("# SKIP" not in seen.console, "a test of a suite was skipped")
    check(not set(suites) - set(SUITES), f"suites that nobody expects: {suites}")
    return seen
