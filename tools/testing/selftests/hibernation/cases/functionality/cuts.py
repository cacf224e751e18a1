# SPDX-License-Identifier: GPL-2.0
"""The power goes after each write, and what no flush has completed is there or not: every state of the disks is judged on the host.

A part of the states is booted. HIB_CUTS says how many, 12 by default.
"""
import os
from dataclasses import replace

import cuts
import swaparea
import vm
from asleep import TO_MEMORY, power_lost
from case import case, check
from manyareas import several, swap_on_all, swapon
from steps import KNOB

REFUSE = f"setting {KNOB} read:5\nresume_by_hand /dev/vda\nsetting {KNOB} none\ntell refused\nsleep 1\n"
DISCARD = "setting $power/hibernate/discard $(number_of /dev/vda)\n"
BOOTS = int(os.environ.get("HIB_CUTS", "12"))


def going_up(desk, before):
    """An image is loaded and resumed."""
    def boot(marks):
        desk.came_back(desk.up(name="up", on_word=marks.words(), on_console=marks.console(cuts.JUMP)))
    return cuts.story_of(desk, "up", before, cuts.jumps("whole"), boot)


def refusing(desk, before):
    """An image is refused for what may pass, and kept."""
    return cuts.story_of(desk, "refusing", before, cuts.until("refused", "whole", "kept"),
                         lambda marks: desk.boot(REFUSE, name="refusing", on_word=marks.words()))


def retrying(desk, before):
    """A kept image is resumed on request."""
    def boot(marks):
        seen = desk.up(name="retrying", append=["hibernate=retry"], on_word=marks.words(), on_console=marks.console(cuts.JUMP))
        desk.came_back(seen)
    return cuts.story_of(desk, "retrying", before, cuts.jumps("kept"), boot)


def ending(desk, how, before, state, script="", append=()):
    """An image is given up: by a script, or before it."""
    name = f"{how}-{state}"
    return cuts.story_of(desk, name, before, cuts.until("ended", state, "swap"),
                         lambda marks: desk.boot(f"{script}tell ended\nsleep 1\n", name=name, append=append, on_word=marks.words()))


def judge(desk, *stories):
    """All cuts of stories; each verdict that a story allows is found in it."""
    for story in stories:
        allowed = {verdict for _, verdicts in story.allow for verdict in verdicts.split()}
        found = story.judge(desk)
        check(found == allowed, f"{story.name}: {allowed - found} were allowed and never found")


@case(on="ours", seconds=30, plain_only="the debug kernel's image is larger than the area")
def every_cut_of_a_small_image(desk):
    """It is written, loaded and resumed, refused and kept, discarded: whole or given back after each write, whatever arrived."""
    down = cuts.down(desk)
    armed = cuts.keep(desk, "armed")
    judge(desk, down, going_up(desk, armed), refusing(desk, armed), ending(desk, "discard", armed, "whole", DISCARD))


@case(on="ours", seconds=60, quick=False)
def every_cut_of_a_kept_image(desk):
    """It is resumed on request, or ended by discard, noresume, and swapon."""
    cuts.down(desk)
    refusing(desk, cuts.keep(desk, "armed"))
    kept = cuts.keep(desk, "kept")
    judge(desk, retrying(desk, kept), ending(desk, "discard", kept, "kept", DISCARD),
          ending(desk, "noresume", kept, "kept", append=["resume=/dev/vda", "noresume"]), ending(desk, "swapon", kept, "kept", "swap_on\n"))


@case(on="ours", seconds=40, quick=False)
def every_cut_with_fua(desk):
    """A disk that takes FUA writes, each of which QEMU logs as a write and a flush."""
    desk.small = True
    desk.machine.mem = 192
    desk.add_swap(64, bus="scsi", fua=True)
    desk.add_files(16)
    prime = "tell fua $(cat /sys/block/sda/queue/fua)\n" + desk.prime(**cuts.SMALL).replace("swap_on\n", "swap_on /dev/sda\n")
    prime = prime.replace("mount_files\n", "mount_files /dev/vda\n")
    empty = cuts.keep(desk, "empty")

    def write(marks):
        check(desk.down("shutdown", prime=prime, on_console=marks.console(cuts.SAFE)).has("^fua 1"), "the disk takes no FUA writes")

    down = cuts.story_of(desk, "down", empty, cuts.commits(), write)
    armed = cuts.keep(desk, "armed")
    up = cuts.story_of(desk, "up", armed, cuts.jumps("whole"), lambda marks: desk.came_back(desk.boot(
        "fresh /dev/sda\n", name="up", append=["resume=/dev/sda"], on_word=marks.words(), on_console=marks.console(cuts.JUMP))))
    for story in (down, up):
        story.judge(desk)


