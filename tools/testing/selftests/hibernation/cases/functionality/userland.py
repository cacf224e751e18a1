# SPDX-License-Identifier: GPL-2.0
"""A program writes the image, and another one has it restored: /dev/snapshot."""
import re

import initramfs
import vm
from case import MIB, case, check
from small import small_desk
from steps import KNOB, listed_steps, tell_steps

INDEX = "/dev/vdc"
# What each ioctl returns in each state, by its errno: EPERM 1, EINVAL 22, ENODEV 19, ENOTTY 25, ENODATA 61, EBUSY 16, ENOSYS 38.
NO_SUCH = "nr-0=25 nr-3=25 nr-12=25 nr-21=25 other=25"
NO_AREA = "free-size=0 take-page=19 free-pages=19 power-off=0 area-null=22"
AFTERWARDS = "unfreeze=0 free=0 free-again=0 unfreeze-again=0 image-size-at-last=61"
ANSWERS = {
    "open": f"{NO_SUCH} image-size=61 {NO_AREA} restore=1 freeze=0 {AFTERWARDS}",
    "frozen": f"{NO_SUCH} image-size=61 {NO_AREA} restore=1 freeze=0 {AFTERWARDS}",
    "image": f"{NO_SUCH} image-size=0 {NO_AREA} restore=1 freeze=0 create=1 {AFTERWARDS}",
    "reading": f"{NO_SUCH} image-size=0 {NO_AREA} restore=1 freeze=0 create=1 {AFTERWARDS}",
    "upload": f"{NO_SUCH} image-size=61 {NO_AREA} restore=1 freeze=0 create=1 {AFTERWARDS}",
    "uploading": f"{NO_SUCH} image-size=61 {NO_AREA} restore=1 freeze=0 create=1 {AFTERWARDS}",
    "upload-frozen": f"{NO_SUCH} image-size=61 {NO_AREA} restore=1 freeze=0 create=1 {AFTERWARDS}",
}


def add_disk(desk, name, mib):
    """A disk of zeros; its path."""
    path = desk.folder / f"{name}.img"
    with open(path, "wb") as disk:
        disk.truncate(mib * MIB)
    desk.machine.disks.append(vm.Disk(path))
    return path


def program_desk(desk, files_mib=128, **changes):
    """Swap as vda, files as vdb, and a disk that says where the image lies as vdc."""
    desk.standard(swap_mib=640, files_mib=files_mib, **changes)
    add_disk(desk, "index", 16)


def save(desk, how, mode="shutdown", **more):
    """Memory is filled, and a program saves it; what comes back ends as after a hibernation by the kernel."""
    program = more.pop("program", "usersnap")
    seen = desk.boot(more.pop("prime", None) or desk.prime() + f"{program} save {how} || fail {program}\n" + desk.verdict(),
                     name="down", **more)
    desk.went_down(seen, mode)
    check(seen.has(r"^usersnap wrote \d+ pages"), "the image was not written")
    return seen


@case(seconds=60)
def program_saves_to_a_swap_area(desk):
    """To slots that it asks for, with swap in use by others; and back."""
    program_desk(desk)
    save(desk, f"area /dev/vda {INDEX}")
    # The kernel's own never ends when it is asked too early, and then in time.
    seen = desk.boot(f"usersnap load {INDEX} {'early' if desk.ours else ''}\ntell fresh\n", name="up")
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()


@case(kernel="world", seconds=60, quick=False)
def program_of_32_bits_saves_to_a_swap_area(desk):
    """The same program as code of i386: it asks for slots and writes the image, and its own kind has it restored."""
    program_desk(desk)
    files = initramfs.program_of_32_bits(desk.build, "usersnap")
    save(desk, f"area /dev/vda {INDEX}", program="usersnap32", files=files)
    desk.came_back(desk.boot(f"usersnap32 load {INDEX}\ntell fresh\n", name="up", files=files))
    desk.swap_sound()
    desk.files_sound()


@case(seconds=60, quick=False)
def program_saves_by_the_platform(desk):
    """The program asks for S4, and the restored system works on."""
    program_desk(desk)
    save(desk, f"area /dev/vda {INDEX} platform", mode="platform")
    desk.came_back(desk.boot(f"usersnap load {INDEX}\ntell fresh\n", name="up"))
    desk.files_sound()


