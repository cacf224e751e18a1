# SPDX-License-Identifier: GPL-2.0
"""Images that are described, refused, tried again, or left alone."""
import re
from dataclasses import replace

import image
import swaparea
from asleep import TO_MEMORY, waking
from case import case, check
from refused import fresh_and_sound, not_resumed, refused
from steps import KNOB

# Disk -> fields forged, what image_info says.
FORGED = {
    "ready": ({}, "state ready tries 0 created {digits} kernel 6.{any} pages {digits} bytes {digits} resumable yes member 0 {any} vd{any}"),
    "limit": ({"state": 2, "tries": 2}, "state loading tries 2 created {any} resumable image state: loading began too often {any}"),
    "jumping": ({"state": 3}, "state jumping {any} resumable image state: jumped to before{any}"),
    "kept": ({"state": 5}, "state kept {any} resumable on request kept {any}"),
    "lines": ({"release": "6.12\\nresumable yes"}, "unreadable -74 header: header release"),
}


@case(on="ours", seconds=40)
def image_info_tells_each_state(desk):
    """describe: the state was asked for before the header was checked; header: a string forged a line.

    Copies of one image in each state, claimed while they are named, so that they are not resumed: told, not changed, not kept open.
    """
    desk.standard(swap_mib=400)
    for name in FORGED:  # there from the start, or firmware lays out memory anew
        desk.add_swap(400, name=name)
    desk.down("shutdown")
    script = ""
    for index, (name, (fields, _)) in enumerate(FORGED.items()):
        path, disk = desk.folder / f"{name}.img", f"/dev/vd{'cdefg'[index]}"
        swaparea.copy(desk.swap.path, path)
        image.forge(desk.folder, path, **fields, **({} if fields else {"tries": 0}))
        script += (f"dd if={disk} of=/before bs=4096 count=1 2>/dev/null\nclaim {disk} put $power/resume $(number_of {disk})\n"
                   f"tell last $(cat $power/hibernate/last_error)\ntell info {name} $(cat $power/hibernate/image_info)\n"
                   f"cat $power/hibernate/image_info >/dev/null\ndd if={disk} of=/after bs=4096 count=1 2>/dev/null\n"
                   f"cmp /before /after || fail {name} was changed\nmkswap {disk} >/dev/null && swapon {disk} && swapoff {disk} || fail {name} is still claimed\n")
    seen = desk.boot(script, name="info")
    check(seen.has("^last phase=resume step=open errno=-16"), "the claimed device was opened")
    for name, (_, wanted) in FORGED.items():
        told = seen.has(f"^info {name} (.*)")
        pattern = wanted.replace("{digits}", "[0-9]+").replace("{any}", ".*")
        check(seen.has(f"^info {name} {pattern}$"), f"{name}: {told and told.group(1)}")


MAP = re.compile(r"reason=memory map: (0x[0-9a-f]+)-(0x[0-9a-f]+) was (.*), is (.*)")


@case(on="ours", seconds=30, quick=False)
def other_memory_refused_by_range(desk):
    """header: the wrong reason was given, and no range was named.

    RAM that is gone and RAM that is new: the first range that differs is named.
    """
    desk.standard()
    desk.down("shutdown")
    disk = desk.machine.disks[0].path
    kept = disk.read_bytes()
    for mem in (256, 512, 1024):
        disk.write_bytes(kept)
        up = desk.up(machine=replace(desk.machine, mem=mem), name=f"up-{mem}")
        refused(desk, up, "memory")
        named = MAP.search(up.console)
        check(named, f"{mem} MiB: no range is named: {desk.last_result(up)}")
        desk.note(f"{mem} MiB: {named.group(1)}-{named.group(2)} {named.group(3)} -> {named.group(4)}")


@case(seconds=25)
def other_memory_size_refused(desk):
    """load: an image that was refused stayed valid.

    Saved with 768 MiB, started with 1 GiB.
    """
    desk.standard()
    desk.down("shutdown")
    up = desk.up(machine=replace(desk.machine, mem=1024))
    fresh_and_sound(desk, up, "other size")


VETO = "/sys/kernel/debug/notifier-error-inject/pm/actions/PM_RESTORE_PREPARE/error"
REFUSE = "/sys/kernel/debug/hib_poke/refuse"
PUT_BACK = "dd if=/header of=/dev/vda bs=4096 conv=notrunc,fsync 2>/dev/null || fail putting the header back\n"


