# SPDX-License-Identifier: GPL-2.0
"""Swap areas: which one is taken, and which one a name means."""
import swaparea
import vm
from case import MIB, case, check
from mapper import MAPPER, dmsetup
from refused import fresh_and_sound

PARAMETERS = "/sys/module/hibernate/parameters"


def fresh_on(desk, name, *append):
    seen = desk.boot("tell quiet\n", name=name, append=append)
    check(seen.has("^quiet") and not seen.has("^judge "), f"{name}: was resumed")
    return seen


@case(on="ours", seconds=45)
def two_disks_of_one_uuid_are_left_alone(desk):
    """locate: the first device that matched was taken, and a label matched in part.

    A copy of the disk: UUID= and LABEL= name both and touch neither; alone again, the disk is found. Labels are compared whole.
    """
    desk.standard(swap_mib=512)
    label = "dormouse-of-16-c"  # as long as there is room for
    desk.swap.header = desk.swap.header[:1052] + label.encode() + desk.swap.header[1068:]
    with open(desk.swap.path, "r+b") as disk:
        disk.write(desk.swap.header)
    desk.down("shutdown")
    copy = swaparea.Area(desk.folder / "copy.img", desk.swap.header)
    swaparea.copy(desk.swap.path, copy.path)
    desk.machine.disks.append(vm.Disk(copy.path))
    for name, append in {"uuid": [f"resume=UUID={swaparea.uuid_of(desk.swap)}"], "label": [f"resume=LABEL={label}"],
                         "noresume": [f"resume=UUID={swaparea.uuid_of(desk.swap)}", "noresume"]}.items():
        seen = fresh_on(desk, name, *append)
        check("vda and vdc are the same swap area" in seen.console, f"{name}: the two are not named")
        check(desk.swap.armed() and copy.armed(), f"{name}: an image was touched")
    desk.machine.disks.pop()
    fresh_on(desk, "longer", f"resume=LABEL={label}haracters")
    check(desk.swap.armed(), "a longer label was taken")
    desk.came_back(desk.up(resume=None, append=[f"resume=UUID={swaparea.uuid_of(desk.swap)}"]))
    desk.swap_sound()


@case(on="ours", seconds=25)
def noresume_retires_late_device(desk):
    """locate: an image stayed if its device came after the initcalls.

    The device comes when the initcalls are long over, as with a driver in an initramfs.
    """
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    late = desk.boot("sleep 2\nlosetup -f /dev/vda || fail losetup\n"
                     "for i in 1 2 3 4 5 6 7 8 9 10; do dmesg | grep -q 'was told not to resume' && break; sleep 1; done\n"
                     "losetup -d /dev/loop0\nsync\ntell quiet\n",
                     name="late", append=["resume=/dev/loop0", "noresume", "max_loop=0"])
    check(late.has("^quiet") and "was told not to resume" in late.console, "the image was not retired")
    fresh_and_sound(desk, desk.up(name="after"), "late device")


@case(on="ours", seconds=25, quick=False)
def noresume_retires_device_that_was_busy(desk):
    """hibernate: a late device was looked at only once, also if it was busy.

    The late device is claimed by somebody for a few seconds when it comes: it is looked at again.
    """
    desk.standard(swap_mib=512)
    desk.down("shutdown")
    desk.boot("sleep 2\nlosetup /dev/loop0 /dev/vda || fail losetup\nclaim /dev/loop0 sleep 4\n"
              "wait_for 20 sh -c \"dmesg | grep -q 'was told not to resume'\"\nlosetup -d /dev/loop0\nsync\n",
              name="late", append=["resume=/dev/loop0", "noresume"])
    up = desk.up(name="after")
    check(not up.has("^judge ") and up.has("^fresh swap=usable"), "was resumed")
    desk.swap_sound()


