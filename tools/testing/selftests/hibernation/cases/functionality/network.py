# SPDX-License-Identifier: GPL-2.0
"""A disk that another machine serves, as a target for images."""
import re

import image
import netdisk
import swaparea
from case import MIB, case, check
from mapper import MAPPER, dmsetup

TIME_OUT_S = 5
TARGET = "setting $power/hibernate/target /dev/nbd0\n"
ATTACH = f"attach 0 -timeout {TIME_OUT_S}\n"
FROZEN = "Freezing user space processes"


def network_disk(desk, mib=512):
    """A machine with a network card; the file that is to be served."""
    desk.standard(swap_mib=64, extra=netdisk.CARD)
    path = desk.folder / "network.img"
    with open(path, "wb") as disk:
        disk.truncate(mib * MIB)
    return path


@case(on="ours", kernel="world", seconds=70, quick=False)
def network_block_device_resumes(desk):
    """The image lies on another machine. The restored kernel has a dead connection to it, so it says that it cannot retire the image, and
    refuses the target. It retires the image when the disk was attached again. If it never is, no boot resumes the image twice."""
    path, spent = network_disk(desk), desk.folder / "spent.img"
    states = []

    def look(_, word):
        if word.startswith("again"):
            states.append(image.state_of(path))
            swaparea.copy(path, spent)

    with netdisk.served(path) as server:
        script = server.script() + ATTACH
        after = desk.verdict() + ("tell again $(put $power/state disk) $(cat $power/hibernate/last_error)\n"
                                  "tell available $(cat $power/hibernate/available)\nsleep 1\n"
                                  "setting $power/hibernate/target none\nnbd-client -d /dev/nbd0 >/dev/null 2>&1\n" + ATTACH +
                                  "resume_by_hand /dev/nbd0\n"
                                  "tell attached $(put $power/hibernate/target /dev/nbd0)\n")
        down = desk.down("shutdown", prime=script + desk.prime().replace("swap_on\n", TARGET), after=after, files=netdisk.client())
        check(image.state_of(path) == "ready", "no image on the server")
        up = desk.boot(script + "resume_by_hand /dev/nbd0\nfresh\n", name="up", files=netdisk.client(), on_word=look)
    desk.came_back(up)
    check(re.search(r"could not be marked as spent: .*\n.*no boot resumes it again", up.console), "it is not said that the image was not retired")
    check(states == ["jumping"], f"state after the resume: {states}")
    for word in ("again EOPNOTSUPP phase=hibernate step=preflight", "available place:"):
        check(up.has(f"^{word} .*nbd0 has no connection to its server"), f"not judged again: {up.has('^(again|available).*')}")
    check(up.console.count(f"{FROZEN} completed") == 1, "tasks were frozen though the target is refused")
    check(up.has("^attached ok"), f"attached again it is no target: {up.has('^attached.*')}")
    check(swaparea.Area(path, b"").signature() == swaparea.SIGNATURE, "attached again, the image was not retired")
    with netdisk.served(spent) as server:
        twice = desk.boot(server.script() + ATTACH + "resume_by_hand /dev/nbd0\nfresh\n", name="twice", files=netdisk.client())
    check(twice.has("^fresh"), "resumed twice")
    check(swaparea.Area(spent, b"").signature() == swaparea.SIGNATURE, "the next boot did not retire the image")
    desk.files_sound()
    desk.note(f"down {down.took:.1f} s, up {up.took:.1f} s")


