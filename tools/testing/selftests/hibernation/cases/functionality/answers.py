# SPDX-License-Identifier: GPL-2.0
"""Files that answer before anything is frozen: is it possible, where, how large; and the hand on an image."""
import re

from case import MIB, case, check

ASK = "$power/hibernate"


def told(seen, name):
    """What the guest read from a file, its lines joined by '|'."""
    match = seen.has(rf"^{name} (.*)")
    check(match, f"{seen.name}: {name} was not told")
    return match.group(1)


def tell(name, file):
    return f"tell {name} $(cat {ASK}/{file} | tr '\\n' '|')\n"


@case(on="ours", seconds=40)
def estimate_is_what_then_happens(desk):
    """Bytes within 15 % of the image that is made next; seconds once an image was made; nothing in the log.

    By one codec: what auto chooses depends on how fast disk and CPUs are at that moment, see auto_codes_for_a_slow_disk.
    """
    desk.standard()
    script = desk.prime(anon=200) + tell("first", "estimate") + "tell quiet $(dmesg | wc -l)\n" + tell("again", "estimate") + "tell still $(dmesg | wc -l)\n"
    after = desk.verdict().replace("judge stop", tell("after", "estimate") + "judge stop") + "tell image $(awk '/^image_bytes/ { print $2 }' $power/hibernate/stats)\n"
    down = desk.down("shutdown", prime=script, after=after, append=["hibernate.compressor=lz4"])
    up = desk.up(append=["hibernate.compressor=lz4"])
    desk.came_back(up)
    first = dict(part.split(" ", 1) for part in told(down, "first").strip("|").split("|"))
    bytes_made, expected = int(told(up, "image")), int(first["expected_bytes"])
    desk.note(f"expected {expected / MIB:.0f} MiB, {bytes_made / MIB:.0f} MiB were written")
    check(abs(expected - bytes_made) < 0.15 * bytes_made, f"expected {expected}, made {bytes_made}")
    check(expected < int(first["worst_bytes"]) and int(first["room_bytes"]) == (desk_swap_bytes(desk)), f"{first}")
    check(first["fits"] == "yes" and first["seconds_down"] == "unknown", f"{first}")
    check(told(down, "quiet") == told(down, "still"), "asking writes to the log")
    last = dict(part.split(" ", 1) for part in told(up, "after").strip("|").split("|"))
    check(last["seconds_down"].isdigit() and last["seconds_up"].isdigit(), f"{last}")


def desk_swap_bytes(desk):
    """All of the area but its header page."""
    return desk.swap.path.stat().st_size - 4096


@case(on="ours", seconds=40)
def image_that_cannot_fit_is_refused_at_once(desk):
    """Far too little room: said before a task is frozen, with what is needed and what is free."""
    desk.standard(swap_mib=32)
    script = desk.prime(anon=300, cache=0) + tell("estimate", "estimate") + desk.transition("shutdown") + desk.verdict()
    seen = desk.boot(script, append=["hibernate.compressor=none"])
    check(seen.has("^hibernated ENOSPC"), f"came back with {seen.has('^hibernated.*')}")
    said = re.search(r"result phase=hibernate step=preflight errno=-28 reason=swap: (\d+) MiB are needed at least, (\d+) MiB are free", seen.console)
    check(said and int(said.group(1)) > 200 and int(said.group(2)) <= 32, desk.last_result(seen))
    check("Freezing user space processes" not in seen.console, "tasks were frozen")
    check("fits no: 3" in told(seen, "estimate"), told(seen, "estimate"))
    desk.swap_sound()


@case(on="ours", seconds=40)
def place_that_this_boot_did_not_look_at_is_named(desk):
    """A warning; with hibernate.require_armed a refusal. A boot that looked there says so."""
    desk.standard(swap_mib=512)
    ask = tell("armed", "resume_armed") + tell("available", "available")
    script = "swap_on\n" + ask + "setting /sys/module/hibernate/parameters/require_armed Y\nhibernate shutdown\n"
    seen = desk.boot(script, name="not")
    check(told(seen, "armed") == "0|" and told(seen, "available") == "armed: this boot did not look for an image on vda at block 0|", told(seen, "available"))
    check(seen.has("^hibernated EPERM"), f"came back with {seen.has('^hibernated.*')}")
    check(re.search("step=preflight errno=-1 reason=armed: this boot did not look for an image on vda", seen.console), desk.last_result(seen))
    for name, append in (("named", ["resume=/dev/vda"]), ("auto", ["resume=auto"])):
        seen = desk.boot("swap_on\n" + ask, name=name, append=append)
        check(told(seen, "armed") == "1|" and told(seen, "available") == "yes|", f"{name}: {told(seen, 'available')}")
    down = desk.down("shutdown", after=tell("back", "resume_armed") + desk.verdict())
    check("this boot did not look for an image on vda at block 0" in down.console, "no warning")
    up = desk.up()
    desk.came_back(up)
    check(told(up, "back") == "1|", "the place that has just worked is not known")