@case(seconds=70, quick=False)
def program_saves_to_a_file_by_its_blocks(desk):
    """The file lies on a file system that stays mounted, and which is sound afterwards."""
    program_desk(desk, files_mib=640)
    prime = desk.prime(cache=0, anon=176) + "mount_files\ndd if=/dev/zero of=/mnt/image bs=1M count=480 2>/dev/null && sync || fail file\n"
    save(desk, "", prime=prime + f"usersnap save blocks /mnt/image /dev/vdb {INDEX} || fail usersnap\n" + desk.verdict())
    desk.came_back(desk.boot(f"usersnap load {INDEX}\ntell fresh\n", name="up"))
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=60, quick=False)
def image_of_a_program_is_an_image(desk):
    """Written to a disk from its beginning, it is what the kernel itself looks for."""
    program_desk(desk)
    add_disk(desk, "image", 512)
    save(desk, f"device /dev/vdd {INDEX}")
    seen = desk.boot("tell fresh\n", name="up", append=["resume=/dev/vdd"])
    desk.came_back(seen)
    again = desk.boot("tell fresh\n", name="again", append=["resume=/dev/vdd"])
    check(again.has("^fresh"), "the image was resumed twice")
    desk.swap_sound()
    desk.files_sound()


def ask_in_any_state(desk, program, **more):
    """Each ioctl in each state; checks what they return, and that all processes are right afterwards."""
    program_desk(desk)
    seen = desk.boot(desk.prime() + f"{program} ioctls || fail {program}\n" + desk.verdict(), name="ask", **more)
    check(seen.has("^verdict done"), "the script did not end")
    check(seen.has(r"^usersnap open-both errno 38$"), "opened for both")
    check(seen.has(r"^usersnap open-twice errno 16$"), "opened twice")
    check(seen.has(r"^usersnap read-nothing errno 61$"), "read without an image")
    for state, answers in ANSWERS.items():
        told = seen.has(rf"^usersnap in {state}: (.*)")
        got = dict(re.findall(r"(\S+)=(\d+)", told.group(1) if told else ""))
        want = dict(re.findall(r"(\S+)=(\d+)", answers))
        wrong = {name: (got.get(name), errno) for name, errno in want.items() if got.get(name) != errno}
        check(not wrong and len(got) == len(want), f"{state}: got and want {wrong or got}")


@case(seconds=90)
def program_may_ask_in_any_state(desk):
    """Each ioctl in each state returns what it always did, and the system works afterwards."""
    ask_in_any_state(desk, "usersnap")


@case(kernel="world", seconds=90, quick=False)
def program_of_32_bits_may_ask_in_any_state(desk):
    """A program of i386 gets the same answers."""
    ask_in_any_state(desk, "usersnap32", files=initramfs.program_of_32_bits(desk.build, "usersnap"))


@case(kernel="debug", on="ours", seconds=700, quick=False)
def debug_program_asks_at_random(desk):
    """Ten minutes of anything in any order, under KASAN and lockdep; then the kernel hibernates."""
    fill = small_desk(desk, patience=1200)
    seconds = 600
    asks = f"usersnap fuzz {desk.random.getrandbits(31)} {seconds} || fail usersnap\n"
    desk.down("shutdown", prime=fill + f"size=$(cat $power/image_size)\n{asks}setting $power/image_size $size\n")
    desk.came_back(desk.up(), swap_used=True)  # image_size was small in between
    desk.swap_sound()


@case(seconds=90)
def program_may_end_in_any_state(desk):
    """The kernel undoes what it began, and hibernates afterwards."""
    program_desk(desk)
    ends = "".join(f"usersnap end {state} || fail {state}\nsync; echo {state} > /mnt/{state} || fail writing\n" for state in ANSWERS)
    ends += "usersnap end /dev/vda || fail slot\ntell left $(used_swap)\n"
    seen = desk.down("shutdown", prime=desk.prime() + ends)
    check(seen.has("^left 0$"), "a slot was not given back")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", kernel="world", seconds=15, quick=False)
def secret_ends_what_a_program_began(desk):
    """Secret memory was taken while the device was open and tasks were frozen: no image is made, and tasks run again."""
    program_desk(desk)
    seen = desk.boot(desk.prime() + "usersnap secret || fail usersnap\n" + desk.verdict(), name="secret")
    check(seen.has(r"^usersnap secret errno 1$"), "an image was made")
    check(seen.has("^verdict done"), "the script did not end")


