# SPDX-License-Identifier: GPL-2.0
"""An image in several swap areas: filled one after the other, or by turns; found again by the ids in their headers."""
import re
import subprocess
from dataclasses import replace

import image
import initramfs
from case import MIB, case, check
from manyareas import members, several, sound, swap_on_all, swapon

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def verified(areas):
    """hibimg wants each device, whatever the order, and says which one is not there."""
    missing = image.hibimg("verify", areas[0].path)
    check(missing.returncode == 5 and "--member" in missing.stderr, f"a missing member is not named: {missing}")
    words = [word for area in reversed(areas[1:]) for word in ("--member", area.path)]
    whole = image.hibimg("verify", *words, areas[0].path)
    check(whole.returncode == image.SOUND, f"verify: {whole.stdout} {whole.stderr}")
    return whole.stdout.strip()


def without(desk, index):
    """The machine with an empty disk in place of one: its memory map stays."""
    empty = desk.folder / "empty.img"
    with open(empty, "wb") as disk:
        disk.truncate(64 * MIB)
    return replace(desk.machine, disks=[replace(disk, path=empty) if nr == index else disk for nr, disk in enumerate(desk.machine.disks)])


@case(on="ours", seconds=40)
def image_spills_into_other_areas(desk):
    """The area of resume= is too small: the image goes on in those of the highest priority, in that order, and leaves out what it does not need."""
    areas = several(desk, 64, 512, 128)
    prime = desk.prime().replace("swap_on\n", swap_on_all(1, 2, 3))
    desk.down("shutdown", prime=prime, files=swapon(), append=["resume=/dev/vda", "hibernate.compressor=none"])
    check(members(areas) == [0, 1, 2], f"members {members(areas)}")
    desk.note(verified(areas))
    check([area.armed() for area in areas] == [True, False, False], "another header page than the first was written")
    desk.came_back(desk.up())
    sound(desk, areas)


@case(on="ours", seconds=40)
def image_that_fits_stays_in_one_area(desk):
    """The area of resume= is large enough: the other one is not asked for at the resume, though its priority is higher."""
    areas = several(desk, 512, 512)
    desk.down("shutdown", prime=desk.prime().replace("swap_on\n", swap_on_all(1, 2)), files=swapon(), append=["resume=/dev/vda"])
    check(members(areas) == [0], f"members {members(areas)}")
    desk.came_back(desk.up(machine=without(desk, 2)))
    sound(desk, areas)


@case(on="ours", seconds=40)
def other_areas_can_be_forbidden(desk):
    """With hibernate.areas=1 the area of resume= is the only one: the image does not fit."""
    areas = several(desk, 64, 512)
    script = desk.prime().replace("swap_on\n", swap_on_all(1, 2)) + desk.transition("shutdown") + desk.verdict()
    seen = desk.boot(script, files=swapon(), append=["resume=/dev/vda", "hibernate.areas=1", "hibernate.compressor=none"])
    check(seen.has(r"^hibernated ENOSPC"), f"came back with {seen.has('^hibernated.*')}")
    sound(desk, areas)


@case(on="ours", seconds=60, quick=False)
def image_with_a_missing_device_is_named_and_retired(desk):
    """One device is not there: it is named, nothing is loaded; when the boot mounts a disk, the image is retired. Before that, it can still come."""
    areas = several(desk, 64, 512)
    prime = desk.prime().replace("swap_on\n", swap_on_all(1, 2))
    desk.down("shutdown", prime=prime, files=swapon(), append=["resume=/dev/vda", "hibernate.compressor=none"])
    uuid = re.search(UUID, subprocess.run(["blkid", "-p", str(areas[1].path)], capture_output=True, text=True, check=False).stdout)
    fewer = without(desk, 2)

    seen = desk.up("tell still $(head -1 $power/hibernate/image_info)\ntell members $(grep ^member $power/hibernate/image_info | tr '\\n' '|')\n", name="unmounted", machine=fewer)
    check(seen.has(r"^still state ready"), f"the image was given up: {seen.has('^still.*')}")
    named = re.search(rf"result phase=resume step=check errno=-19 reason=device: swap area with UUID ({UUID}) is missing", seen.console)
    check(named and uuid and named.group(1) == uuid.group(0), f"the area is not named: {desk.last_result(seen)}, {uuid}")
    check(areas[0].armed(), "the image was retired before anything was mounted")
    check(re.search(rf"member 0 {UUID} 254:0 vda\|member 1 {uuid.group(0)} missing\|$", seen.has("^members .*").group(0)), f"{seen.has('^members .*')}")

    # Another place is named meanwhile, as systemd does: it is still this image that is retired.
    seen = desk.up("resume_by_hand /dev/vdb\nmount_files\nsleep 4\ntell mounted\n", name="mounted", machine=fewer)
    check(seen.has("^mounted") and not seen.has("^judge "), "was resumed")
    check("an image was retired, as this boot goes on without its device" in seen.console, "nothing was said")
    sound(desk, areas)


# A volume as LVM makes it, over two disks; an encrypted disk; a mirror.
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 4
STACKS = ("stack() { dmsetup create --noudevsync --noudevrules $1 || fail dmsetup $1; }\n"
          "size() { cat /sys/class/block/$1/size; }\n"
          "c=$(size vdc); d=$(size vdd); printf '0 %d linear /dev/vdc 0\\n%d %d linear /dev/vdd 0\\n' $c $c $d | stack volume\n"
          f"echo 0 $(size vde) crypt aes-xts-plain64 {KEY} 0 /dev/vde 0 | stack secret\n"
          "mkdir -p /run\nmdadm --HOW /dev/md0 /dev/vdf /dev/vdg >/tmp/mdadm 2>&1 || fail mdadm $(tail -1 /tmp/mdadm)\n")
