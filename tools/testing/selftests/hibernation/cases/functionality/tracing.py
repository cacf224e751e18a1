# SPDX-License-Identifier: GPL-2.0
"""What those who trace a transition see of it."""
import re
import subprocess
import sys
from pathlib import Path

from case import case, check
from steplog import TELL_LOG, bars_of, entered_by, log_of
from steps import ARM, KNOB, WAKE, listed_steps, tell_steps
from tracedisk import Trace

MARK = re.compile(r"hibernation_step_(begin|end): step=(\S+) way=(enter|leave)(?: ret=(-?\d+))?")
SLEEPGRAPH = Path(__file__).resolve().parents[6] / "build/linux/tools/power/pm-graph/sleepgraph.py"
# What sleepgraph writes before a trace of its own.
STAMP = ("# suspend-010126-120000 guest disk 6.12\n"
         "# sysinfo | man:none | plat:none | cpu:none | bios:none | biosdate:none | numcpu:1 | memsz:1 | memfr:1\n")


def steps_of(text):
    """The events of steps, each within those of no other: (step, way, result)."""
    found, begun = [], None
    for kind, step, way, ret in MARK.findall(text):
        if kind == "begin":
            check(begun is None, f"{step} begins while {begun} is under way")
            begun = step, way
        else:
            check(begun == (step, way), f"{way} {step} ends, but what had begun is {begun}")
            found.append((step, way, int(ret)))
            begun = None
    check(begun is None, f"{begun} does not end")
    return found


@case(on="ours", seconds=40)
def steps_are_traced(desk):
    """An event before and after each step, with its name in itself: of a whole way down that is turned back, and of a cycle."""
    desk.standard()
    trace = Trace(desk)
    begin, kept = trace.begin(["hibernation"]), []
    down = desk.boot(desk.prime() + tell_steps("down") + begin + f"{ARM}setting {WAKE} commit\nhibernate platform\n" + trace.end() +
                     f"tell turned back\nsetting {WAKE} none\n" + desk.transition() + trace.end() + desk.verdict(), name="down",
                     on_word=lambda run, text: kept.append(trace.text()) if text == "turned back" else None)
    turned = steps_of(kept[0])
    listed = listed_steps(down, "down")
    entered = [step for step, way, ret in turned if way == "enter" and ret == 0]
    check(entered[:len(listed)] == listed, f"listed {listed}, traced {entered}")
    left = [step for step, way, _ in turned if way == "leave"]
    check(left and left[-1] == next(step for step in listed if step in left), f"left: {left}")

    desk.came_back(desk.up())
    resumed = steps_of(trace.text())
    copied = listed[:listed.index("write")]
    check([step for step, way, ret in resumed if way == "enter" and ret in (0, 1)] == copied, f"up to the copy: {resumed}")
    check([step for step, way, _ in resumed if way == "leave"][-1] == left[-1], f"the restored kernel left: {resumed}")
    desk.swap_sound()


@case(on="ours", seconds=30)
def log_tells_the_steps_of_three_kernels(desk):
    """After a resume: the way down, the writing, which is in no memory that was saved, the boot kernel's steps, the way back."""
    desk.standard()
    desk.transition = lambda mode: tell_steps("down") + "tell before $(wc -c <$power/hibernate/log)\nhibernate platform\n"
    down = desk.down(after=TELL_LOG + desk.verdict(), append=["resume=/dev/vda"])
    check(down.has("^before 0$"), "there was no image, and so no transition")
    up = desk.up()
    desk.came_back(up)
    log, listed = log_of(up), listed_steps(down, "down")
    check(entered_by(log, "saving") == listed[:listed.index("write")], f"the way down: {entered_by(log, 'saving')}")
    check(entered_by(log, "writing") == ["write"], f"after the copy: {entered_by(log, 'writing')}")
    boot = entered_by(log, "boot")
    check(boot[0] == "check" and "read" in boot and "jump" in boot, f"the boot kernel: {boot}")
    left = [step for who, way, step, *_ in log if who == "restored" and way == "leave"]
    check("devices" in left and "hold_filesystems" in left, f"the restored kernel: {left}")
    check(all(took != "-" and ret in ("0", "1") for *_, took, ret, _ in log), f"not ended, or failed: {[line for line in log if line[4] == '-']}")
    times = {(who, way, step): int(took) for who, way, step, _, took, *_ in log}
    check(times["writing", "enter", "write"] > 10000 and times["boot", "enter", "read"] > 10000, f"writing and reading took no time: {times}")
    bars = bars_of(desk, log)[0]
    check({"sync", "write", "read", "leave hold_filesystems"} <= bars, f"timeline drew {bars}")
    begun = [int(begin) for who, _, _, begin, *_ in log if who in ("saving", "writing")]
    check(begun == sorted(begun), f"not in their order: {begun}")
    desk.swap_sound()


@case(on="ours", seconds=30)
def log_tells_where_it_failed(desk):
    """A step of the way down that fails; and one of the way up, in the boot that goes on: with the steps of the kernel that made the image."""
    desk.standard()
    down = desk.boot(desk.prime() + tell_steps("down") + f"setting {KNOB} slots:5\nhibernate platform\n" + TELL_LOG +
                     f"setting {KNOB} none\nhibernate platform\n", name="down")
    log, listed = log_of(down), listed_steps(down, "down")
    check(entered_by(log, "saving") == listed[:listed.index("slots")], f"what came before slots: {log}")
    check(("saving", "leave") == log[-1][:2] and not [line for line in log if line[4] == "-"], f"not all was left: {log[-3:]}")
    up = desk.up(script=TELL_LOG + "tell info $(cat $power/hibernate/image_info)\n", append=["hibernate.fail_step=read:5"])
    log = log_of(up)
    check("write" in entered_by(log, "writing"), f"the kernel that made the image: {log}")
    boot = entered_by(log, "boot")
    check(boot[0] == "check" and boot[-1] == "arrange", f"the boot kernel: {log}")


@case(on="ours", seconds=40, quick=False)
def sleepgraph_draws_the_steps(desk):
    """The kernel's own tool makes a page of a trace, with a bar for each step."""
    desk.standard()
    trace = Trace(desk)
    begin = trace.begin([f"power/{event}" for event in ("suspend_resume", "device_pm_callback_start", "device_pm_callback_end")])
    desk.transition = lambda mode: tell_steps("down") + begin + "hibernate platform\n"
    down = desk.down(after=trace.end() + desk.verdict())
    desk.came_back(desk.up())
    source = desk.folder / "ftrace.txt"
    source.write_text(STAMP + trace.text())
    page = desk.folder / "sleepgraph.html"
    made = subprocess.run([sys.executable, str(SLEEPGRAPH), "-ftrace", str(source), "-o", str(page)], capture_output=True, text=True,
                          timeout=120, check=False, cwd=desk.folder)
    check(made.returncode == 0 and page.exists(), f"sleepgraph: {made.stdout.strip()} {made.stderr.strip()}")
    listed = listed_steps(down, "down")
    # What only tests stop at takes no time, so it has no bar.
    missing = [step for step in listed[:listed.index("write")] if step not in page.read_text() and not step.endswith("_test")]
    check(not missing, f"no bar of {missing}")
