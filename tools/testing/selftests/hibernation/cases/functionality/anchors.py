# SPDX-License-Identifier: GPL-2.0
"""The image of a swap file that is found although nobody said at which block it begins, and images that nobody asked for."""
import json
import re
import uuid
from dataclasses import replace

import swaparea
from case import case, check
from swapfile import SWAP_FILE

HERE = ["-uuid", "11111111-2222-3333-4444-555555555555"]
ROOT = ["root=/dev/vdz"]
AUTO = ["resume=auto", *ROOT]
LOCATION = "HibernateLocation-8cf2644b-4b0b-428f-9387-6d876050dc67"
OURS = "HibernationPlace-9048632b-a3cd-4be8-8ae7-ea45d6de0280"
KEPT = "EFI variable HibernationPlace"
LOOKED = "this boot did not look for an image on"
AFTER = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\nswapoff /mnt/swapfile || fail swapoff\n"
         "judge stop; umount /mnt || fail umount\ntell verdict done\n")


def with_swap_file(desk, **changes):
    """A machine whose only swap is a file on ext4; returns the script that fills memory."""
    desk.standard(swap_mib=64, extra=HERE, **changes)
    desk.machine.disks.pop()
    desk.add_files(640)
    return desk.prime(cache=0, anon=176).replace("swap_on\n", SWAP_FILE)


def begins_at(seen):
    return int(seen.has(r"^offset (\d+)").group(1))


def file_area(desk, down):
    return swaparea.Area(desk.files, b"", begins_at(down) * swaparea.PAGE)


def location(offset, fsid=uuid.UUID(int=0)):
    """What systemd writes, as efivarfs takes it: attributes, then the text in UTF-16."""
    text = json.dumps({"uuid": str(fsid), "offset": offset, "kernelVersion": "6.12.0", "osReleaseId": "debian", "osReleaseVersionId": "13"},
                      separators=(",", ":"))
    return b"\7\0\0\0" + (text + "\0").encode("utf-16-le")


def write_variable(name, file):
    return f"efi_variables || fail no variables\ncat {file} >/sys/firmware/efi/efivars/{name} || fail writing {name}\n"


def resumed(desk, seen, area):
    desk.came_back(seen, swap_used=True)
    check(area.signature() == swaparea.SIGNATURE, "the file is no swap again")
    desk.files_sound()


def not_resumed(seen):
    check(seen.has("^quiet") and not seen.has("^judge "), "was resumed")


@case(on="ours", seconds=70, quick=False)
def swap_file_is_found_without_an_offset(desk):
    """With resume=auto on UEFI: the block is kept before the image is written, once, and the next boot finds it by that.

    The other spelling, hibernate=auto, finds it, too.
    """
    prime = with_swap_file(desk, firmware="ovmf")
    again = AFTER.replace("swapoff", "hibernate shutdown\ntell once more\nswapoff", 1)
    down = desk.down("shutdown", prime=prime, after=again, append=AUTO)
    check(down.console.count(KEPT) == 1 and LOOKED not in down.console, "the block was not kept")
    area = file_area(desk, down)
    second = desk.boot("tell quiet\n", name="up", append=AUTO)
    check("holds an image of this installation" in second.console and second.has(r"^hibernated ok"), "it was not found")
    check(KEPT not in second.console, "the variable was written again")
    check(area.armed() and not second.has("^once more"), "the second image is not there")
    up = desk.boot("tell quiet\n", name="again", append=["hibernate=auto", *ROOT])
    check(up.has("^once more") and up.has("^verdict done"), "the second image was not found")
    check(area.signature() == swaparea.SIGNATURE, "the file is no swap again")
    desk.files_sound()


@case(on="ours", seconds=60, quick=False)
def systemds_location_leads_to_a_swap_file(desk):
    """HibernateLocation has the block; our own variable is neither needed nor written."""
    prime = with_swap_file(desk, firmware="ovmf")
    made = desk.boot(SWAP_FILE + "swapoff /mnt/swapfile\numount /mnt\n", name="make")
    prime = prime.replace(SWAP_FILE, "mount_files\ntell offset $(blockof /mnt/swapfile)\nswap_on /mnt/swapfile\n" + write_variable(LOCATION, "/location"))
    down = desk.down("shutdown", prime=prime, after=AFTER, append=AUTO, files={"location": location(begins_at(made))})
    check(begins_at(down) == begins_at(made), "the file moved")
    check(KEPT not in down.console and LOOKED not in down.console, "the block was kept once more")
    up = desk.boot("tell quiet\n", name="up", append=AUTO)
    resumed(desk, up, file_area(desk, down))


