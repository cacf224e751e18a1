# SPDX-License-Identifier: GPL-2.0
"""What is left of an image on the disks after its use."""
import re

import image
from case import MIB, case, check
from manyareas import members, several, sound, swap_on_all, swapon
from swapfile import SWAP_FILE

SAMPLE = 512
LINE = re.compile(r"(\d+) of (\d+) MiB of the image (discarded|overwritten) in \d+ ms(.*)")
PLAIN = ["hibernate.compressor=none", "hibernate.precopy=never"]


def samples(path, places):
    """Bytes of the disk from each of the places on."""
    with open(path, "rb") as disk:
        found = []
        for place in places:
            disk.seek(place)
            found.append(disk.read(SAMPLE))
        return found


def written(path, offset=0):
    """Where an image's header and its page data lie; what is all zeros is left out."""
    told = image.Image(path, offset)
    bodies = [chunk["body"] for chunk in told.chunks if "body" in chunk]
    bodies = [place for place, data in zip(bodies, samples(path, bodies)) if any(data)]
    check(len(bodies) > 500, f"only {len(bodies)} chunks have a body")
    return told.header["byte"], bodies


def left(path, bodies):
    """How many of them still hold something."""
    return sum(any(data) for data in samples(path, bodies))


def told(seen):
    """What the kernel says: MiB done, MiB in all, how, and why not all."""
    line = LINE.search(seen.console)
    return (int(line.group(1)), int(line.group(2)), line.group(3), line.group(4).strip()) if line else None


def swap_holds_pages(seen):
    """Pages of processes lay in the same area, and were compared by then."""
    used = int(seen.has(r"^used-swap (\d+)").group(1)) // 1024
    check(used > 50, f"only {used} MiB of swap are in use")


def wiped(desk, how, *append, discard=True):
    """A cycle with hibernate.wipe=; how many samples of page data there were and are, whether the header is still there, what was said."""
    desk.standard(swap_mib=512)
    desk.machine.disks[0].discard = discard
    words = [*PLAIN, *([f"hibernate.wipe={how}"] if how else []), *append]
    desk.down("shutdown", append=words)
    header, bodies = written(desk.swap.path)
    up = desk.up()
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
    return len(bodies), left(desk.swap.path, bodies), any(samples(desk.swap.path, [header])[0]), told(up)


@case(on="ours", seconds=30, quick=False)
def wipe_none_leaves_the_image(desk):
    """As earlier kernels do."""
    before, after, header, line = wiped(desk, "none")
    check(after == before and header and not line, f"{after} of {before} samples are left, header {header}, {line}")


@case(on="ours", seconds=30)
def wipe_of_the_header_is_the_default(desk):
    """The header is gone and nothing else, also on a disk that can discard."""
    before, after, header, line = wiped(desk, None)
    check(after == before and not header and not line, f"{after} of {before} samples are left, header {header}, {line}")


@case(on="ours", seconds=30)
def wipe_discards_the_image(desk):
    """A resumed image is a hole in the file behind the disk."""
    before, after, header, line = wiped(desk, "discard")
    desk.note(f"{before} samples, {line}")
    check(not after and not header, f"{after} of {before} samples are left, header {header}")
    check(line and line[0] == line[1] >= 200 and line[2:] == ("discarded", ""), f"said: {line}")


@case(on="ours", seconds=30, quick=False)
def wipe_on_a_disk_that_cannot_discard(desk):
    """One line says so; the header is gone, the data stays."""
    before, after, header, line = wiped(desk, "discard", discard=False)
    check(after == before and not header, f"{after} of {before} samples are left, header {header}")
    check(line and line[0] == 0 and line[3] == "; a device cannot discard", f"said: {line}")


@case(on="ours", seconds=30, quick=False)
def wipe_overwrites_the_image(desk):
    """With zeros, where the disk can do no more than write."""
    before, after, header, line = wiped(desk, "zero", discard=False)
    desk.note(f"{before} samples, {line}")
    check(not after and not header, f"{after} of {before} samples are left, header {header}")
    check(line and line[0] == line[1] >= 200 and line[2:] == ("overwritten", ""), f"said: {line}")


@case(on="ours", seconds=50, quick=False)
def wipe_has_a_limit(desk):
    """A slow disk: after a second the resume goes on, and the log says how much is left."""
    desk.standard(swap_mib=512)
    desk.machine.disks[0].discard = False
    desk.down("shutdown", append=[*PLAIN, "hibernate.wipe=zero", "hibernate.wipe_limit=1"])
    desk.machine.disks[0].bps_write = 32 * MIB
    up = desk.up()
    desk.came_back(up)
    line = told(up)
    check(line and 0 < line[0] < line[1] and "limit" in line[3], f"said: {line}")
    desk.swap_sound()