@case(on="ours", seconds=30)
def refusal_that_passes_is_tried_again(desk):
    """load: one refusal cost the session, and the second try still had extents of the first.

    A notifier, the freezer or a device that refuses three times is the end of the way up; one that refuses twice is not, and no wake-up event is.
    """
    desk.standard()
    desk.down("shutdown")
    script = ("dd if=/dev/vda of=/header bs=4096 count=1 2>/dev/null || fail saving the header\n"
              f"setting {VETO} -16\nresume_by_hand /dev/vda\ntell notifier $(cat $power/hibernate/last_error)\nsetting {VETO} 0\n{PUT_BACK}"
              f"setting {KNOB} freeze_tasks:16\nresume_by_hand /dev/vda\ntell tasks $(cat $power/hibernate/last_error)\n"
              f"{PUT_BACK}setting {KNOB} arrange:12\nresume_by_hand /dev/vda\ntell memory $(cat $power/hibernate/last_error)\n"
              f"setting {KNOB} none\n{PUT_BACK}"
              f"setting {REFUSE} 3\nresume_by_hand /dev/vda\ntell device $(cat $power/hibernate/last_error)\n"
              f"swapon /dev/vda && swapoff /dev/vda || fail swap\n{PUT_BACK}"
              "c=$(cat $power/wakeup_count)\nsetting $power/wakeup_count $c\n"
              "setting /sys/module/hibernate/parameters/wake_step freeze_threads\n"
              f"setting {REFUSE} 2\nresume_by_hand /dev/vda\nfresh\n")
    up = desk.up(script, resume="script")
    check(up.has("^notifier phase=resume step=notifiers errno=-16 reason=notifier"), "the notifier's refusal was not the reason")
    check(up.has("^tasks phase=resume step=freeze_tasks errno=-16 reason=injected"), "the freezer's refusal was not the reason")
    check(up.has("^memory phase=resume step=arrange errno=-12 reason=injected"), "the missing memory was not the reason")
    check(up.has("^device phase=resume step=suspend_devices errno=-16 reason=quiesce"), "the device's refusal was not the reason")
    tries = up.console.count("trying again, 2 of 3"), up.console.count("trying again, 3 of 3")
    check(tries == (5, 5), f"tried again {tries} times")
    loads = up.console.count("Loading image data pages")
    check(loads == 2, f"pages were loaded {loads} times for two loads")
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def power_cut_between_two_tries_is_tried_again(desk):
    """jump: the record went on saying "jumping" when a try was refused.

    A device refuses after the record says so. The power goes before the next try: nothing was jumped to, and the next boot resumes.
    """
    desk.standard()
    desk.down("shutdown")
    cut = desk.up(f"setting {REFUSE} 1\nresume_by_hand /dev/vda\nfresh\n", resume="script", name="cut", cut_at="trying again, 2 of 3", clean=False)
    check(cut.killed and not cut.has("^judge "), "the power was not cut between two tries")
    state = image.state_of(desk.swap.path)
    check(state == "loading", f"the record says {state} between two tries")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=40)
def crash_kernel_leaves_the_image(desk):
    """hibernate: a crash kernel retired an image that was whole.

    A kernel that saves a crashed one has its command line, resume= too: it neither resumes the image nor retires it, however it is asked.
    """
    desk.standard()
    desk.down("shutdown")
    for more in (["resume=/dev/vda"], ["resume=/dev/vda", "noresume"]):
        crash = desk.boot("resume_by_hand /dev/vda\nfresh\n", name="crash", append=["elfcorehdr=0xfffffffffffffffe", *more])
        check(not crash.has("^judge ") and crash.has("^fresh swap=unusable"), "the image was resumed or retired")
        check("this is a crash kernel: images are left alone" in crash.console, "did not say so")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=45, quick=False)
def hybrid_image_that_stays_is_the_session(desk):
    """save: an image that cannot be retired stayed beside a live system.

    Neither record nor header can be written: nothing was thawed, the machine goes off, and the image is the session.
    """
    desk.standard()
    down = desk.boot(desk.prime() + TO_MEMORY + f"setting {KNOB} withdraw_all:5\n" + desk.transition("suspend") + desk.verdict(),
                     name="down", on_event=waking, cut_at="reboot: Power down")
    check(not down.has("^hibernated"), "came back beside a valid image")
    desk.came_back(desk.up())
    # The fault is in saved memory, so this kernel cannot withdraw it either; its record says that it was jumped to.
    not_resumed(desk, name="again")
