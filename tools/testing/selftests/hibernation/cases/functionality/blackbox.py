# SPDX-License-Identifier: GPL-2.0
"""The black box: how far a boot came that did not resume the image, as the next boot tells it, whatever becomes of the image."""
import re
from dataclasses import replace
from pathlib import Path

import blocklog
import image
import swaparea
import vm
from case import MIB, case, check
from steplog import TELL_LOG, bars_of, entered_by, log_of

SLOW = 64 * MIB  # bytes a second
HALF = "Image loading progress:  50%"
ENDED = "a boot before this one did not resume the image: it ended in read, "
DAMAGED = "its black box is damaged"
NOT_USED = "the black box of the image is not used"


def dies_while_reading(desk, name="dies"):
    """A boot from a slow disk that loses its power when half of the image is read."""
    disk, *others = desk.machine.disks
    slow = replace(disk, bps_read=SLOW)
    seen = desk.up(name=name, machine=replace(desk.machine, disks=[slow, *others]), cut_at=HALF, clean=False)
    check(seen.killed and not seen.has(r"^judge "), f"{name}: did not die while it read")
    check(desk.swap.armed(), f"{name}: the image is gone")


def failed_of(log):
    """The steps of boots before: (step, result, bytes); result "-": it did not end."""
    check(all(way == "enter" for who, way, *_ in log if who == "failed"), f"a step that was left: {log}")
    return [(step, ret, int(moved)) for who, _, step, _, _, ret, moved in log if who == "failed"]


def check_died_in_read(seen, log):
    """The log has the steps of the boot that died, up to the reading, and how far that was."""
    failed = failed_of(log)
    check([step for step, *_ in failed][:3] == ["check", "console", "notifiers"], f"{seen.name}: the first steps: {failed}")
    check(all(ret == "0" for _, ret, _ in failed[:-1]), f"{seen.name}: ended, but for the last one: {failed}")
    step, ret, moved = failed[-1]
    check((step, ret) == ("read", "-") and moved > MIB, f"{seen.name}: the last step: {failed[-1]}")
    check(ENDED in seen.console, f"{seen.name}: the kernel's log does not say where it ended")
    return moved


