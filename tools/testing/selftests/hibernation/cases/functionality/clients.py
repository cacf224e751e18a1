# SPDX-License-Identifier: GPL-2.0
"""Programs of others that ask for hibernation, as Debian has them, in the small guest."""
import initramfs
from case import case, check


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
