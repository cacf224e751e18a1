# SPDX-License-Identifier: GPL-2.0
"""CPUs that are switched off: by hand, as siblings, in the image and in the boot kernel."""
import re

from case import case, check
from steps import KNOB

CPU = "/sys/devices/system/cpu"
SAVE = "dd if=/dev/vda of=/header bs=4096 count=1 2>/dev/null || fail saving the header\n"
PUT_BACK = "dd if=/header of=/dev/vda bs=4096 conv=notrunc,fsync 2>/dev/null || fail putting the header back\n"
REFUSED = SAVE + f"setting {KNOB} syscore:5\nresume_by_hand /dev/vda\nsetting {KNOB} none\n" + PUT_BACK
TELL = f"tell %s $(cat {CPU}/online) $(cat {CPU}/smt/control)\n"


def put_to_rest(seen, how_many):
    check(f"{how_many} CPUs that were switched off were put to rest anew" in seen.console,
          f"{how_many} CPUs were not put to rest by the restored kernel")


@case(on="ours", cpus=2, seconds=40)
def offline_cpu_stays_offline(desk):
    """cpus: a CPU that was switched off slept in memory that was overwritten.

    A CPU that was switched off by hand: off after the resume, stopped by the kernel in the image, and it can be used again.
    """
    desk.standard(smp=2)
    desk.online = "0"
    after = desk.verdict() + f"setting {CPU}/cpu1/online 1\ntell at-last $(cat {CPU}/online)\n"
    desk.down("shutdown", prime=desk.prime() + f"setting {CPU}/cpu1/online 0\n", after=after)
    script = f"setting {CPU}/cpu1/online 0\n" + REFUSED + TELL % "refused" + f"setting {CPU}/cpu1/online 1\n"
    up = desk.up(script + "resume_by_hand /dev/vda\nfresh\n", resume="script")
    check(up.has("^refused 0 "), "a resume that was refused switched a CPU on")
    desk.came_back(up)
    put_to_rest(up, 1)
    check(up.has("^at-last 0-1$"), "the CPU cannot be used any more")
    desk.swap_sound()


@case(on="ours", cpus=4, seconds=90, quick=False)
def siblings_stay_off_with_nosmt(desk):
    """cpus: a resume switched siblings on.

    Two cores with two threads, nosmt, and one core switched off: so it is after a resume that failed, and after one that went well.
    """
    desk.standard(smp=4)
    desk.machine.extra = ["-smp", "4,sockets=1,cores=2,threads=2"]
    desk.online = "0"
    desk.down("shutdown", prime=desk.prime() + TELL % "before" + f"setting {CPU}/cpu2/online 0\n", append=["nosmt"],
              after=desk.verdict() + TELL % "after")
    up = desk.up(TELL % "boot" + REFUSED + TELL % "refused" + "resume_by_hand /dev/vda\nfresh\n", resume="script", append=["nosmt"])
    check(up.has("^boot 0,2 off"), "nosmt made no difference: nothing was tested")
    check(up.has("^refused 0,2 off"), f"SMT after a failed resume: {up.has('^refused .*')}")
    desk.came_back(up)
    check(up.has("^after 0 off"), f"SMT after the resume: {up.has('^after .*')}")
    put_to_rest(up, 3)
    desk.swap_sound()


@case(on="ours", cpus=2, seconds=60, quick=False)
def failed_test_resume_leaves_smt_off(desk):
    """cpus: a resume that failed switched siblings on.

    A running system with nosmt loads the image that it just made: refused by a step, siblings stay off; by the sibling itself, once, it goes on.
    """
    desk.standard(smp=2)
    desk.machine.extra = ["-smp", "2,sockets=1,cores=1,threads=2"]
    desk.online = "0"
    refuse = f"setting {CPU}/cpu1/hotplug/fail $(awk -F: '/workqueue:online/ {{ print $1 + 0 }}' {CPU}/hotplug/states)\n"
    seen = desk.boot(desk.prime() + TELL % "before" + f"setting {KNOB} mark_jumping:5\nhibernate test_resume\n" + TELL % "marked" +
                     f"setting {KNOB} none\nsetting {CPU}/smt/control on\n" + TELL % "on" +
                     f"setting {CPU}/smt/control off\n{refuse}hibernate test_resume\n" + desk.verdict() + TELL % "after",
                     append=["nosmt"], name="test-resume")
    for when, what in (("before", "0 off"), ("marked", "0 off"), ("on", "0-1 on"), ("after", "0 off")):
        check(seen.has(f"^{when} {what}$"), f"{when}: {seen.has(f'^{when} .*')}")
    check(re.search(r"resume refused \(-\w+\) at offline_cpus: .* trying again, 2 of 3", seen.console), "the sibling did not refuse")
    desk.came_back(seen)
    desk.swap_sound()
