# SPDX-License-Identifier: GPL-2.0
"""Failures on the way down: the right errno, a reason, everything undone, and a second attempt that succeeds."""
import re

from case import MIB, RESULT, case, check
from steps import WAKE, listed_steps, resumes_after_all, tell_steps


def fails_then_works(desk, breaking, mending, errnos, mode="shutdown", prime=None, second=True, reason=None):
    """hibernate fails with one of errnos, memory is intact; after mending it works."""
    prime = (prime or desk.prime()) + breaking + f"hibernate {mode}\ntell first $result\njudge verify || fail memory\n"
    prime += "tell used-after-failure $(used_swap)\n" + mending
    after = desk.verdict()
    if not second:
        seen = desk.boot(prime + after, name="down")
    else:
        seen = desk.boot(prime + f"hibernate {mode}\n" + after, name="down")
    first = seen.has(r"^first (\w+)")
    check(first, f"the first attempt did not come back: {seen.words[-1:]}")
    check(first.group(1) in errnos, f"first attempt gave {first.group(1)}, expected {errnos} {desk.last_result(seen)}")
    check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
    if desk.ours:
        desk.result(seen, errno=ERRNO[first.group(1)], reason=reason)
    if not second:
        return seen
    results = [text for _, text in seen.words if text.startswith("hibernated")]
    check(len(results) == 1, f"second attempt came back too: {results} {desk.last_result(seen)}")
    return seen


ERRNO = {"EPERM": -1, "EIO": -5, "ENOMEM": -12, "EBUSY": -16, "ENODEV": -19, "ENOSPC": -28, "EOPNOTSUPP": -95, "ECANCELED": -125}


@case(seconds=30)
def no_swap_gives_enodev(desk):
    desk.standard()
    prime = desk.prime().replace("swap_on\n", "")
    fails_then_works(desk, "", "swap_on\n", ["ENODEV"], prime=prime)
    resumes_after_all(desk)


@case(seconds=30)
def small_swap_gives_enospc(desk):
    """48 MiB of swap for 200 MiB that do not compress that far; then a larger area."""
    desk.standard(swap_mib=48)
    larger = desk.add_swap(1024, name="larger")
    mending = "swapoff /dev/vda\nswap_on /dev/vdc\n"
    if not desk.ours:  # it stays with the first area that it saw
        mending += "resume_by_hand /dev/vdc\n"
    fails_then_works(desk, "", mending, ["ENOSPC"])
    up = desk.boot("fresh /dev/vdc\n", name="up", append=["resume=/dev/vdc"])
    desk.came_back(up)
    desk.swap_sound(larger)
    desk.swap_sound()


@case(seconds=30)
def write_error_gives_eio(desk):
    """One sector of the area cannot be written, once."""
    desk.standard()
    sector = 16 * MIB // 512
    desk.machine.disks[0].errors = [{"iotype": "write", "sector": sector, "once": True}]
    desk.accepted = r"critical|I/O error|Write-error"
    fails_then_works(desk, "", "", ["EIO"])
    desk.machine.disks[0].errors = []
    resumes_after_all(desk)


