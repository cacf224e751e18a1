# SPDX-License-Identifier: GPL-2.0
"""A whole Debian 12, with its own systemd, udev, initramfs and util-linux, hibernates and comes back."""
import re
import subprocess
from dataclasses import replace

import debian
import swaparea
from case import case, check
from parted import partitioned
from relay_bed import must_have_written

# A name that udev makes. The kernel does not know it, so that only the initramfs can find the place.
BY_UDEV = "resume=/dev/disk/by-label/{}"
BY_KERNEL = "holds an image of this installation"
OTHER = ["-uuid", "11111111-2222-3333-4444-555555555556"]
EFI_VARIABLE = "HibernateLocation".encode("utf-16-le")
OUR_VARIABLE = "HibernationPlace".encode("utf-16-le")
SWAP_FILE = ("fallocate -l 400M /swapfile && chmod 600 /swapfile && mkswap -q /swapfile && swapon /swapfile || fail swapfile\n"
             "tell first $(filefrag -v /swapfile | awk '$1 == \"0:\" { print $4 + 0 }')\n")


def variables_of(desk):
    """Where the machine's firmware keeps its variables."""
    return desk.folder / "ovmf-vars.fd"


def comes_back_by_itself(desk):
    """The kernel finds the image, and nobody told it where to look."""
    seen = debian.up(desk)
    debian.came_back(desk, seen)
    check(BY_KERNEL in seen.console, "it is not said")


def comes_back_each_time(desk, ways):
    """One image, resumed once from a copy in each of these ways: name -> (initramfs, command line, who found it)."""
    kept = {disk.path: disk.path.with_suffix(".kept") for disk in desk.machine.disks}
    for path, copy in kept.items():
        swaparea.copy(path, copy)
    for name, (initrd, append, by_kernel) in ways.items():
        for path, copy in kept.items():
            swaparea.copy(copy, path)
        seen = debian.up(desk, name=name, initrd=initrd, append=append)
        debian.came_back(desk, seen)
        init_ran = "Run /init as init process" in seen.console
        check(not desk.ours or init_ran != by_kernel, f"{name}: found by the {'initramfs' if init_ran else 'kernel'}")
    for copy in kept.values():
        copy.unlink()


@case(seconds=30, kernel="debian", quick=False)
def debian_without_set_up_resumes(desk):
    """An active swap area, and nobody was told where it is."""
    debian.standard(desk)
    debian.down(desk)
    comes_back_by_itself(desk)


@case(on="ours", seconds=60, kernel="debian", quick=False)
def debian_resumes_by_initramfs_tools(desk):
    """The script of initramfs-tools finds the place, by the command line. What Debian's installer wrote is not even needed."""
    debian.standard(desk)
    debian.down(desk)
    comes_back_each_time(desk, {
        "script": ("tools", [BY_UDEV.format("dormouse")], False),
        "installer": ("resume", [], True),
    })


@case(on="ours", seconds=60, kernel="debian", quick=False)
def debian_resumes_by_systemd(desk):
    """systemd in dracut's initramfs, whose generator finds the place. Nothing else was set up for systemctl hibernate."""
    debian.standard(desk)
    debian.down(desk, initrd="dracut", append=[BY_UDEV.format("dormouse")])
    comes_back_each_time(desk, {"generator": ("dracut", [BY_UDEV.format("dormouse")], False)})


@case(on="ours", seconds=120, kernel="debian", quick=False, also=("restore",))
def debian_leaves_the_image_to_a_second_kernel(desk):
    """The example unit loads it, with the initramfs that the example hook has made when initramfs-tools ran; then systemctl hibernate as ever."""
    debian.standard(desk)
    debian.put(desk, desk.other_kernel("restore"), "/boot/vmlinuz-save")
    before = ("wait_for 120 systemctl -q is-active hibsave\nsystemctl -q is-active hibsave || fail hibsave $(journalctl -b -o cat -u hibsave)\n"
              "tell loaded $(journalctl -b -o cat -u hibsave | tr '\\n' ';')\n")
    down = debian.down(desk, before=before, append=["no_console_suspend", "resume=auto", "systemd.wants=hibsave.service"])
    desk.note(down.has("^loaded (.*)").group(1))
    must_have_written(down)
    comes_back_by_itself(desk)


@case(on="ours", seconds=60, kernel="debian", quick=False)
def debian_partition_resumes(desk):
    """A partition of a disk is swap; nobody was told where it is, then initramfs-tools was."""
    debian.standard(desk, swap_mib=0)
    partitioned(desk, 1024)
    debian.down(desk, before="wait_for 60 grep -q /dev/vdc1 /proc/swaps\n")
    comes_back_each_time(desk, {"kernel": ("tools", [], True), "script": ("tools", [BY_UDEV.format("dormouse")], False)})


@case(on="ours", seconds=200, kernel="debian", quick=False)
def debian_swap_file_resumes(desk):
    """A swap file on the root, of which systemd tells the kernel; found by kernel, initramfs-tools and systemd."""
    debian.standard(desk, swap_mib=0)
    down = debian.down(desk, before=SWAP_FILE)
    offset = f"resume_offset={down.has(r'^first (.*)').group(1)}"
    comes_back_each_time(desk, {
        "kernel": ("tools", ["resume=/dev/vda", offset], True),
        "script": ("tools", [BY_UDEV.format("root"), offset], False),
        "generator": ("dracut", [BY_UDEV.format("root"), offset], False),
    })