@case(on="ours", seconds=45)
def boot_that_died_is_told_of_by_the_resumed_system(desk):
    """The power goes in the middle of the reading, and the next boot resumes: one log of four kernels, with bytes, and its picture with speeds."""
    desk.standard(swap_mib=512)
    desk.down("shutdown", after=TELL_LOG + desk.verdict())
    dies_while_reading(desk)
    up = desk.up()
    desk.came_back(up)
    log = log_of(up)
    part = check_died_in_read(up, log)
    moved = {(who, way, step): int(moved) for who, way, step, *_, moved in log}
    wrote = moved["saving", "enter", "precopy"] + moved["writing", "enter", "write"]
    read, lists = moved["boot", "enter", "read"], moved["boot", "enter", "lists"]
    # The log is the last list: it tells of all others.
    check(part < read and read + lists == wrote + swaparea.PAGE, f"wrote {wrote} bytes, read {read} and {lists}, and {part} before it died")
    check(not moved["boot", "enter", "freeze_tasks"] and not moved["saving", "enter", "sync"], f"steps that move nothing: {moved}")
    check(entered_by(log, "restored") == [], f"the restored kernel: {entered_by(log, 'restored')}")
    bars, texts = bars_of(desk, log)
    check({"write", "read"} <= bars, f"timeline drew {bars}")
    check(sum(bool(re.search(r"MiB, \d+ MB/s$", text)) for text in texts) >= 2, f"no speeds: {texts}")
    check(any(text.startswith("a boot that did not resume the image") for text in texts), f"the boot that died: {texts}")
    desk.note(f"{part >> 20} of {read >> 20} MiB were read when it died")
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=40)
def boot_that_died_is_told_of_by_one_that_does_not_resume(desk):
    """The next boot is told not to resume: it retires the image, and its log says how far the one before it came."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    dies_while_reading(desk)
    seen = desk.up(TELL_LOG + "fresh\n", name="noresume", append=["noresume"])
    log = log_of(seen)
    check_died_in_read(seen, log)
    check({who for who, *_ in log} == {"failed"}, f"not all of these steps are of boots that failed: {log}")
    check(seen.has(r"^fresh swap=usable"), "no usable swap")
    desk.swap_sound()
    after = desk.up(TELL_LOG + "tell log $(wc -c <$power/hibernate/log)\nfresh\n", name="after")
    check(after.has("^log 0$"), "the image is gone, and a boot before is told of")


@case(on="ours", seconds=70, quick=False)
def boots_that_failed_are_told_of_by_later_ones(desk):
    """A read error, and the image is kept: the next boot leaves it, and says which step failed. One refuses it, one dies of it, and the last one tells of all three."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    disk, *others = desk.machine.disks
    place = image.Image(disk.path).parts()["middle-chunk-body"]
    broken = replace(disk, errors=[{"iotype": "read", "sector": place // 512}])
    desk.up("tell booted\n", name="broken", machine=replace(desk.machine, disks=[broken, *others]), clean=False)
    check(image.state_of(disk.path) == "kept", "the image is not kept")
    told = image.hibimg("log", disk.path).stdout
    check(re.search(r"^writing enter write .*\n(.*\n)*failed enter read \d+ \d+ -5 \d+$", told, re.M), f"hibimg log: {told}")
    plain = desk.up(TELL_LOG, name="plain")
    failed = failed_of(log_of(plain))
    check(failed[-1][:2] == ("read", "-5") and failed[-1][2] > 0, f"the step that failed: {failed}")
    check(re.search(r"did not resume the image: read failed: -(EIO|5)\b", plain.console), "the kernel's log does not say so")
    check(image.state_of(disk.path) == "kept", "the image was not left alone")
    smaller = desk.up("tell booted\n", name="smaller", machine=replace(desk.machine, mem=desk.machine.mem - 64), append=["hibernate=retry"])
    desk.result(smaller, phase="resume", step="check", errno=-116)
    dies = desk.up(name="dies", machine=replace(desk.machine, disks=[replace(disk, bps_read=SLOW), *others]), append=["hibernate=retry"],
                   cut_at=HALF, clean=False)
    check(dies.killed, "did not die while it read")
    last = desk.up(TELL_LOG + "fresh\n", name="last", append=["noresume"])
    failed = failed_of(log_of(last))
    check([(step, ret) for step, ret, _ in failed if step == "read"] == [("read", "-5"), ("read", "-")], f"the boots that read: {failed}")
    check([ret for step, ret, _ in failed if step == "check"] == ["0", "-116", "0"], f"each boot begins with check: {failed}")
    desk.swap_sound()


def box_of(path):
    """First sector of the black box of an image."""
    byte = image.Image(path).header["fields"]["blackbox_block"]
    with open(path, "rb") as disk:
        disk.seek(byte)
        return int.from_bytes(disk.read(8), "little") * swaparea.PAGE // blocklog.SECTOR


def torn(log, before, target, write):
    """Makes target the disk when only the first sector of that write has arrived."""
    next(number for number in log.prefixes(before, target) if number == write)
    with open(log.path, "rb") as lines, open(target, "r+b", buffering=0) as disk:
        torn_one = log.writes[write]
        disk.seek(torn_one.sector * log.size)
        disk.write(log.bytes_of(lines, torn_one)[:blocklog.SECTOR])


@case(on="ours", seconds=60, quick=False)
def black_box_is_written_and_nothing_else(desk):
    """Until the jump a boot writes to two blocks, that of the record and the black box. The image is whole whatever becomes of these writes, and is resumed with a torn black box."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    swap, files = desk.machine.disks
    before, files_before = Path(f"{swap.path}.before.img"), Path(f"{files.path}.before.img")
    swaparea.copy(swap.path, before)
    swaparea.copy(files.path, files_before)
    swap.log = desk.folder / "writes.log"
    desk.came_back(desk.up())
    log, swap.log = blocklog.Log(swap.log), None
    box, root = box_of(before), desk.swap.offset // blocklog.SECTOR
    _, jumping, spent = log.writes_of((desk.swap.offset + swaparea.PAGE - 1) // blocklog.SECTOR)
    own = [number for number in log.writes_of(box) if number < jumping]
    others = [write for write in log.writes[:jumping] if write.sectors and write.sector not in (box, root)]
    check(not others and all(write.sectors <= 8 for write in log.writes[:jumping]), f"other blocks were written: {others}")
    check(5 <= len(own) <= 40, f"the black box was written {len(own)} times")
    check(not [number for number in log.writes_of(box) if jumping < number < spent], "the black box was written after the jump was noted")
    target = desk.folder / "cut.img"
    for write in (own[0], desk.random.choice(own), own[-1]):
        torn(log, before, target, write)
        told = image.hibimg("verify", target)
        check(told.returncode == image.SOUND and image.state_of(target) == "loading", f"write {write}: {told.stderr.strip()}")
    check(image.hibimg("log", target).stderr.strip(), "a black box that is torn was read")
    desk.note(f"{len(own)} writes of the black box before the jump")
    up = desk.up(name="torn", machine=replace(desk.machine, disks=[vm.Disk(target), vm.Disk(files_before)]))
    desk.came_back(up)
    check(DAMAGED in up.console, "it is not said that the black box is damaged")


@case(on="ours", seconds=35, quick=False)
def black_box_elsewhere_is_not_written(desk):
    """The header names a block that is none, all tags right: nothing is written there, and the image is resumed."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    path = desk.swap.path
    place = image.Image(path).parts()["middle-chunk-body"]
    image.forge(desk.folder, path, blackbox=place // swaparea.PAGE)
    up = desk.up()
    check(NOT_USED in up.console, "it is not said that there is no black box")
    desk.came_back(up)
    desk.swap_sound()
