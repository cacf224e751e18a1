# SPDX-License-Identifier: GPL-2.0
"""An image that was refused for a reason that may pass is kept: nothing resumes it but a request, and swapon ends it."""
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import blocklog
import image
import swaparea
import vm
from case import case, check
from manyareas import down_with_pages_elsewhere, swapon
from refused import fresh_and_sound, refused
from steps import KNOB

HINT = "boot with hibernate=retry to resume it; swapon or noresume ends it"
REFUSE = f"setting {KNOB} read:5\nresume_by_hand /dev/vda\nsetting {KNOB} none\ntell refused $(cat $power/hibernate/last_error)\n"
INFO = "tell info $(tr '\\n' ';' <$power/hibernate/image_info)\n"
ASK = "tell asked $(put $power/hibernate/retry 1)\n"


def was_kept(seen, state="kept"):
    """The boot left the image as kept and said what to do."""
    check(seen.has("^refused phase=resume step=read errno=-5 reason=injected"), f"{seen.name}: the image was not refused")
    check(HINT in seen.console, f"{seen.name}: the log does not say what to do")


def kept_by_a_boot(desk):
    """Hibernates, and has one boot refuse the image."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    was_kept(desk.boot(REFUSE, name="refusing"))
    check(image.state_of(desk.swap.path) == "kept", "the image is not kept")


@case(on="ours", seconds=30)
def refused_image_is_kept_and_resumed_on_request(desk):
    """A read error that passes: nothing is lost. No other boot resumes the image by itself; image_info tells; on request it is resumed."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    seen = desk.boot(REFUSE + INFO + "resume_by_hand /dev/vda\ntell plain\n" + ASK + "fresh\n", name="up")
    was_kept(seen)
    info = seen.has("^info (.*)")
    check(info and "state kept;" in info.group(1) and "resumable on request;kept injected" in info.group(1), f"image_info: {info and info.group(1)}")
    check(seen.has("^plain"), "a plain write to resume resumed it")
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=80, quick=False)
def kept_image_outlives_other_boots(desk):
    """Refused on a smaller machine; other boots leave it, and a retry on the smaller machine, too; on its own machine it is resumed."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    smaller = replace(desk.machine, mem=desk.machine.mem - 64)
    for name, machine, append in (("smaller", smaller, []), ("plain", desk.machine, []), ("retry-smaller", smaller, ["hibernate=retry"])):
        seen = desk.up("tell booted\n", name=name, machine=machine, append=append)
        check(seen.has("^booted") and HINT in seen.console, f"{name}: it is not said that the image is kept")
        check(image.state_of(desk.swap.path) == "kept", f"{name}: the image is not kept")
    desk.came_back(desk.up(name="retry", append=["hibernate=retry"]))
    desk.swap_sound()
    desk.files_sound()
    fresh_and_sound(desk, desk.up(name="after", append=["hibernate=retry"]), "after")


@case(on="ours", seconds=45, quick=False)
def swapon_ends_a_kept_image(desk):
    """swapon(2), as busybox calls it: the area is swap, on the disk, before a page is written; a request finds nothing.

    swapon(2) of a pipe is refused as ever, and does not wait for the pipe.
    """
    kept_by_a_boot(desk)
    pipe = "mkfifo /pipe\ntell pipe $(timeout 5 swapon /pipe 2>&1)\n"
    seen = desk.boot(pipe + "swap_on\ntell on\nsleep 60\n", name="swapon", on_word=lambda run, text: run.kill() if text == "on" else None, clean=False)
    check(seen.has("^pipe .*Invalid argument"), f"swapon of a pipe: {seen.has('^pipe .*')}")
    check("is ended: its place is used" in seen.console, "it is not said")
    desk.swap_sound()
    fresh_and_sound(desk, desk.up(name="after", append=["hibernate=retry"]), "after")


@case(on="ours", seconds=30, quick=False)
def swapon_of_util_linux_ends_a_kept_image(desk):
    """Whatever kernel runs: blkid finds the area by its UUID, and swapon writes the signature of swap before it calls the kernel."""
    kept_by_a_boot(desk)
    path = desk.swap.path
    probe = subprocess.run(["/sbin/blkid", "-p", "-o", "export", path], capture_output=True, text=True, check=False).stdout
    check(f"UUID={swaparea.uuid_of(desk.swap)}" in probe and "LABEL=dormouse" in probe and "TYPE=swsuspend" in probe, f"blkid says: {probe}")
    seen = desk.boot("tell said $(/bin/swapon /dev/vda 2>&1)\ntell areas $(grep -c vda /proc/swaps)\n", name="swapon", files=swapon())
    check(seen.has("^said .*Rewriting the swap signature") and seen.has("^areas 1"), "swapon did not say so, or did not work")
    check("is ended: its place is used" not in seen.console, "the kernel was faster")
    check(image.state_of(path) == "swap", "the image is still there")
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def kept_image_is_ended_by_discard_and_noresume(desk):
    """Either one, and a request finds no image."""
    kept_by_a_boot(desk)
    copy = desk.folder / "kept.img"
    swaparea.copy(desk.swap.path, copy)
    seen = desk.boot("resume_by_hand /dev/vda\nsetting $power/hibernate/discard 1\n" + ASK, name="discard")
    check(seen.has("^asked ENODATA"), "the image is still there")
    desk.swap_sound()
    swaparea.copy(copy, desk.swap.path)
    desk.up("tell booted\n", name="noresume", append=["noresume"])
    desk.swap_sound()


@case(on="ours", seconds=50, quick=False)
def kept_image_is_not_resumed_over_a_changed_file_system(desk):
    """A boot that goes on mounts its ext4: a retry is refused, the file system is named, and the area is swap."""
    kept_by_a_boot(desk)
    desk.boot("mount_files\necho other >/mnt/other && sync || fail writing\numount /mnt || fail umount\n", name="other")
    up = desk.up(append=["hibernate=retry"])
    refused(desk, up, "guard")
    check("on 254:16 was changed" in up.console, "the device was not named")
    check("image retired" in up.console, "the image is still kept")
    desk.files_sound()


@case(on="ours", seconds=50, quick=False)
def kept_image_waits_for_its_file_system(desk):
    """A retry without the disk of a file system: refused, and kept; with the disk it is resumed."""
    kept_by_a_boot(desk)
    blank = desk.folder / "blank.img"
    blank.touch()
    os.truncate(blank, desk.files.stat().st_size)
    other = replace(desk.machine, disks=[desk.machine.disks[0], vm.Disk(blank)])
    seen = desk.up("tell booted\n", name="without", machine=other, append=["hibernate=retry"])
    desk.result(seen, phase="resume", step="check", errno=-19, reason="guard")
    check(seen.has("^booted") and "was not found" in seen.console, "the file system was not missed")
    check(image.state_of(desk.swap.path) == "kept", "the image is not kept")
    desk.came_back(desk.up(name="with", append=["hibernate=retry"]))
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def image_that_is_not_guarded_is_not_kept(desk):
    """Pages were swapped to another area, which nobody watches: the refused image is retired, and the log says why."""
    down_with_pages_elsewhere(desk)
    seen = desk.boot(REFUSE + "fresh\n", name="refusing")
    check("cannot be kept: not all that it depends on is guarded" in seen.console, "it is not said")
    fresh_and_sound(desk, seen, "refused")


@case(on="ours", seconds=60, quick=False)
def damaged_kept_image_is_retired(desk):
    """A bit of its page data turns over while it is kept: refused on request, and the area is swap."""
    kept_by_a_boot(desk)
    place = image.Image(desk.swap.path).parts()["middle-chunk-body"]
    image.flip(desk.swap.path, place, desk.random)
    up = desk.boot("resume_by_hand /dev/vda\n" + ASK + "fresh\n", name="up")
    check(up.has("^asked EBADMSG"), f"the damage was not noticed: {desk.last_result(up)}")
    fresh_and_sound(desk, up, "damaged")


def after_cut(desk, name, disks, replayed):
    """The next two boots, one plain and one that asks: what the record said decides; never twice, and always usable swap."""
    state = image.state_of(disks[0].path)
    machine = replace(desk.machine, disks=disks)
    if state == "kept":
        plain = desk.up("tell booted\n", name=f"{name}-plain", machine=machine)
        check(plain.has("^booted"), f"{name}: kept, and resumed unasked ({replayed})")
    up = desk.up(name=name, machine=machine, append=["hibernate=retry"])
    if state in ("jumping", "swap"):
        check(not up.has("^judge ") and up.has("^fresh swap=usable"), f"{name}: {state}, and no clean start ({replayed})")
    else:
        check(up.has("^judge nonce="), f"{name}: {state}, and not resumed ({replayed}) {desk.last_result(up)}")
        desk.came_back(up)
    problem = replace(desk.swap, path=disks[0].path).problem()
    check(not problem, f"{name}: {state}, then swap area: {problem} ({replayed})")
    return state


def cuts_of(desk, script, append=()):
    """Cuts the power when each write of the record that a boot makes is safe, and once before it is; returns the states that were found, and the boot."""
    swap, files = desk.machine.disks
    before = [Path(f"{disk.path}.before.img") for disk in (swap, files)]
    for disk, copy in zip((swap, files), before):
        swaparea.copy(disk.path, copy)
    swap.log = desk.folder / "writes.log"
    seen = desk.up(script, resume="script", append=append)
    log, swap.log = blocklog.Log(swap.log), None
    states = []
    writes = log.writes_of((desk.swap.offset + swaparea.PAGE - 1) // blocklog.SECTOR)
    safe = [next((flush + 1 for flush in log.flushes() if flush >= write), len(log)) for write in writes]
    for cut in sorted({*safe, desk.random.choice(writes) + 1}):
        target, copy = desk.folder / "cut.img", desk.folder / "cut-files.img"
        replayed = log.replay(before[0], target, cut, desk.random)
        swaparea.copy(files.path if image.state_of(target) == "swap" else before[1], copy)
        states.append(after_cut(desk, f"cut{cut}", [vm.Disk(target), vm.Disk(copy)], replayed))
    return states, seen


@case(on="ours", seconds=120, quick=False)
def power_cut_while_an_image_is_kept(desk):
    """After each write of the record: loading, kept by a refusal, and the signature by swapon."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    states, _ = cuts_of(desk, REFUSE + "fresh\n")
    desk.note(" ".join(states))
    check({"loading", "kept", "swap"} <= set(states), f"a state is missing: {states}")


@case(on="ours", seconds=120, quick=False)
def power_cut_while_a_kept_image_is_retried(desk):
    """After each write of the record on the way up that was asked for: it stays kept until the jump."""
    kept_by_a_boot(desk)
    states, seen = cuts_of(desk, "resume_by_hand /dev/vda\n" + ASK + "fresh\n")
    desk.came_back(seen)
    desk.note(" ".join(states))
    check({"kept", "jumping", "swap"} <= set(states) and "loading" not in states, f"states: {states}")