@case(on="ours", seconds=60, quick=False)
def noresume_retires_what_no_resume_named(desk):
    """No resume= at all, and the image where EFI's variable says: a boot with noresume retires it, and no other boot touches it."""
    prime = with_swap_file(desk, firmware="ovmf")
    down = desk.down("shutdown", prime=prime, after=AFTER, append=AUTO)
    area = file_area(desk, down)
    for name, append in (("plain", ROOT), ("root", ["noresume", "root=/dev/vdy"]), ("rootless", ["noresume"])):
        seen = desk.boot("tell quiet\n", name=name, append=append)
        not_resumed(seen)
        check(area.armed(), f"{name}: the image was touched")
    seen = desk.boot("tell quiet\n", name="noresume", append=["noresume", *ROOT])
    not_resumed(seen)
    check("an image was retired, as this boot was told not to resume" in seen.console, "it is not said")
    check(area.signature() == swaparea.SIGNATURE, "the file is no swap again")


@case(on="ours", seconds=60, quick=False)
def variables_that_make_no_sense_are_ignored(desk):
    """Text that is no JSON, and bytes of ours that are damaged: named, and the image at a device's beginning is found."""
    desk.standard(swap_mib=512, extra=HERE, firmware="ovmf")
    prime = desk.prime() + write_variable(LOCATION, "/text") + write_variable(OURS, "/bytes")
    files = {"text": b"\7\0\0\0" + '{"offset":"8"}'.encode("utf-16-le"), "bytes": b"\7\0\0\0" + bytes(32)}
    desk.down("shutdown", prime=prime, append=AUTO, files=files)
    up = desk.boot("tell quiet\n", name="up", append=AUTO)
    for name in ("HibernateLocation", "HibernationPlace"):
        check(f"EFI variable {name} is not understood, ignored" in up.console, f"{name} is not named")
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def swap_file_without_firmware_is_not_armed(desk):
    """On a BIOS nothing can keep the block: that is said, and resume_offset= is enough beside resume=auto."""
    prime = with_swap_file(desk) + "tell armed $(cat $power/hibernate/resume_armed)\n"
    down = desk.down("shutdown", prime=prime, after=AFTER, append=AUTO)
    check(down.has("^armed 0") and LOOKED in down.console, "it is not said")
    up = desk.boot("tell quiet\n", name="up", append=[*AUTO, f"resume_offset={begins_at(down)}"])
    resumed(desk, up, file_area(desk, down))


@case(on="ours", seconds=50, quick=False)
def uuid_of_the_file_system_names_a_swap_file(desk):
    """resume=UUID= of the ext4 with resume_offset=: the kernel finds it by itself, to retire and to resume; at another block it finds none."""
    prime = with_swap_file(desk)
    with open(desk.files, "rb") as image:
        image.seek(1024 + 0x68)
        spec = f"resume=UUID={uuid.UUID(bytes=image.read(16))}"
    down = desk.down("shutdown", prime=prime, after=AFTER, append=ROOT)
    area, offset = file_area(desk, down), begins_at(down)
    seen = desk.boot("tell quiet\n", name="elsewhere", append=[spec, f"resume_offset={offset + 1}", *ROOT])
    not_resumed(seen)
    check("not found" in seen.console and area.armed(), "a block without a place was taken")
    kept = desk.files.with_suffix(".kept")
    swaparea.copy(desk.files, kept)
    seen = desk.boot("tell quiet\n", name="noresume", append=[spec, f"resume_offset={offset}", "noresume", *ROOT])
    not_resumed(seen)
    check(area.signature() == swaparea.SIGNATURE, "noresume did not retire it")
    swaparea.copy(kept, desk.files)
    kept.unlink()
    resumed(desk, desk.boot("tell quiet\n", name="up", append=[spec, f"resume_offset={offset}", *ROOT]), area)