@case(on="ours", kernel="world", seconds=40, quick=False)
def network_block_device_refused(desk):
    """By name, and before anything is frozen: without a time-out, set up by ioctl, served by this machine at each of its addresses, as
    swap, below a file system, and without a connection. A mapping is judged as what is below it."""
    path = network_disk(desk, 64)
    files = {**netdisk.client(), **dmsetup()}
    with netdisk.served(path) as server:
        files["bin/relay"] = f"#!/bin/sh\nexec busybox nc {netdisk.HOST} {server.port}\n".encode()
        script = server.script() + MAPPER + ATTACH + (
            "try() { tell \"$1 $(put $power/hibernate/target \"$2 force\")\"; setting $power/hibernate/target none; }\n"
            "attach 1\ntry timeless /dev/nbd1\n"
            f"nbd-client {netdisk.HOST} {server.port} /dev/nbd2 -N image -nonetlink -timeout 5 >/dev/null 2>&1\ntry ioctl /dev/nbd2\n"
            "for port in 10809 10810; do busybox nc -l -p $port -e /bin/relay & done\nsleep 1\n"
            "nbd-client 127.0.0.1 10809 /dev/nbd3 -N image -timeout 5 >/dev/null 2>&1 || fail loopback\ntry loopback /dev/nbd3\n"
            "nbd-client 10.0.2.15 10810 /dev/nbd4 -N image -timeout 5 >/dev/null 2>&1 || fail own address\ntry own /dev/nbd4\n"
            "mapper timeless /dev/nbd1\ntry mapped-timeless /dev/dm-0\n"
            "mapper good /dev/nbd0\ntry mapped-good /dev/dm-1\ndmsetup --noudevsync remove good || fail dmsetup\n"
            "mkswap /dev/nbd0 >/dev/null && swapon /dev/nbd0 || fail swapon\nhibernate shutdown\n"
            "tell swap $result $(cat $power/hibernate/last_error)\nswapoff /dev/nbd0\n"
            "busybox mke2fs /dev/nbd0 >/dev/null 2>&1; mount -t ext4 /dev/nbd0 /mnt || fail mount\n"
            "dd if=/dev/zero of=/mnt/image bs=1M count=16 2>/dev/null; sync\ntry file /mnt/image\numount /mnt\n"
            "setting $power/hibernate/target '/dev/nbd0 force'\nnbd-client -d /dev/nbd0 >/dev/null 2>&1\nhibernate shutdown\n"
            "tell lost $result $(cat $power/hibernate/last_error)\ntell done\n")
        seen = desk.boot(script, name="refused", files=files)
    wanted = {"timeless": "EOPNOTSUPP", "ioctl": "EOPNOTSUPP", "loopback": "EOPNOTSUPP", "own": "EOPNOTSUPP",
              "mapped-timeless": "EOPNOTSUPP", "mapped-good": "ok", "file": "EOPNOTSUPP"}
    for name, answer in wanted.items():
        check(seen.has(f"^{name} {answer}$"), f"{name}: {seen.has(f'^{name} .*')}")
    for disk, spec, why in (("nbd1", "nbd1", "has no time-out"), ("nbd1", "dm-0", "has no time-out"), ("nbd2", "nbd2", "is held by a task"),
                            ("nbd3", "nbd3", "has its server on this machine"), ("nbd4", "nbd4", "has its server on this machine")):
        check(f"/dev/{spec} is no target for images: {disk} {why}" in seen.console, f"{spec} is not refused by its reason")
    check("/mnt/image is no target for images: nbd0 is a network disk" in seen.console, "the file is not refused by its reason")
    check(seen.has("^swap EOPNOTSUPP .*swap: .*nbd0 is a network disk"), f"swap: {seen.has('^swap.*')}")
    check(seen.has("^lost EOPNOTSUPP .*nbd0 has no connection to its server"), f"not judged again: {seen.has('^lost.*')}")
    check(FROZEN not in seen.console, "tasks were frozen")
    check(seen.has("^done"), "did not end")


@case(on="ours", kernel="world", seconds=40, quick=False)
def server_that_goes_away_gives_an_error(desk):
    """While the image is written the server stands still: in limited time the attempt fails, and the session goes on."""
    path = network_disk(desk)
    stopped = []

    with netdisk.served(path) as server:
        def stop(run):
            server.stand_still()
            stopped.append(run)

        script = server.script() + ATTACH + desk.prime().replace("swap_on\n", TARGET) + desk.transition("shutdown") + desk.verdict()
        seen = desk.boot(script, name="down", files=netdisk.client(), on_console=("Saving image data pages", stop))
    check(stopped, "the server was not stopped")
    check(seen.has("^hibernated EIO"), f"no error: {seen.has('^hibernated.*')} {desk.last_result(seen)}")
    check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0") and seen.has("^verdict done"), "the session did not go on")
    took = seen.when("^hibernated") - seen.when("^hibernating")
    check(took < 60, f"{took:.0f} s until the error")
    desk.result(seen, phase="hibernate", errno=-5)
    check(not swaparea.Area(path, b"").armed(), "there is an image")
    desk.note(f"error after {took:.1f} s")


@case(on="ours", kernel="world", seconds=70, quick=False)
def resume_from_a_disk_that_stands_still_refused(desk):
    """The boot that looks for the image attaches the disk without a time-out: refused before anything is frozen, and the image is kept.
    A boot that attaches it with one resumes it on request."""
    path = network_disk(desk)
    with netdisk.served(path) as server:
        script = server.script()
        desk.down("shutdown", prime=script + ATTACH + desk.prime().replace("swap_on\n", TARGET), files=netdisk.client())
        refused = desk.boot(script + "attach 0\nresume_by_hand /dev/nbd0\nfresh\n", name="refused", files=netdisk.client())
        check(refused.has("^fresh"), "it resumed, or did not go on")
        check("device: nbd0 has no time-out" in refused.console, f"refused for another reason: {desk.last_result(refused)}")
        check(FROZEN not in refused.console, "tasks were frozen")
        up = desk.boot(script + ATTACH + "resume_by_hand /dev/nbd0\nfresh\n", name="up", append=["hibernate=retry"], files=netdisk.client())
        desk.came_back(up)
    desk.files_sound()
