# SPDX-License-Identifier: GPL-2.0
"""The test bed itself: what every case relies on."""
from case import case, check

SWITCHES = "hung_task_panic softlockup_panic panic_on_rcu_stall"


@case(seconds=15)
def alarms_panic(desk):
    """Alarms are on, and a task that hangs ends the machine with a line that fails a case."""
    desk.standard(swap_mib=64)
    seen = desk.boot(f"for name in {SWITCHES}; do\n  tell $name $(cat /proc/sys/kernel/$name)\ndone\n"
                     "tell thresh $(cat /proc/sys/kernel/watchdog_thresh)\n"
                     "setting /proc/sys/kernel/hung_task_timeout_secs 2\n"
                     "mount_files\nbusybox fsfreeze --freeze /mnt || fail fsfreeze\n"
                     "(echo more >/mnt/more) &\nsleep 30\ntell survived\n", clean=False)
    for name in SWITCHES.split():
        check(seen.has(f"^{name} 1"), f"{name} is off")
    check(seen.has("^thresh [1-9]"), "nobody looks for soft lockups")
    check(not seen.has("^survived") and not seen.timed_out, "a hanging task did not end the machine")
    check("hung_task: blocked tasks" in seen.console, "no panic for a hanging task")
    check(any("blocked for more than" in line for line in seen.trouble()), "a hanging task is no trouble")