@case(on="ours", seconds=20)
def naming_live_swap_is_no_event(desk):
    """load: the place of swap in use was taken for a failed resume.

    What systemd does before it hibernates: the area, in use as swap, is written to resume. No error line, last_error stays.
    """
    desk.standard()
    seen = desk.boot("swap_on\nresume_by_hand /dev/vda\ntell first $(cat $power/hibernate/last_error)\ntell info $(cat $power/hibernate/image_info)\n"
                     f"setting {PARAMETERS}/fail_step memory:12\nhibernate shutdown\nresume_by_hand /dev/vda\n"
                     "tell second $(cat $power/hibernate/last_error)\ntell named $(cat $power/resume) $(number_of /dev/vda)\n", name="live")
    check(seen.has("^first none"), "it was taken for a failed resume")
    check(seen.has("^info none"), "an image was seen in live swap")
    check(seen.has("^second phase=hibernate step=memory errno=-12"), "the last failure was forgotten")
    named = seen.has(r"^named (\S+) (\S+)")
    check(named and named.group(1) == named.group(2), "the place was not taken")
    check("phase=resume" not in seen.console and "cannot be opened" not in seen.console, "the log complains")


@case(seconds=45, quick=False)
def mapper_on_loop_refused(desk):
    """area: swap on device mapper on a loop device waited forever.

    dm-linear on a loop device is refused by the loop device's name; beside a disk it is in use, and nothing is pushed out to it.
    """
    desk.standard(swap_mib=512)
    script = MAPPER + desk.prime().replace("swap_on\n", "")
    script += ("dd if=/dev/zero of=/mnt/loop bs=1M count=64 2>/dev/null && losetup /dev/loop0 /mnt/loop || fail losetup\n"
               "mapper upon /dev/loop0\nmkswap /dev/dm-0 >/dev/null && swapon /dev/dm-0 || fail swapon\n"
               "hibernate shutdown\ntell refused $result $(cat $power/hibernate/last_error)\n"
               "swap_on /dev/vda\nsetting $power/image_size 1\n")
    after = ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap /dev/vda)\njudge stop\n"
             "swapoff /dev/dm-0 && dmsetup --noudevsync remove upon && losetup -d /dev/loop0 && umount /mnt || fail umount\ntell verdict done\n")
    down = desk.boot(script + desk.transition("shutdown") + after, name="down", files=dmsetup())
    refused = down.has("^refused EOPNOTSUPP phase=hibernate step=preflight .*swap: .*loop0 stands still")
    check(refused, f"not refused by name: {down.has('^refused.*') and down.has('^refused.*').group(0)}")
    results = [text for _, text in down.words if text.startswith("hibernated")]
    check(len(results) == 1, f"came back: {results} {desk.last_result(down)}")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=45, quick=False)
def area_exchanged_while_syncing_refused(desk):
    """swap: another swap file with the same number was taken for the first.

    While sync is slow the swap file is switched off, and another one on the same disk takes its number: nothing is written.
    """
    desk.add_files(640)  # smaller ones have blocks of 1 KiB
    desk.add_files(128, name="slow")
    desk.machine.disks[1].bps_write = 4 * MIB
    script = ("mount_files /dev/vda\nmkdir /slow && mount -t ext4 /dev/vdb /slow || fail mount\n"
              "for n in 1 2; do\n  dd if=/dev/zero of=/mnt/swap$n bs=1M count=200 2>/dev/null && mkswap /mnt/swap$n >/dev/null || fail swap file\n"
              "done\nsync\nswapon /mnt/swap1 || fail swapon\n" + desk.prime(cache=0, anon=176).replace("swap_on\n", ""))
    script += ("dd if=/dev/urandom of=/slow/dirty bs=1M count=32 2>/dev/null || fail writing\n"
               "(wait_for 30 sh -c \"dmesg | grep -q 'hibernation entry'\"; sleep 1; swapoff /mnt/swap1 && swapon /mnt/swap2; tell exchanged) &\n"
               "hibernate shutdown\ntell gave $result $(cat $power/hibernate/last_error)\njudge verify || fail memory\ntell header $(tail -c +4087 /mnt/swap1 | head -c 10)\n")
    seen = desk.boot(script, name="down")
    check(seen.has("^exchanged"), "the area was not exchanged in time")
    check(seen.has("^gave ENODEV phase=hibernate step=slots .*swap"), f"{seen.has('^gave.*') and seen.has('^gave.*').group(0)}")
    check(seen.has("^header SWAPSPACE2"), "the old area's header was written")
    check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