STACKED = ("/dev/dm-0", "/dev/dm-1", "/dev/md0")


@case(on="ours", seconds=90, kernel="world", quick=False)
def areas_on_volumes_hold_one_image(desk):
    """A disk, a volume of LVM's kind, dm-crypt and a mirror of md, filled one after the other; an initramfs puts them together again."""
    areas = several(desk, 64, 64, 64, 64, 512, 512)
    files = {**swapon(), **initramfs.disk_files()}
    prime = (STACKS.replace("HOW", "create --run --level=1 --raid-devices=2 --metadata=1.2 --assume-clean") + "/bin/swapon -p 1 /dev/vda || fail swapon\n" +
             "".join(f"mkswap {disk} >/dev/null && /bin/swapon -p {9 - number} {disk} || fail swapon {disk}\n" for number, disk in enumerate(STACKED)))
    desk.down("shutdown", prime=prime + desk.prime().replace("swap_on\n", ""), files=files, append=["resume=/dev/vda", "hibernate.compressor=none", "hibernate.precopy=never"])
    check(members(areas) == [0, 1, 2, 3], f"members {members(areas)}")
    up = desk.boot(STACKS.replace("HOW", "assemble --run") + "resume_by_hand /dev/vda\nfresh\n", name="up", files=files)
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=60, kernel="world", quick=False)
def device_that_comes_late_is_waited_for(desk):
    """The second device is a USB disk, which is looked for a second after the initcalls."""
    areas = several(desk, 64, 512, bus="usb")
    prime = desk.prime().replace("swap_on\n", "wait_for 10 test -b /dev/sda\n/bin/swapon -p 1 /dev/vda && /bin/swapon -p 2 /dev/sda || fail swapon\n")
    down = desk.down("shutdown", prime=prime, files=swapon(), append=["resume=/dev/vda", "hibernate.compressor=none"])
    check(members(areas) == [0, 1], f"members {members(areas)}")
    desk.came_back(desk.up())
    check(down.took > 0, "took no time")
    sound(desk, areas)


def speed(seen, what):
    """MB/s, as the kernel says it."""
    return float(re.search(rf"PM: {what} \d+ kbytes in [\d.]+ seconds \(([\d.]+) MB/s\)", seen.console).group(1))


@case(on="ours", seconds=90, quick=False)
def equal_areas_work_at_once(desk):
    """Two throttled disks of one priority write and read at 1.8 times the speed of one."""
    rates = {}
    for name, priorities in (("one", (5, 1)), ("both", (5, 5))):
        areas = several(desk, 512, 512, bps_write=16 * MIB, bps_read=16 * MIB)
        desk.machine.disks[0].bps_write = desk.machine.disks[0].bps_read = 16 * MIB
        prime = desk.prime().replace("swap_on\n", swap_on_all(*priorities))
        append = ["resume=/dev/vda", "hibernate.compressor=none", "hibernate.precopy=never"]
        down = desk.down("shutdown", prime=prime, append=append, files=swapon(), name=f"{name}-down")
        check(members(areas) == ([0, 1] if name == "both" else [0]), f"{name}: members {members(areas)}")
        up = desk.up(append=append, name=f"{name}-up")
        desk.came_back(up)
        rates[name] = [speed(down, "Wrote"), speed(up, "Read")]
        sound(desk, areas)
        desk.machine, desk.swap = replace(desk.machine, disks=[]), None
    gain = [both / one for one, both in zip(rates["one"], rates["both"])]
    desk.note("write {:.2f} times, read {:.2f} times as fast".format(*gain))
    check(min(gain) >= 1.8, f"only {gain[0]:.2f} times in writing, {gain[1]:.2f} times in reading")


@case(on="ours", seconds=40, quick=False)
def several_areas_hold_what_is_written_early(desk):
    """Pages are written before the copy, to two areas: the restored kernel gives the slots of both back; then test_resume from the same two."""
    areas = several(desk, 64, 512)
    prime = desk.prime().replace("swap_on\n", swap_on_all(1, 2))
    append = ["resume=/dev/vda", "hibernate.compressor=none", "hibernate.precopy=always"]
    again = "judge verify || fail memory\nhibernate test_resume\n"
    desk.down("shutdown", prime=prime, files=swapon(), append=append, after=again + desk.verdict())
    check(members(areas) == [0, 1], f"members {members(areas)}")
    up = desk.up(append=append)
    desk.came_back(up)
    check(len([text for _, text in up.words if text.startswith("hibernated ok")]) == 2, "not resumed twice")
    sound(desk, areas)


@case(on="ours", seconds=40, quick=False)
def wish_for_a_small_image_is_not_refused_beforehand(desk):
    """The area that the image may lie in is far too small for what memory holds, but image_size has it swapped out to another one first."""
    areas = several(desk, 64, 512)
    prime = desk.prime(anon=240).replace("swap_on\n", swap_on_all(1, 2)) + "setting $power/image_size 0\n"
    append = ["resume=/dev/vda", "hibernate.areas=1", "hibernate.compressor=zstd"]
    desk.down("shutdown", prime=prime, files=swapon(), append=append)
    check(members(areas) == [0], f"members {members(areas)}")
    desk.came_back(desk.up(append=append), swap_used=True)
    sound(desk, areas)
