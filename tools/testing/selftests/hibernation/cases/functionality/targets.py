# SPDX-License-Identifier: GPL-2.0
"""A device or file that is set aside for images, and is no swap."""
import os
import re
import subprocess

import swaparea
import vm
from case import MIB, case, check

ZRAM = ("setting /sys/block/zram0/comp_algorithm lz4\nsetting /sys/block/zram0/disksize 256M\n"
        "mkswap /dev/zram0 >/dev/null && swapon /dev/zram0 || fail zram\n")
TARGET = "setting $power/hibernate/target {}\n"


def blank(desk, name, mib, *contents):
    """A disk of zeros, but for contents: (byte, bytes) each. Its path."""
    path = desk.folder / f"{name}.img"
    with open(path, "wb") as disk:
        disk.truncate(int(mib * MIB))
        for byte, content in contents:
            disk.seek(byte)
            disk.write(content)
    desk.machine.disks.append(vm.Disk(path))
    return path


@case(on="ours", kernel="world", seconds=40, quick=False)
def target_beside_zram_resumes(desk):
    """A disk that is not swap holds the image of a machine that swaps to memory only. What it held before does not matter."""
    desk.standard(swap_mib=512)
    down = desk.down("shutdown", prime=desk.prime().replace("swap_on\n", ZRAM + TARGET.format("/dev/vda")))
    check("/dev/vda is set aside for images: 512 MiB" in down.console, "it is not said")
    check(desk.swap.armed(), "no image in the target")
    desk.came_back(desk.up(), swap_used=True)  # nothing says that zram was not used
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=40)
def blank_target_of_the_command_line_resumes(desk):
    """A blank disk gets the header page of a swap area, by which UUID= finds it. No swap at all."""
    desk.standard(swap_mib=64)
    path = blank(desk, "target", 512)
    append = ["hibernate.target=/dev/vdc"]
    script = desk.prime().replace("swap_on\n", "")
    desk.down("shutdown", prime=script, append=append)
    area = swaparea.Area(path, b"")
    header = area.page()
    check(area.armed() and header[1052:1063] == b"hibernation" and header[1036:1052] != bytes(16), "no header page was written")
    text = header[1036:1052].hex()
    uuid = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    desk.came_back(desk.up(resume=None, append=append + [f"resume=UUID={uuid}"]))
    area.header = header
    desk.swap_sound(area)
    desk.swap_sound()


def file_resumes(desk, mount, make="fallocate -l 400M /mnt/image"):
    """A file that was only allocated, pinned as long as it is the target. The kernel tells where it lies."""
    prime = (mount + f"{make} || fail making a file\nsync\n" + TARGET.format("/mnt/image") +
             "echo x 2>/dev/null >> /mnt/image && fail written\nrm /mnt/image 2>/dev/null && fail removed\n")
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\nsetting $power/hibernate/target none\n"
             "echo x >> /mnt/image || fail it cannot be written\nrm /mnt/image || fail it cannot be removed\n"
             "judge stop; umount /mnt || fail umount\ntell verdict done\n")
    down = desk.down("shutdown", prime=desk.prime(cache=0, anon=176).replace("swap_on\n", prime), after=after)
    told = re.search(r"/mnt/image is set aside for images: (\d+) MiB from block (\d+) on", down.console)
    check(told and int(told.group(1)) == 400, "where the file lies is not said")
    desk.came_back(desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdb", f"resume_offset={told.group(2)}"]))


@case(on="ours", seconds=40)
def target_file_resumes(desk):
    """On ext4."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    file_resumes(desk, "mount_files\n")
    desk.files_sound()


def add_file_system(name, make):
    """XFS lists its blocks by another way than ext4; btrfs takes files only that it does not copy on write."""
    def cell(desk):
        desk.standard(swap_mib=64)
        desk.machine.disks.pop()
        path = desk.folder / f"{name}.img"
        with open(path, "wb") as disk:
            disk.truncate(800 * MIB)
        subprocess.run([*make, str(path)], check=True, capture_output=True, env={**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ["PATH"]})
        desk.machine.disks.append(vm.Disk(path))
        desk.files = None
        options = "-o nodatacow " if name == "btrfs" else ""
        file_resumes(desk, f"mount -t {name} {options}/dev/vdb /mnt || fail mount\n")

    cell.__name__ = f"target_file_on_{name}_resumes"
    cell.__doc__ = f"On {name}."
    case(on="ours", kernel="world", seconds=50, quick=False)(cell)


add_file_system("xfs", ["mkfs.xfs", "-q", "-f"])
add_file_system("btrfs", ["mkfs.btrfs", "-q", "-f"])


@case(on="ours", seconds=30)
def target_that_holds_something_is_refused(desk):
    """Named by what it holds; taken when told so. What is mounted or set aside belongs to one."""
    desk.standard(swap_mib=64)
    blank(desk, "luks", 64, (0, b"LUKS\xba\xbe\0\1"))
    data = blank(desk, "data", 64, (70000, b"x"))
    blank(desk, "small", 0.5)
    target = "$power/hibernate/target"
    script = (f"try() {{ tell \"$1 $(put {target} \"$2\") $(cat {target})\"; }}\n"
              "try ext4 /dev/vdb\ntry luks /dev/vdc\ntry data /dev/vdd\ntry small /dev/vde\ntry none none\n"
              "try nothing /dev/nothing\ntry folder /proc\ntry empty '  '\ntry ram /dev/ram0\n"
              "mount_files\ntry mounted /dev/vdb\n"
              "swap_on\ntry swap /dev/vda\n"
              "try forced '/dev/vdd force'\n"
              "mount -t ext4 /dev/vdd /tmp 2>/dev/null && fail mounted\nmkswap /dev/vdd >/dev/null; swapon /dev/vdd 2>/dev/null && fail swapon\n"
              "try again /dev/vdd\ntry gone none\nswapon /dev/vdd || fail still held\n"
              "echo 0 > /proc/sys/kernel/printk_devkmsg 2>/dev/null; umount /mnt\ntell done\n")
    seen = desk.boot(script)
    said = {word.split()[0]: word.split(None, 1)[1] for _, word in seen.words if " " in word}
    wanted = {"ext4": "EEXIST none", "luks": "EEXIST none", "data": "EEXIST none", "small": "EOPNOTSUPP none", "none": "ok none",
              "nothing": "ENOENT none", "folder": "EISDIR none", "empty": "EINVAL none", "mounted": "EBUSY none", "swap": "EBUSY none",
              "forced": "ok /dev/vdd", "again": "ok /dev/vdd", "gone": "ok none"}
    for name, answer in wanted.items():
        check(said.get(name) == answer, f"{name}: {said.get(name)}, not {answer}")
    for what in ("ext2, ext3 or ext4", "LUKS", "data"):
        check(f"holds {what}: it is no target for images" in seen.console, f"{what} is not named")
    check(seen.has("^done"), "did not end")
    check(swaparea.Area(data, b"").signature() == swaparea.SIGNATURE, "no header page after force")
