# SPDX-License-Identifier: GPL-2.0
"""How long a transition keeps a CPU for itself, between two places to schedule."""
import re
from dataclasses import replace

from case import case, check
from steps import KNOB
from tracedisk import TRACING, Trace

LINE = re.compile(r"^ *(?P<task>.+)-(?P<pid>\d+) +\[\d+\] \S+ +(?P<time>\d+\.\d+): (?P<text>.*)$")
SWITCH = re.compile(r"^sched_switch: .*prev_pid=\d+ .*next_pid=(\d+) ")
PLACE = "__cond_resched <-"
# Instructions are counted, and each takes a nanosecond: what else the host does is no part of it. While nothing runs, the clock
# goes to the next timer.
COUNTED = ["-icount", "shift=0,sleep=off"]
LONGEST_MS = 8
# Functions in whose loops the trace must have found a place, or it says nothing.
LOOPS = ("census_visit_zone", "write_worker", "hib_pool_cover_table", "hib_pool_protect", "hib_pool_free_frames",
         "hib_snapshot_close_digests")


def stretches(text):
    """(milliseconds, task, what began it, what ended it), the longest first; what a CPU spends idle is none."""
    found, since, running = [], None, None
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        time, what = float(match["time"]), match["text"]
        switch = SWITCH.match(what)
        if since and running:
            found.append((1e3 * (time - since[0]), match["task"], since[1], what))
        since = time, what
        running = int(switch[1]) if switch else int(match["pid"])
    return sorted(found, reverse=True)


@case(kernel="world", on="ours", seconds=60, quick=False)
def no_stretch_without_a_place_to_schedule(desk):
    """Down, with a precopy, and up to the jump, in one boot: a CPU is nowhere kept for more than 8 million instructions.

    The clock stands while the copy is made, with interrupts off, so this is no part of it.
    """
    desk.standard(swap_mib=3072, mem=3072)
    desk.machine = replace(desk.machine, accel="tcg,thread=single", extra=COUNTED)
    desk.patience = 500
    trace = Trace(desk, 64)
    begin = (f"setting {TRACING}/buffer_size_kb 32768\nsetting {TRACING}/set_ftrace_filter __cond_resched\n"
             f"setting {TRACING}/current_tracer function\n" + trace.begin(["hibernation", "sched/sched_switch"]))
    script = (desk.prime(anon=500) + begin + f"setting {KNOB} mark_jumping:5\nhibernate test_resume\n" + trace.end() +
              "judge verify || fail memory\n")
    seen = desk.boot(script, name="test-resume", append=["resume=/dev/vda", "hibernate=protect_image", "hibernate.precopy=always"])
    desk.result(seen, phase="resume", step="mark_jumping", errno=-5)
    text = trace.text()
    check("LOST" not in text, "events were lost")
    missing = [name for name in LOOPS if f"{PLACE}{name}\n" not in text]
    check(not missing, f"no place to schedule was traced in {missing}")
    found = stretches(text)
    longest = [f"{ms:.1f} ms in {task}, from {first} to {last}" for ms, task, first, last in found if ms > LONGEST_MS]
    check(not longest, f"{len(longest)} stretches, the longest {longest[0] if longest else ''}")
    desk.note("{:.2f} ms in {}, from {} to {}".format(*found[0]))
