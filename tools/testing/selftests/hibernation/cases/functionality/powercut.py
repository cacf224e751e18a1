# SPDX-License-Identifier: GPL-2.0
"""The power goes at any moment: the next boot has the whole session, or a clean start with usable swap."""
import os
import re
from dataclasses import replace
from pathlib import Path

import blocklog
import image
import swaparea
import vm
from asleep import TO_MEMORY, power_lost
from case import MIB, case, check
from manyareas import members, several, swap_on_all, swapon

MOMENTS = 7


def after_cut(desk, name, disks, replayed):
    """Boots from the disks as they were when the power went; returns "resumed" or "fresh"."""
    machine = replace(desk.machine, disks=disks)
    area = replace(desk.swap, path=disks[0].path)
    armed = area.armed()
    up = desk.up(name=name, machine=machine)
    if up.has(r"^judge nonce="):
        desk.came_back(up)
        outcome = "resumed"
    else:
        check(up.has(r"^fresh swap=usable"), f"{name}: neither resumed nor fresh with usable swap ({replayed})")
        check(not armed, f"{name}: the record was on the disk, what it stands for was not ({replayed}) {desk.last_result(up)}")
        outcome = "fresh"
    problem = area.problem()
    check(not problem, f"{name}: {outcome}, but swap area: {problem} ({replayed})")
    return outcome


def logged_down(desk):
    """Hibernates with every write to the swap disk in a log; returns the log and the disks from before."""
    swap, files = desk.machine.disks
    before = Path(f"{swap.path}.before.img")
    swaparea.copy(swap.path, before)
    swap.log = desk.folder / "writes.log"
    desk.down("shutdown")
    return blocklog.Log(swap.log), before, files