def two_disks(desk):
    """A machine with areas of one priority on two disks; the stories of its way down and up.

    The power goes in mode suspend: a machine that switches off ends QEMU, which then flushes both disks by itself.
    """
    desk.small = True
    desk.machine.mem = 192
    several(desk, 64, 64)
    prime = desk.prime(**cuts.SMALL).replace("swap_on\n", swap_on_all(5, 5))
    script = prime + TO_MEMORY + desk.transition("suspend") + desk.verdict()

    def sleep(_):
        seen = desk.boot(script, name="down", files=swapon(), append=["resume=/dev/vda"], on_event=power_lost)
        check(seen.killed and not seen.has("^hibernated"), f"did not sleep {desk.last_result(seen)}")

    down = cuts.story_of(desk, "down", cuts.keep(desk, "empty"), cuts.commits(None), sleep)
    check(all(log.flushes() for log in down.logs), "a disk was not flushed")
    down.files = desk.folder / "down-files.img"
    swaparea.copy(desk.machine.disks[1].path, down.files)
    return down, going_up(desk, cuts.keep(desk, "armed"))


@case(on="ours", seconds=60, quick=False)
def every_cut_over_two_disks(desk):
    """An image in areas of two disks, which forget separately, each with what arrived of the other."""
    down, up = two_disks(desk)
    check(all(len(log) > 10 for log in down.logs), "the image lies on one disk")
    judge(desk, down, up)
    boot_some(desk, [down, up], 4)


def boot(desk, story, state, number, extra=""):
    """The next boot from a state: it does what the reader said."""
    name = f"{number}-{story.name}-{state.verdict}"
    what = f"state {state.number} of {story.name}: {state.verdict}, {state.entries} entries over, {state.how}"
    files = desk.folder / "booted-files.img"
    swaparea.copy(story.files, files)
    made = story.make(desk, state, extra)
    disks = [vm.Disk(made[0]), vm.Disk(files), *map(vm.Disk, made[1:])]
    machine = replace(desk.machine, disks=disks)
    if state.verdict == "kept":
        plain = desk.up("tell booted\n", name=f"{name}-plain", machine=machine)
        check(plain.has("^booted"), f"{what}: resumed unasked")
    up = desk.up(name=name, machine=machine, append=["hibernate=retry"] if state.verdict == "kept" else [])
    if state.verdict in ("whole", "kept"):
        check(up.has("^judge nonce="), f"{what}: not resumed {desk.last_result(up)}")
        desk.came_back(up)
    else:
        check(not up.has("^judge ") and up.has("^fresh swap=usable"), f"{what}: no clean start")
    problem = replace(desk.swap, path=made[0]).problem()
    check(not problem, f"{what}: then swap area: {problem}")


def boot_some(desk, stories, count, extra=""):
    """Boots so many states: each verdict of each story in turn, a random state of it."""
    kinds = [(story, [state for state in story.states if state.verdict == verdict])
             for story in stories for verdict in sorted({state.verdict for state in story.states})]
    for number in range(count):
        story, states = kinds[number % len(kinds)]
        boot(desk, story, desk.random.choice(states), number, extra)
    desk.note(f"{count} booted")


@case(on="ours", seconds=150, quick=False)
def cuts_of_a_small_image_are_booted(desk):
    """States of its whole life: resumed whole, resumed on request, or a clean start, as the reader says."""
    down = cuts.down(desk)
    armed = cuts.keep(desk, "armed")
    up, refused = going_up(desk, armed), refusing(desk, armed)
    kept = cuts.keep(desk, "kept")
    stories = [down, up, refused, retrying(desk, kept), ending(desk, "discard", kept, "kept", DISCARD)]
    judge(desk, *stories)
    boot_some(desk, stories, BOOTS)


@case(on="ours", seconds=100, quick=False)
def random_cuts_of_a_larger_image(desk):
    """5,000 cuts while it is written, and 5,000 while it is loaded and resumed."""
    down = cuts.down(desk, {}, swap_mib=512, files_mib=128, mem=768)
    up = going_up(desk, cuts.keep(desk, "armed"))
    extra = f"random {desk.seed} 5000"
    for story in (down, up):
        story.judge(desk, extra)
    boot_some(desk, [down, up], BOOTS // 3, extra)