@case(on="ours", seconds=30)
def wipe_that_fails_is_one_line(desk):
    """The disk refuses each discard: the session is back, with one line about it."""
    desk.standard(swap_mib=512)
    desk.machine.disks[0].discard = True
    desk.machine.disks[0].errors = [{"iotype": "discard"}]
    desk.down("shutdown", append=[*PLAIN, "hibernate.wipe=discard"])
    up = desk.up()
    desk.came_back(up)
    desk.result(up, errno=0, phase="resume")
    line = told(up)
    check(line and line[0] == 0 and line[3] == "; an error ended it", f"said: {line}")
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def wipe_of_several_areas_leaves_swap_alone(desk):
    """Images over two areas that hold pages of processes: all is discarded, on both; no page of a process is wrong then, nor after the next cycle."""
    areas = several(desk, 128, 512)
    for disk in desk.machine.disks:
        disk.discard = True
    prime = desk.prime(anon=240).replace("swap_on\n", swap_on_all(1, 1)) + "setting $power/image_size 0\n"
    script = "judge verify || fail memory\nhibernate shutdown\n" + desk.verdict()
    desk.down("shutdown", prime=prime, files=swapon(), append=["resume=/dev/vda", "hibernate.wipe=discard"], after=script)
    check(members(areas) == [0, 1], f"members {members(areas)}")
    first = desk.boot("tell fresh\n", name="first", append=["resume=/dev/vda"])
    check(first.has(r"^judge .* wrong=0"), "a page of a process is wrong")
    line = told(first)
    check(line and line[0] == line[1] > 0 and not line[3], f"said: {line}")
    second = desk.up()
    desk.came_back(second, swap_used=True)
    swap_holds_pages(second)
    sound(desk, areas)


@case(on="ours", seconds=50, quick=False)
def wipe_in_a_swap_file_stays_in_it(desk):
    """A swap file that also holds pages of processes, some of the image written early: they and the file beside it are as before, the image is gone."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    desk.machine.disks[1].discard = True
    beside = "dd if=/dev/urandom of=/mnt/beside bs=1M count=64 2>/dev/null && sum=$(md5sum < /mnt/beside) || fail beside\n"
    prime = desk.prime(cache=0, anon=190).replace("swap_on\n", SWAP_FILE + beside) + "setting $power/image_size 0\n"
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\necho 3 > /proc/sys/vm/drop_caches\n"
             "[ \"$(md5sum < /mnt/beside)\" = \"$sum\" ] && tell beside the same\n"
             "judge stop; swapoff /mnt/swapfile && umount /mnt || fail umount\ntell verdict done\n")
    down = desk.down("shutdown", prime=prime, after=after, append=["hibernate.wipe=discard", "hibernate.compressor=lz4", "hibernate.precopy=always"])
    offset = int(down.has(r"^offset (\d+)").group(1))
    _, bodies = written(desk.files, offset)
    up = desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdb", f"resume_offset={offset}"])
    desk.came_back(up, swap_used=True)
    check(up.has("^beside the same"), "the file beside the swap file has changed")
    swap_holds_pages(up)
    after, line = left(desk.files, bodies), told(up)
    desk.note(f"{len(bodies)} samples, {line}")
    check(not after and line and line[0] == line[1] > 0 and not line[3], f"{after} of {len(bodies)} samples are left, said: {line}")
    desk.files_sound()


@case(on="ours", seconds=40, quick=False)
def wipe_in_a_target_file_stays_in_it(desk):
    """The image lies in a file: what else the file system has is as before, and the file can be used once more."""
    desk.standard(swap_mib=64)
    desk.machine.disks.pop()
    desk.add_files(640)
    desk.machine.disks[1].discard = True
    prime = ("mount_files\nfallocate -l 200M /mnt/image || fail making a file\nsync\nsetting $power/hibernate/target /mnt/image\n")
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\nhibernate test_resume\ntell again $result\n"
             "judge verify || fail memory\ntell header $(tail -c +4087 /mnt/image | head -c 10)\nsetting $power/hibernate/target none\n"
             "judge stop; umount /mnt || fail umount\ntell verdict done\n")
    down = desk.down("shutdown", prime=desk.prime(cache=24, anon=176, tmpfs=0).replace("swap_on\nmount_files\n", prime), after=after,
                     append=["hibernate.wipe=discard", "hibernate.compressor=lz4"])
    place = re.search(r"is set aside for images: 200 MiB from block (\d+) on", down.console)
    up = desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdb", f"resume_offset={place.group(1)}"])
    desk.came_back(up)
    check(up.has("^again ok") and up.has("^header SWAPSPACE2"), "the file is no place for a second image")
    lines = LINE.findall(up.console)
    check(len(lines) == 2 and all(done == every and not why.strip() for done, every, _, why in lines), f"said: {lines}")
    desk.files_sound()


@case(on="ours", seconds=30, quick=False)
def wipe_of_an_image_that_was_not_needed(desk):
    """A test_resume that fails before it loads: the image that nobody resumed is discarded, too."""
    desk.standard(swap_mib=512)
    desk.machine.disks[0].discard = True
    script = desk.prime() + "hibernate test_resume\ntell was $result\n" + desk.verdict()
    seen = desk.boot(script, append=[*PLAIN, "hibernate.wipe=discard", "hibernate.fail_step=mark_loading:5"])
    check(seen.has("^was EIO"), f"was {seen.has('^was.*')}")
    line = told(seen)
    check(line and line[0] == line[1] >= 200 and not line[3], f"said: {line}")
    desk.swap_sound()