@case(on="ours", seconds=90, kernel="debian", quick=False)
def debian_on_uefi_resumes(desk):
    """systemd 252 leaves no EFI variable that says where the image is; the kernel finds it all the same."""
    debian.standard(desk, firmware="ovmf")
    debian.down(desk)
    check(EFI_VARIABLE not in variables_of(desk).read_bytes(), "there is a variable")
    comes_back_by_itself(desk)


@case(on="ours", seconds=90, kernel="debian", quick=False)
def debian_swap_file_on_uefi_resumes(desk):
    """A swap file on the root, with systemd 252: the kernel keeps the block, and nobody is told any place."""
    debian.standard(desk, swap_mib=0, firmware="ovmf")
    down = debian.down(desk, before=SWAP_FILE)
    variables = variables_of(desk).read_bytes()
    check(OUR_VARIABLE in variables and EFI_VARIABLE not in variables, "the block is not kept by the kernel, or not by it alone")
    check(f"look at block {down.has(r'^first (.*)').group(1)}, too" in down.console, "another block is kept")
    comes_back_by_itself(desk)


@case(on="ours", seconds=40, kernel="debian", quick=False)
def debian_with_zram_resumes(desk):
    """zram has the higher priority; resume=auto on the command line confuses neither systemd nor the initramfs."""
    debian.standard(desk)
    before = ("wait_for 60 grep -q /dev/vda /proc/swaps\n"
              "zram=$(zramctl -f -s 256M -a lz4) && mkswap -q $zram && swapon -p 100 $zram || fail zram\n"
              "tell swaps $(swapon --show=NAME,PRIO --noheadings --raw | tr '\\n' ' ')\n")
    down = debian.down(desk, before=before, append=["resume=auto"])
    check(down.has(r"^swaps .*/dev/zram0 100\b"), "zram has not the higher priority")
    debian.came_back(desk, debian.up(desk, append=["resume=auto"]))


LOOK = ("tell blkid $(blkid -p -o value -s TYPE /dev/vda) $(blkid -p -o value -s UUID /dev/vda)\n"
        "tell lsblk $(lsblk -n -r -o NAME,FSTYPE,LABEL /dev/vda)\n"
        "tell wipefs $(wipefs -n -i /dev/vda | awk '{ print $3 }')\n"
        "tell active $(swapon --show=NAME --noheadings)\n")


def looked(desk, seen, kind, active):
    """What util-linux said: the kind of the area, its UUID and label, and whether it is in use."""
    for word, wanted in (("blkid", f"{kind} {swaparea.uuid_of(desk.swap)}"), ("lsblk", f"vda {kind} dormouse"), ("wipefs", kind),
                         ("active", active)):
        said = [text for _, text in seen.words if text.split(" ")[0] == word]
        check(said and said[-1].strip() == f"{word} {wanted}".strip(), f"{seen.name}: {said}, not {word} {wanted}")


@case(on="ours", seconds=90, kernel="debian", quick=False)
def debian_knows_the_area(desk):
    """util-linux on an area before an image, with one, after one; swapon makes swap of an image that is not resumed, wipefs removes it."""
    debian.standard(desk)
    down = debian.down(desk, before="wait_for 60 grep -q /dev/vda /proc/swaps\n" + LOOK,
                       after=LOOK.replace("tell ", "tell after-") + "swapoff /dev/vda && swapon /dev/vda || fail swapoff\n")
    looked(desk, down, "swap", "/dev/vda")
    check(desk.swap.armed(), "there is no image")
    kept = desk.folder / "swap.kept"
    swaparea.copy(desk.swap.path, kept)
    files = desk.folder / "root.kept"
    swaparea.copy(desk.files, files)

    # Another machine looks, and takes the area for swap.
    stranger = replace(desk.machine, extra=OTHER)
    seen = debian.boot(desk, f"{LOOK}tell warned $(swapon /dev/vda 2>&1)\nswapoff /dev/vda || fail swapoff\n", "look", machine=stranger,
                       append=["fstab=no", "rw"])
    looked(desk, seen, "swsuspend", "")
    check(seen.has("^warned .*software suspend data detected. Rewriting the swap signature"), "swapon said nothing")
    desk.swap_sound()

    swaparea.copy(kept, desk.swap.path)
    subprocess.run(["/sbin/wipefs", "-q", "-a", str(desk.swap.path)], check=True)
    seen = debian.up(desk, name="wiped", append=["fstab=no"])
    check(seen.has("^fresh"), "no boot after wipefs")

    swaparea.copy(kept, desk.swap.path)
    swaparea.copy(files, desk.files)
    up = debian.up(desk)
    debian.came_back(desk, up)
    up.words = [(when, re.sub("^after-", "", text)) for when, text in up.words]
    looked(desk, up, "swap", "/dev/vda")