@case(seconds=30)
def read_error_boots_fresh(desk):
    """One sector of the image cannot be read: a start from scratch."""
    desk.standard()
    desk.down("shutdown")
    desk.machine.disks[0].errors = [{"iotype": "read", "sector": 16 * MIB // 512}]
    up = desk.up()
    check(not up.has("^judge "), "was resumed though a sector could not be read")
    check(up.has(r"^fresh swap=usable"), "no clean start with usable swap")
    desk.result(up, phase="resume", step="read", errno=-5)
    desk.swap_sound()


@case(seconds=40)
def locked_memory_gives_enomem(desk):
    """More memory is locked than can be mirrored, and nothing may be written early; when it is let go, it works."""
    desk.standard(swap_mib=2048, append=["hibernate.precopy=never"])
    breaking = "judge_more start nonce=1 seed=1 anon=400 kind=locked || fail locking\n"
    mending = "judge_more stop\n"
    prime = "judge_more() { JUDGE=/more judge \"$@\"; }\n" + desk.prime()
    fails_then_works(desk, breaking, mending, ["ENOMEM"], prime=prime)
    resumes_after_all(desk)


@case(seconds=25)
def wakeup_event_gives_ebusy(desk):
    """A wake-up source is active: the freezer gives up."""
    desk.standard()
    breaking = 'c=$(cat $power/wakeup_count)\nsetting $power/wakeup_count "$c"\nsetting $power/wake_lock test\n'
    mending = "setting $power/wake_unlock test\n"
    fails_then_works(desk, breaking, mending, ["EBUSY"])
    resumes_after_all(desk)


@case(on="ours", seconds=40)
def wakeup_while_writing_gives_ebusy(desk):
    """The power button, while the image is written, with wakeup_count armed: the way down ends, swap is free; then it works."""
    desk.standard()
    breaking = 'c=$(cat $power/wakeup_count)\nsetting $power/wakeup_count "$c"\n'
    script = desk.prime() + breaking + "hibernate shutdown\ntell first $result\ntell used $(used_swap)\njudge verify || fail memory\n"
    down = desk.boot(script + desk.transition("shutdown") + desk.verdict(), name="down",
                     on_console=("Saving image data pages", lambda run: run.ask("system_powerdown")))
    check(down.has("^first EBUSY"), f"the first attempt did not end with EBUSY {desk.last_result(down)}")
    check(down.has("^used 0"), "swap is still in use")
    desk.result(down, phase="hibernate", step="write", errno=-16, reason="wakeup")
    check(down.console.count("Image saving progress: 100%") == 1, "it was written to its end all the same")
    resumes_after_all(desk)


@case(seconds=25)
def vetoing_notifier_errno_returned(desk):
    """Somebody on the notifier chain says no."""
    desk.standard()
    inject = "/sys/kernel/debug/notifier-error-inject/pm/actions/PM_HIBERNATION_PREPARE/error"
    fails_then_works(desk, f"setting {inject} -16\n", f"setting {inject} 0\n", ["EBUSY"])
    resumes_after_all(desk)


@case(seconds=40)
def unfreezable_task_gives_ebusy(desk):
    """A task that does not freeze in time; last_error says which, and where it waits, in one line whatever its name is."""
    desk.standard()
    desk.accepted = r"Call Trace"
    breaking = "setting $power/pm_freeze_timeout 500\nstubborn start || fail stubborn\n"
    mending = "tell last $(cat $power/hibernate/last_error)\nstubborn stop\nsetting $power/pm_freeze_timeout 20000\n"
    down = fails_then_works(desk, breaking, mending, ["EBUSY"])
    named = re.search(r"reason=freezer: stub\?born \(\d+\) does not freeze, it waits in request_wait_answer", down.console)
    check(named or not desk.ours, f"nobody is named: {desk.last_result(down)}")
    check(down.has("^last .*reason=freezer: stub\?born ") or not desk.ours, f"last_error: {down.has('^last .*')}")
    resumes_after_all(desk)


@case(on="ours", seconds=30)
def wakeup_that_nobody_waits_for_is_kept(desk):
    """wakeup_count was not written: the event does not end the way down, and is still counted in the restored kernel."""
    desk.standard()
    down = desk.down("platform", prime=desk.prime() + f"setting {WAKE} freeze_threads\ntell count $(cat $power/wakeup_count)\n",
                     after="tell count $(cat $power/wakeup_count)\n" + desk.verdict())
    up = desk.up()
    desk.came_back(up)
    before, after = (int(seen.has(r"^count (\d+)").group(1)) for seen in (down, up))
    check(after == before + 1, f"{before} events before, {after} after")
    desk.swap_sound()


@case(on="ours", seconds=40)
def each_step_of_quiet_exec_fails(desk):
    """hibernate_quiet_exec() with each step failing once, and the function at last; all is undone, the next one runs, and so does a cycle."""
    desk.standard()
    quiet = "/sys/kernel/debug/hib_quiet"
    knob = "/sys/module/hibernate/parameters/fail_step"
    script = (tell_steps("quiet") +
              "for step in $steps; do\n"
              f"  setting {knob} $step:5\n"
              f"  tell step $step $(put {quiet} 0) $(cat {quiet})\n"
              "done\n"
              f"setting {knob} none\ntell function $(put {quiet} 28) $(cat {quiet})\ntell all $(put {quiet} 0) $(cat {quiet})\n"
              "judge verify || fail memory\n")
    down = desk.boot(desk.prime() + script + "hibernate platform\n" + desk.verdict(), name="down")
    told = dict(text.split(" ", 2)[1:] for _, text in down.words if text.startswith("step "))
    for step in listed_steps(down, "quiet"):
        check(told.get(step) == "EIO 0", f"step {step} gave {told.get(step, 'no answer')}")
    check(down.has("^function ENOSPC 1"), "the function's errno was lost, or it did not run")
    check(down.has("^all ok 2"), "the last one failed")
    resumes_after_all(desk)


@case(on="ours", seconds=40)
def calls_one_at_a_time_leave_nothing(desk):
    """Held and released; held, copied, dropped, copied, written, dropped: no image is left and no slot, and a cycle works."""
    desk.standard()
    script = ("tell calls $(put /sys/kernel/debug/hib_calls 1)\ntell used-after-calls $(used_swap)\n"
              "judge verify || fail memory\n")
    down = desk.down("platform", prime=desk.prime() + script)
    check(down.has("^calls ok"), f"the calls failed: {down.words}")
    check(down.has("^used-after-calls 0"), "swap is still in use")
    committed = [got for got in RESULT.findall(down.console) if got[:2] == ("hibernate", "commit")]
    check(len(committed) == 2, f"the image of the calls, and that of the cycle, were committed: {committed}")
    resumes_after_all(desk)
