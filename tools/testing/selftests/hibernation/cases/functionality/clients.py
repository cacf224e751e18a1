# SPDX-License-Identifier: GPL-2.0
"""Programs of others that ask for hibernation, as Debian has them, in the small guest."""
from pathlib import Path

import initramfs
from case import case, check
from swapfile import SWAP_FILE


@case(seconds=30, quick=False)
def rtcwake_hibernates(desk):
    """rtcwake of util-linux sets an alarm and hibernates; after the resume it says when, and that all went well."""
    desk.standard()
    desk.transition = lambda mode: ("tell hibernating rtcwake\n/bin/rtcwake -u -m disk -s 3600 >/tmp/said 2>&1; code=$?\n"
                                    "tell rtcwake $code $(tr '\\n' ' ' </tmp/said)\n[ $code = 0 ] && tell hibernated ok\n")
    desk.down(files=initramfs.linked_files(["/usr/sbin/rtcwake"]))
    up = desk.up()
    desk.came_back(up)
    said = up.has(r"^rtcwake (\d+) (.*)")
    check(said and said.group(1) == "0" and "wakeup from \"disk\" using /dev/rtc0" in said.group(2), f"rtcwake said {said and said.group(0)}")
    desk.swap_sound()
    desk.files_sound()


# pm-utils is scripts; what they call and busybox lacks is from Debian, too. Busybox cannot tell which terminal is in front, so
# pm-utils is told to switch to none.
PM_SCRIPTS = "/usr/lib/pm-utils"
PM_HIBERNATE = ("for tool in id logger readlink; do ln -s busybox /bin/$tool; done\nmkdir -p /var/log /var/run\n"
                "tell hibernating pm-hibernate\n/usr/sbin/pm-hibernate --quirk-no-chvt >/tmp/said 2>&1; code=$?\n"
                "tell pm-hibernate $code $(tr '\\n' ' ' </tmp/said)\n"
                "tell logged $(grep -cE ' performing hibernate$| Awake\\.$| Finished\\.$' /var/log/pm-suspend.log)\n"
                "[ $code = 0 ] && tell hibernated ok || tell hooks $(grep -E 'exit code|not found' /var/log/pm-suspend.log)\n")


def pm_utils():
    """The package's files, bash for one of its hooks, and flock: name -> content."""
    scripts = [path for path in Path(PM_SCRIPTS).rglob("*") if path.is_file() and "video-quirks" not in path.parts]
    programs = {"usr/sbin/pm-hibernate": Path(f"{PM_SCRIPTS}/bin/pm-action"), "sbin/on_ac_power": Path("/sbin/on_ac_power")}
    return {**initramfs.linked_files(["/usr/bin/flock", "/bin/bash"]), **{str(path).lstrip("/"): path.read_bytes() for path in scripts},
            **{name: path.read_bytes() for name, path in programs.items()}}


def pm_utils_said_so(seen):
    said = [text for _, text in seen.words if text.startswith(("pm-hibernate", "logged"))]
    check(said and said[0].strip() == "pm-hibernate 0" and said[1:] == ["logged 3"], f"pm-hibernate: {said}")


@case(on="ours", seconds=30, quick=False)
def pm_utils_hibernates(desk):
    """pm-hibernate with its hooks; its log says that it performed, awoke and finished."""
    desk.standard()
    desk.transition = lambda mode: PM_HIBERNATE
    desk.down(files=pm_utils())
    up = desk.up()
    desk.came_back(up)
    pm_utils_said_so(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=45, quick=False)
def cloud_agent_hibernates(desk):
    """What Amazon's agent does when a machine boots: a swap file is named to the kernel in three ways, and taken away; and when it is to hibernate: swapon and pm-hibernate. The next boot has the words that it gives to the boot loader."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    boots = SWAP_FILE + ("tell agent $(put $power/resume /dev/vdb) $(put $power/resume_offset $(blockof /mnt/swapfile))\n"
                         "usersnap agent /mnt/swapfile || fail agent\nswapoff /mnt/swapfile || fail swapoff\n"
                         "tell place $(cat $power/resume) $(cat $power/resume_offset)\n")
    desk.transition = lambda mode: f"/bin/swapon --priority=32767 /mnt/swapfile || fail swapon\n{PM_HIBERNATE}swapoff /mnt/swapfile || fail swapoff\n"
    words = ["no_console_suspend=1"]
    down = desk.down(prime=desk.prime(cache=0, anon=176).replace("swap_on\n", boots), append=words,
                     files={**pm_utils(), **initramfs.linked_files(["/sbin/swapon"])})
    offset = down.has(r"^offset (\d+)").group(1)
    check(down.has("^agent ok ok$"), f"the agent's writes: {down.has('^agent .*')}")
    check(down.has(rf"^place 254:16 {offset}$"), f"the place is not set: {down.has('^place .*')}")
    up = desk.boot("tell fresh\n", name="up", append=[*words, f"resume_offset={offset}", "resume=/dev/vdb"])
    desk.came_back(up)
    pm_utils_said_so(up)
    desk.files_sound()