@case(on="ours", seconds=50, quick=False)
def image_of_ours_named_too_late_is_retired(desk):
    """A place with an image is named when disks are mounted: the image of another installation stays, that of this one is retired."""
    desk.standard(swap_mib=512, extra=HERE)
    desk.down("shutdown", append=ROOT)
    late = "mount_files\nresume_by_hand /dev/vda\ntell armed $(cat $power/hibernate/resume_armed)\numount /mnt\ntell quiet\n"
    other = replace(desk.machine, extra=["-uuid", "11111111-2222-3333-4444-555555555556"])
    for name, append, machine in (("machine", ROOT, other), ("root", ["root=/dev/vdy"], None), ("rootless", [], None)):
        seen = desk.boot(late, name=name, append=append, machine=machine)
        not_resumed(seen)
        check(desk.swap.armed(), f"{name}: the image was touched")
    seen = desk.boot(late, name="late", append=ROOT)
    not_resumed(seen)
    check("was retired, as it is older than the disks" in seen.console, "it is not said")
    check(seen.has("^armed 0"), "this boot did not look there in time")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def search_that_waits_is_cheap(desk):
    """A boot whose initramfs waits, as for a passphrase: in ten seconds the search begins no more than a few threads."""
    desk.standard(swap_mib=64)
    count = "tell begun $(awk '/^processes/ { print $2 }' /proc/stat)\n"
    seen = desk.boot(f"sleep 2\n{count}sleep 20\n{count}tell quiet\n", append=AUTO)
    first, last = [int(text.split()[1]) for _, text in seen.words if re.match(r"begun \d+", text)]
    desk.note(f"{last - first} tasks began in 20 s")
    check(last - first < 20, f"{last - first} tasks began")


# What programs of an initramfs write, byte for byte: the device's number and the block. dracut writes in one of two ways.
WRITES = {
    "dracut": "echo {number} >$power/resume\n",
    "dracut-name": "printf {device} >$power/resume\n",
    "old-mkinitcpio": "printf {number} >$power/resume\n",
    "mkinitcpio": "printf {block} >$power/resume_offset; printf {number} >$power/resume\n",
    "systemd": "echo {block} >$power/resume_offset; echo {number} >$power/resume\n",
    "klibc": "printf {block} >$power/resume_offset; printf {number}:{block} >$power/resume\n",
    "again": "echo {number} >$power/resume; echo {block} >$power/resume_offset; echo {number} >$power/resume\n",
}


@case(on="ours", seconds=90, quick=False)
def writes_of_each_initramfs_resume(desk):
    """The writes of dracut, mkinitcpio, systemd and klibc's resume, for a partition and for a swap file."""
    desk.standard(swap_mib=512)
    kept = desk.swap.path.with_suffix(".kept")
    down = desk.down("shutdown", prime=desk.prime(cache=0, anon=176) + "tell number $(number_of /dev/vda)\n")
    number = down.has(r"^number (\S+)").group(1)
    swaparea.copy(desk.swap.path, kept)
    for name, writes in WRITES.items():
        swaparea.copy(kept, desk.swap.path)
        desk.came_back(desk.boot(writes.format(device="/dev/vda", number=number, block=0) + "fresh\n", name=name))
        desk.swap_sound()
    kept.unlink()


@case(on="ours", seconds=90, quick=False)
def writes_of_each_initramfs_resume_a_swap_file(desk):
    """The same for a swap file; dracut and the old mkinitcpio leave the block to the command line."""
    prime = with_swap_file(desk) + "tell number $(number_of /dev/vdb)\n"
    down = desk.down("shutdown", prime=prime, after=AFTER)
    number, area, kept = down.has(r"^number (\S+)").group(1), file_area(desk, down), desk.files.with_suffix(".kept")
    block = begins_at(down)
    swaparea.copy(desk.files, kept)
    for name, writes in WRITES.items():
        swaparea.copy(kept, desk.files)
        append = [f"resume_offset={block}"] if "{block}" not in writes else []
        resumed(desk, desk.boot(writes.format(device="/dev/vdb", number=number, block=block) + "tell fresh\n", name=name, append=append), area)
    kept.unlink()