@case(seconds=40)
def program_suspends_to_memory_beside_its_image(desk):
    """To memory with an image on the disk: after that there is none to be read, tasks run again, and all of memory is right."""
    program_desk(desk)
    seen = desk.boot(desk.prime() + "usersnap s2ram || fail usersnap\n" + desk.verdict(), name="sleep", append=["suspend.pm_test_delay=1"])
    check(seen.has(r"^usersnap slept errno 61, with tasks running errno 1$"), "it was not refused as it should be")
    check(seen.has("^verdict done") and "suspend debug: Waiting for 1 second(s)" in seen.console, "it did not suspend")


@case(on="ours", seconds=60, quick=False)
def damaged_image_of_a_program_is_refused(desk):
    """One bit in each kind of block: refused when that block, or its segment, is complete. The system works on."""
    program_desk(desk)
    save(desk, f"area /dev/vda {INDEX}")
    script, blocks = "", {0: "tag", 1: "tag", 2: "extents", 3: "page list", 4000: "page data"}
    for block in blocks:
        script += f"usersnap load {INDEX} {block * 4096 + 4000} && swap_on && swapoff /dev/vda || fail {block}\n"
    seen = desk.boot(script + f"usersnap load {INDEX}\ntell fresh\n", name="up")
    refused = re.findall(r"^usersnap refused page (\d+) errno (\d+)", "\n".join(word for _, word in seen.words), re.M)
    check(len(refused) == len(blocks), f"refused: {refused}")
    for (page, errno), (block, part) in zip(refused, blocks.items()):
        check(block <= int(page) <= block + 225 and errno == ("1" if block < 2 else "14"), f"block {block}: page {page}, errno {errno}")
    for part in blocks.values():
        check(re.search(rf"result phase=resume step=write errno=-\d+ reason=.*{part}", seen.console), f"{part}: not named")
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()


def step_words(seen):
    """What was told of each step: name -> text."""
    return dict(text.split(" ", 2)[1:] for _, text in seen.words if text.startswith("step "))


@case(on="ours", seconds=90, quick=False)
def each_step_of_a_program_fails(desk):
    """The steps behind its ioctls fail, one after the other; then it works."""
    program_desk(desk)
    desk.patience = 400
    script = (tell_steps("user_down") +
              "for step in $steps; do\n"
              f"  setting {KNOB} $step:5\n"
              "  usersnap try; tell step $step $(cat $power/hibernate/last_error)\n"
              "  judge verify || fail memory after $step\n"
              "done\n"
              f"setting {KNOB} none\n")
    seen = save(desk, "", prime=desk.prime() + script + f"usersnap save area /dev/vda {INDEX} || fail usersnap\n" + desk.verdict())
    told, steps = step_words(seen), listed_steps(seen, "user_down")
    for step in steps:
        wanted = f"phase=hibernate step={step} errno=-5 reason=injected"
        check(told.get(step) == wanted, f"step {step} left: {told.get(step, 'nothing')}")
    tried = [text for _, text in seen.words if text.startswith("usersnap tried")]
    check(tried == ["usersnap tried errno 5"] * len(steps), f"{tried}")
    desk.came_back(desk.boot(f"usersnap load {INDEX}\ntell fresh\n", name="up"))
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=200, quick=False)
def each_step_of_a_restoring_program_fails(desk):
    """The steps of the way up fail, one after the other; the image is written to the kernel again each time, and then it works."""
    program_desk(desk)
    save(desk, f"area /dev/vda {INDEX}")
    desk.patience = 900
    script = (tell_steps("user_up") +
              "for step in $steps; do\n"
              f"  setting {KNOB} $step:5\n"
              f"  usersnap load {INDEX}\n"
              "  tell step $step $(cat $power/hibernate/last_error)\n"
              "  swap_on && swapoff /dev/vda || fail swap after $step\n"
              "done\n"
              f"setting {KNOB} none\n"
              f"usersnap load {INDEX}\ntell fresh\n")
    seen = desk.boot(script, name="up")
    told, steps = step_words(seen), listed_steps(seen, "user_up")
    for step in steps:
        wanted = f"phase=resume step={step} errno=-5 reason=injected"
        check(told.get(step) == wanted, f"step {step} left: {told.get(step, 'nothing')}")
    refused = [text for _, text in seen.words if text.startswith("usersnap was refused")]
    check(refused == ["usersnap was refused errno 5"] * len(steps), f"{refused}")
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()
