# SPDX-License-Identifier: GPL-2.0
"""All the ways to say where the image is."""
import re

import swaparea
from case import case, check
from parted import partitioned


def resumes_each_time(desk, ways):
    """One image, resumed once from a copy in each of these ways."""
    kept = {disk.path: disk.path.with_suffix(".kept") for disk in desk.machine.disks}
    for path, copy in kept.items():
        swaparea.copy(path, copy)
    for name, append in ways.items():
        for path, copy in kept.items():
            swaparea.copy(copy, path)
        up = desk.up(resume=None, name=name, append=append)
        desk.came_back(up)
        desk.swap_sound()
    for copy in kept.values():
        copy.unlink()


@case(on="ours", seconds=90)
def resume_forms_all_find_image(desk):
    """MAJ:MIN, hex, UUID= and LABEL= of the area, with resumedelay and resumewait."""
    desk.standard()
    prime = desk.prime() + "tell number $(number_of /dev/vda)\n"
    down = desk.down("shutdown", prime=prime)
    major, minor = map(int, re.search(r"(\d+):(\d+)", down.has(r"^number .*").group(0)).groups())
    uuid = desk.swap.header[1036:1052].hex()
    uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
    resumes_each_time(desk, {
        "number": [f"resume={major}:{minor}", "resumedelay=1"],
        "hex": [f"resume={major << 8 | minor:x}", "resumewait"],
        "uuid": [f"resume=UUID={uuid}", "resumewait=5"],
        "label": ["resume=LABEL=dormouse"],
    })


@case(on="ours", seconds=40, quick=False)
def partuuid_finds_image(desk):
    """The area is a partition, named by PARTUUID= and by its device."""
    partuuid = partitioned(desk, 1024)
    desk.add_files()
    desk.down("shutdown", prime=desk.prime().replace("swap_on\n", "swap_on /dev/vda1\n"))
    resumes_each_time(desk, {"partuuid": [f"resume=PARTUUID={partuuid}"], "name": ["resume=/dev/vda1"]})


@case(on="ours", seconds=50, quick=False)
def place_named_on_a_running_system_is_only_set(desk):
    """Once a disk is mounted, writes of block and device in either order, as systemd and cloud agents do, set the place and resume nothing; with hibernate.live_resume they resume."""
    desk.standard(swap_mib=512)
    files = desk.files
    desk.add_files(64, name="other")
    desk.files = files
    desk.down("shutdown")
    live, block, device = "mount_files /dev/vdc\n", "put $power/resume_offset 0\n", "resume_by_hand /dev/vda\n"
    seen = desk.boot(f"{live}{block}{device}tell first $(cat $power/resume)\nput $power/resume 0:0\n{device}{block}tell second $(cat $power/resume)\n", name="set")
    check(seen.has("^first 254:0") and seen.has("^second 254:0"), "the place was not set")
    check(not seen.has("^judge ") and desk.swap.armed(), "the image was touched")
    desk.came_back(desk.boot(live + device + "fresh\n", name="live", append=["hibernate.live_resume=1"]))
    desk.swap_sound()