@case(on="ours", seconds=30)
def answers_tell_each_area_and_each_reason(desk):
    """A row an area, with the reason why one is no place; a line a reason why there is no hibernation."""
    desk.standard(swap_mib=64, files_mib=640)
    script = (tell("nowhere", "available") +
              "mount_files\ndd if=/dev/zero of=/mnt/file bs=1M count=16 2>/dev/null\nmkswap /mnt/file >/dev/null && sync && swap_on /mnt/file\n"
              "dd if=/dev/zero of=/mnt/loop bs=1M count=16 2>/dev/null && losetup /dev/loop0 /mnt/loop && mkswap /dev/loop0 >/dev/null && swap_on /dev/loop0\n"
              "swap_on\n" + tell("areas", "areas") + tell("modes", "available") +
              "tell offset $(blockof /mnt/file)\nswapoff /mnt/file\nswapoff /dev/loop0\nlosetup -d /dev/loop0\numount /mnt\n"
              "for file in areas available estimate resume_armed; do tell mode $file $(stat -c %a $power/hibernate/$file); done\n"
              "tell discard $(put $power/hibernate/discard 1) $(put $power/hibernate/discard x)\n")
    seen = desk.boot(script)
    rows = told(seen, "areas").strip("|").split("|")
    offset = told(seen, "offset")
    check(len(rows) == 3, f"{rows}")
    check(any(re.fullmatch(rf"254:16 {offset} 15 usable /mnt/file", row) for row in rows), f"{rows}")
    check(any(re.fullmatch(r"7:0 0 15 unusable /dev/loop0: loop0 stands still while tasks are frozen", row) for row in rows), f"{rows}")
    check(any(re.fullmatch(r"254:0 0 63 usable /dev/vda", row) for row in rows), f"{rows}")
    check(told(seen, "nowhere") == "place: no usable swap area|", told(seen, "nowhere"))
    check({text for _, text in seen.words if text.startswith("mode ")} == {f"mode {name} 400" for name in ("areas", "available", "estimate", "resume_armed")}, "modes")
    check(told(seen, "discard") == "ENODEV EINVAL", told(seen, "discard"))
    refused = desk.boot(tell("available", "available"), name="refused", append=["nohibernate", "lockdown=integrity"])
    check(told(refused, "available").startswith("nohibernate: given on the command line|"), told(refused, "available"))


@case(on="ours", seconds=40)
def image_is_discarded_by_the_name_of_its_device(desk):
    """No place is named. Another device, an active area and what is no device are refused; the place for images stays as it was."""
    desk.standard(swap_mib=512)
    desk.add_swap(64, name="second")
    desk.down("shutdown")
    script = ("swapon /dev/vdc\n" + "".join(f"tell {name} $(put {ASK}/discard {device})\n" for name, device in (
        ("file-system", "/dev/vdb"), ("active", "/dev/vdc"), ("nothing", "/dev/nothing"), ("word", "x"), ("unnamed", "1"), ("named", "/dev/vda"), ("again", "254:0"))) +
              "tell where $(cat $power/resume)\nfresh\n")
    seen = desk.boot(script, name="by-name")
    answers = {name: told(seen, name) for name in ("file-system", "active", "nothing", "word", "unnamed", "named", "again", "where")}
    check(answers == {"file-system": "ENODATA", "active": "ENODATA", "nothing": "ENOENT", "word": "EINVAL", "unnamed": "ENODEV", "named": "ok",
                      "again": "ENODATA", "where": "0:0"}, f"{answers}")
    desk.swap_sound()


@case(on="ours", seconds=40)
def image_is_discarded_by_hand(desk):
    """An image at the place that resume= names, in a boot that did not resume it; a second time there is none."""
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    script = ("mount_files\nresume_by_hand /dev/vda\ntell where $(cat $power/resume)\n" + tell("still", "image_info") +
              f"tell discard $(put {ASK}/discard 1) $(put {ASK}/discard 1)\n" + tell("gone", "image_info") + "umount /mnt\nfresh\n")
    seen = desk.boot(script, name="by-hand")
    check("disks are mounted, nothing is resumed" in seen.console and not seen.has("^judge "), "was resumed on a running system")
    check(told(seen, "where") == "254:0" and told(seen, "still").startswith("state ready"), "the write did not set the place alone")
    check(told(seen, "discard") == "ok ENODATA", told(seen, "discard"))
    check(told(seen, "gone") == "none|" and seen.has("^fresh swap=usable"), "the area is no swap")
    desk.swap_sound()