@case(on="ours", seconds=80)
def power_cut_while_writing(desk):
    """Seven moments of the writing: any of them, those around the commit, and a record that overtakes all it may."""
    desk.standard(swap_mib=512)
    log, before, files = logged_down(desk)
    flushes = log.flushes()
    check(flushes, "nothing was ever flushed")
    last = flushes[-1]
    moments = sorted({len(log), last, last + 1, max(last - 1, 1), *flushes[-3:]})[-5:]
    record = log.last_write(desk.swap.offset // blocklog.SECTOR)
    moments += [desk.random.randrange(1, last) for _ in range(MOMENTS - 1 - len(moments))]
    cuts = [(record + 1, True), *((cut, False) for cut in sorted(moments))]
    outcomes = []
    for number, (cut, alone) in enumerate(cuts):
        target = desk.folder / "cut.img"
        copy = desk.folder / "cut-files.img"
        replayed = log.replay(before, target, cut, desk.random, alone)
        swaparea.copy(files.path, copy)
        outcomes.append(after_cut(desk, f"cut{number}-{cut}", [vm.Disk(target), vm.Disk(copy)], replayed))
        target.unlink()
    desk.note(" ".join(outcomes))
    check("resumed" in outcomes, f"the complete image was not resumed: {outcomes}")
    check("fresh" in outcomes, f"no moment gave a fresh start: {outcomes}")


ATTEMPT = re.compile(r"Creating image: ([0-9a-f]{32})")


def two_attempts(desk):
    """Hibernates to an area that gets full, and then with less; returns the log of the swap disk, the disk from before, the ids, and how long the log was in between."""
    desk.machine.mem = 512
    desk.add_swap(96)
    noise = desk.folder / "noise.img"
    noise.write_bytes(os.urandom(160 * MIB))
    desk.machine.disks.append(vm.Disk(noise))
    desk.small = True
    swap, between = desk.machine.disks[0], []
    before = desk.folder / "before.img"
    swaparea.copy(swap.path, before)
    swap.log = desk.folder / "writes.log"
    prime = desk.prime(anon=24, tmpfs=0, cache=0) + "exec 9</dev/vdb || fail open\ncat <&9 >/dev/null || fail read\n"
    down = desk.down("shutdown", prime=prime, append=["hibernate.compressor=lz4"],
                     on_console=("attempt 1 of 3 failed", lambda run: between.append(swap.log.stat().st_size)))
    ids = ATTEMPT.findall(down.console)
    check(len(ids) == 2 and between, f"not two attempts: {ids} {desk.last_result(down)}")
    log, swap.log = blocklog.Log(swap.log), None
    return log, before, ids, sum(write.data <= between[0] for write in log.writes)


def second_or_none(area, path, ids, what):
    """The area on a disk has the second attempt's image, whole, or none; returns whether it has it."""
    if not replace(area, path=path).armed():
        return False
    told = image.hibimg("verify", path)
    check(told.returncode == image.SOUND, f"{what}: an image that is not whole: {told.stderr.strip()}")
    found = image.Image(path).where["id"]
    check(found == ids[1], f"{what}: image {found} of {ids}")
    return True


@case(on="ours", seconds=120, quick=False)
def power_cut_around_two_attempts(desk):
    """The area gets full, and the second attempt fits: after each write of both, and after any loss, the disk has the second image or none."""
    log, before, ids, first = two_attempts(desk)
    target = desk.folder / "cut.img"
    found = [second_or_none(desk.swap, target, ids, f"{cut} of {len(log)} writes") for cut in log.prefixes(before, target)]
    check(0 < first < found.index(True), f"the record was written at {found.index(True)}, the second attempt began at {first}")
    record = found.index(True) + 1
    for _ in range(40):
        cut = desk.random.randrange(1, len(log) + 1)
        replayed = log.replay(before, target, cut, desk.random)
        second_or_none(desk.swap, target, ids, replayed)
    outcomes = []
    for cut, alone in ((first, False), (desk.random.randrange(first + 1, record), False), (record, True), (record, False), (len(log), False)):
        replayed = log.replay(before, target, cut, desk.random, alone)
        outcomes.append(after_cut(desk, f"cut-{cut}-{alone:d}", [vm.Disk(target), desk.machine.disks[1]], replayed))
    desk.note(f"{len(log)} writes, {first} in the first attempt, record {record}; " + " ".join(outcomes))
    check(outcomes[:2] == ["fresh", "fresh"] and outcomes[-1] == "resumed", f"outcomes: {outcomes}")


def states_written(log, armed):
    """The states of the record in the order in which they were written; "swap" where there is none any more. armed: a disk with the image."""
    record = image.Image(armed).record
    place = record["byte"] // blocklog.SECTOR
    alone = armed.with_suffix(".record.img")
    states = []
    with open(log.path, "rb") as lines, open(alone, "wb", buffering=0) as disk:
        disk.truncate(armed.stat().st_size)
        for write in (log.writes[index] for index in log.writes_of(place)):
            lines.seek(write.data + (place - write.sector) * log.size)
            disk.seek(record["byte"])
            disk.write(lines.read(record["bytes"]))
            states.append(image.state_of(alone))
    return states


@case(seconds=35)
def spent_image_stays_spent(desk):
    """The power goes right after a resume: the same image is not resumed again; nor would it be from the jump on."""
    desk.standard(swap_mib=512)
    after = "judge verify || fail memory\ntell resumed\nsleep 60\n"
    desk.down("shutdown", after=after)
    swap, files = desk.machine.disks
    before = desk.folder / "before.img"
    swaparea.copy(swap.path, before)
    swap.log = desk.folder / "writes.log"
    up = desk.boot("fresh\n", name="up", append=["resume=/dev/vda"],
                   on_word=lambda run, text: run.kill() if text == "resumed" else None)
    check(up.has("^resumed"), "did not resume")
    log = blocklog.Log(swap.log)
    states = states_written(log, before) if desk.ours else None
    check(not desk.ours or states == ["loading", "jumping", "swap"], f"the record went through {states}")
    target = desk.folder / "cut.img"
    log.replay(before, target, len(log), desk.random)
    again = desk.up(name="again", machine=replace(desk.machine, disks=[vm.Disk(target), vm.Disk(files.path)]))
    check(not again.has(r"^judge "), "the spent image was resumed again")
    check(again.has(r"^fresh swap=usable"), "no clean start")
    check(not replace(desk.swap, path=target).problem(), "swap area is not as it was")


def after_cut_up(desk, name, disks, replayed):
    """The next boot: the session where no jump was noted, a clean start where one was; returns what the record said."""
    state = image.state_of(disks[0].path)
    up = desk.up(name=name, machine=replace(desk.machine, disks=disks))
    if state in ("ready", "loading"):
        check(up.has(r"^judge nonce="), f"{name}: {state}, and not resumed ({replayed}) {desk.last_result(up)}")
        desk.came_back(up)
    else:
        check(not up.has(r"^judge "), f"{name}: {state}, and resumed a second time ({replayed})")
        check(up.has(r"^fresh swap=usable"), f"{name}: {state}, and no clean start ({replayed})")
    problem = replace(desk.swap, path=disks[0].path).problem()
    check(not problem, f"{name}: {state}, then swap area: {problem} ({replayed})")
    return state


def record_cuts(log, sector):
    """Moments around each write of the record: before all, then after each, not yet safe and safe."""
    writes = log.writes_of(sector)
    cuts = [writes[0]]
    for write in writes:
        cuts += [write + 1, next((flush + 1 for flush in log.flushes() if flush >= write), len(log))]
    return sorted(set(cuts))


@case(on="ours", seconds=130, quick=False)
def power_cut_while_resuming(desk):
    """The power goes around each write of the record on the way up, as it is: loading, jumping, retired."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap, files = desk.machine.disks
    kept = [Path(f"{disk.path}.before.img") for disk in (swap, files)]
    for disk, copy in zip((swap, files), kept):
        swaparea.copy(disk.path, copy)
    swap.log = desk.folder / "writes.log"
    desk.came_back(desk.up())
    log = blocklog.Log(swap.log)
    states = []
    for number, cut in enumerate(record_cuts(log, image.Image(kept[0]).record["byte"] // blocklog.SECTOR)):
        target, copy = desk.folder / "cut.img", desk.folder / "cut-files.img"
        replayed = log.replay(kept[0], target, cut, desk.random)
        # Before the jump nobody has written to the files; after it the restored kernel has.
        swaparea.copy(files.path if image.state_of(target) == "swap" else kept[1], copy)
        states.append(after_cut_up(desk, f"cut{number}-{cut}", [vm.Disk(target), vm.Disk(copy)], replayed))
    desk.note(" ".join(states))
    check({"ready", "loading", "jumping", "swap"} <= set(states), f"a state is missing: {states}")


def two_disks_down(desk):
    """Hibernates to areas of one priority on two disks, each with a log of its writes; their logs, and the disks from before.

    The power goes in mode suspend: a machine that switches off ends QEMU, which then flushes both disks by itself, so nothing
    would tell whether the kernel had done so before the record.
    """
    areas = several(desk, 256, 256)
    disks = [desk.machine.disks[0], desk.machine.disks[2]]
    before = [Path(f"{disk.path}.before.img") for disk in disks]
    for number, disk in enumerate(disks):
        swaparea.copy(disk.path, before[number])
        disk.log = desk.folder / f"writes{number}.log"
    script = desk.prime().replace("swap_on\n", swap_on_all(5, 5)) + TO_MEMORY + desk.transition("suspend") + desk.verdict()
    down = desk.boot(script, name="down", files=swapon(), append=["resume=/dev/vda"], on_event=power_lost)
    check(down.killed and not down.has("^hibernated"), f"did not sleep {desk.last_result(down)}")
    check(members(areas) == [0, 1], f"members {members(areas)}")
    logs = [blocklog.Log(disk.log) for disk in disks]
    for disk in disks:
        disk.log = None
    return areas, logs, before


class TwoDisks:
    """Two disks that forget separately. Their logs have no common clock, so any two moments go together, but for the one promise: the
    record is written when the second disk has all of its part, which is then at the end of its log."""

    def __init__(self, desk, areas, logs, before):
        self.desk, self.areas, self.logs, self.before = desk, areas, logs, before
        self.cut = [desk.folder / f"cut{number}.img" for number in range(2)]
        self.kept = None
        self.record = logs[0].last_write(areas[0].offset // blocklog.SECTOR)

    def make(self, first, alone=False):
        """The disks after so many writes of the first one; text that tells what arrived."""
        random, end = self.desk.random, len(self.logs[1])
        second = end if first > self.record else random.randrange(1, end + 1)
        return "; ".join(self.logs[number].replay(self.before[number], self.cut[number], cut, random, alone and not number)
                         for number, cut in enumerate((first, second)))

    def whole_or_none(self, what):
        """What the reader says of the two: the whole image is there, or none and both are swap; returns whether it is there."""
        first, second = (replace(area, path=path) for area, path in zip(self.areas, self.cut))
        check(not second.problem(), f"{what}: the second area: {second.problem()}")
        if not first.armed():
            check(not first.problem(), f"{what}: the first area: {first.problem()}")
            return False
        told = image.hibimg("verify", "--member", second.path, first.path)
        check(told.returncode == image.SOUND, f"{what}: an image that is not whole: {told.stderr.strip()}")
        return True

    def keep(self):
        """Copies of the disks as they are now."""
        self.kept = [Path(f"{path}.kept.img") for path in self.cut]
        for path, copy in zip(self.cut, self.kept):
            swaparea.copy(path, copy)

    def boot(self, name, what):
        """The next boot from both; "resumed" or "fresh"."""
        files = self.desk.folder / "cut-files.img"
        swaparea.copy(self.desk.machine.disks[1].path, files)
        return after_cut(self.desk, name, [vm.Disk(self.cut[0]), vm.Disk(files), vm.Disk(self.cut[1])], what)


@case(on="ours", seconds=150, quick=False)
def power_cut_over_two_disks(desk):
    """An image in areas of two disks that forget what was not flushed, each by itself: the whole image is there or none, by the reader for many cuts, by a boot for some. Once a boot jumped, no later one does."""
    areas, logs, before = two_disks_down(desk)
    two = TwoDisks(desk, areas, logs, before)
    end = len(logs[0])
    check(two.record > logs[0].flushes()[0] and logs[1].flushes(), "a disk was not flushed")
    cuts = [(desk.random.randrange(1, two.record + 1), False) for _ in range(30)] + [(two.record + 1, True)] * 8 + [(two.record + 1, False), (end, False)]
    found = [two.whole_or_none(two.make(*cut)) for cut in cuts]
    check(not any(found[:30]) and all(found[30:38]) and found[-1], f"images: {found}")
    outcomes = []
    for number, (first, alone) in enumerate(((two.record, False), (end, False), (two.record + 1, True))):
        what = two.make(first, alone)
        if number == 2:
            two.keep()
        outcomes.append(two.boot(f"cut{number}-{first}", what))
    check(outcomes == ["fresh", "resumed", "resumed"], f"outcomes: {outcomes}")
    desk.note(f"{len(logs[0])} and {len(logs[1])} writes, {len(cuts)} cuts read; " + " ".join(outcomes))
    # The image of the last cut once more, with a log: the moment right behind the jump's record.
    root, second = two.kept
    cut = Path(f"{root}.cut.img")
    swaparea.copy(root, cut)
    files = desk.machine.disks[1]
    log_path = desk.folder / "up.log"
    desk.came_back(desk.up(name="logged", machine=replace(desk.machine, disks=[vm.Disk(cut, log=log_path), files, vm.Disk(second)])))
    log = blocklog.Log(log_path)
    jumping = log.writes_of(areas[0].offset // blocklog.SECTOR)[1]
    log.replay(root, cut, jumping + 1, desk.random, True)
    state = after_cut_up(desk, "jumped", [vm.Disk(cut), files, vm.Disk(second)], "after the jump")
    check(state == "jumping", f"the record said {state}")
