# SPDX-License-Identifier: GPL-2.0
"""A second kernel writes the image, and goes back to the first one. It is the restore kernel, loaded by hibsave."""
import re
from dataclasses import replace

import swaparea
import vm
from asleep import TO_MEMORY, power_lost, waking
from case import MIB, case, check
from firmware import OFF, told, traced
from refused import not_resumed
from relay_bed import boot, keep, load, must_have_written
from steps import ARM, WAKE, each_failed, fail_each, resumes_after_all

CPU = "/sys/devices/system/cpu"
CLOCK = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
PANICS = "#!/bin/busybox sh\nexit 1\n"  # a kernel panics when its first process ends
BOOTS = "Linux version "
HANGS = "#!/bin/busybox sh\nwhile :; do /bin/busybox sleep 1000; done\n"


def cycle(desk, mode="platform", up_kernel=None, loads=load(), **prime):
    down = boot(desk, desk.prime(**prime) + loads + desk.transition(mode) + desk.verdict(), name="down")
    desk.note(down.has("^loaded (.*)").group(1))
    desk.went_down(down, mode)
    must_have_written(down)
    seen = desk.up(machine=replace(desk.machine, kernel=up_kernel) if up_kernel else None)
    desk.came_back(seen)
    desk.swap_sound()
    desk.files_sound()
    return down, seen


@case(on="ours", seconds=30, also=("restore",), plain_only="the second kernel is loaded beside a kernel that needs most of memory")
def second_kernel_writes_the_image(desk):
    """It writes what the first kernel has in memory, goes back, and the image is restored like any other."""
    desk.standard()
    cycle(desk)


@case(on="ours", seconds=30, also=("restore",), plain_only="the second kernel is loaded beside a kernel that needs most of memory")
def second_kernel_is_kept(desk):
    """It boots beforehand, and goes on where it left when there is an image to write."""
    desk.standard()
    down, _ = cycle(desk, loads=load() + keep())
    check(down.console.count(BOOTS) == 2, "the second kernel did not boot once")


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_leaves_firmware_alone(desk):
    """Firmware's methods are called by the first kernel, in the order of any S4, and by no other."""
    trace = traced(desk)
    desk.went_down(boot(desk, desk.prime() + load() + desk.transition("platform") + desk.verdict(), name="down"))
    told(trace, "T4 P4 W4 T0 T4 P4 G4", "down")
    desk.came_back(desk.up())
    told(trace, f"B4 W4 T0 {OFF}", "up")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_has_the_same_clock(desk):
    """It is told to trust the TSC, and what its frequency is, where this kernel does: it has nothing to compare it with."""
    desk.standard()
    wait = f"wait=20; until grep -qx tsc {CLOCK} || [ $wait = 0 ]; do wait=$((wait - 1)); sleep 1; done\ntell clock $(cat {CLOCK})\n"
    down = boot(desk, desk.prime() + wait + load() + desk.transition() + desk.verdict(), name="down")
    must_have_written(down)
    trusted = down.has("^clock tsc$") is not None
    check(trusted == bool(re.search(r"tsc=reliable tsc_early_khz=[0-9]{6,7} ", down.console)), f"{down.has('^clock .*')}")
    check(not trusted or "tsc: Marking TSC unstable" not in down.console.split(BOOTS)[-1], "its clock is another one")


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_in_mode_reboot(desk):
    """The machine restarts by itself."""
    desk.standard()
    cycle(desk, "reboot")


@case(cpus=2, on="ours", seconds=50, quick=False, also=("restore",))
def second_kernel_on_four_cpus(desk):
    """The other CPUs of the first kernel wait meanwhile, in memory that may be another kernel's."""
    desk.standard(smp=4)
    cycle(desk)


@case(cpus=4, on="ours", seconds=90, quick=False, also=("restore",))
def second_kernel_leaves_cpus_off(desk):
    """Two cores with two threads, nosmt, and one core switched off: so it is when the second kernel failed, and after a resume."""
    desk.standard(smp=4)
    desk.machine.extra = ["-smp", "4,sockets=1,cores=2,threads=2"]
    desk.online = "0"
    tell = f"tell %s $(cat {CPU}/online) $(cat {CPU}/smt/control)\n"
    down = boot(desk, desk.prime() + tell % "before" + f"setting {CPU}/cpu2/online 0\n" +
                load("--append", "'resume=/dev/nothing save.wait=0'") + desk.transition("shutdown") + tell % "back" +
                load() + desk.transition("shutdown") + desk.verdict() + tell % "after", append=["nosmt"], name="down")
    check(down.has("^before 0,2 off"), "nosmt made no difference: nothing was tested")
    check(down.has("^hibernated ENODEV") and down.has("^back 0 off"), f"after the failure: {down.has('^back .*')}")
    must_have_written(down)
    up = desk.up(append=["nosmt"])
    check(up.has("^after 0 off"), f"after the resume: {up.has('^after .*')}")
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_on_uefi(desk):
    """Memory below 640K is in pieces there."""
    desk.standard(firmware="ovmf")
    cycle(desk)


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_on_four_gib(desk):
    """Memory past 4 GiB is not in the second kernel's page tables, as long as it maps nothing."""
    desk.standard(mem=4608, swap_mib=2048)
    cycle(desk, "shutdown", anon=1200)


def add_boot_kernel(kernel):
    def boots(desk):
        desk.standard()
        cycle(desk, "shutdown", up_kernel=desk.other_kernel(kernel))

    boots.__name__ = f"second_kernel_wrote_for_{kernel}"
    boots.__doc__ = f"What it wrote is an image like any other: the {kernel} kernel restores it, too."
    case(on="ours", seconds=60, quick=False, also=("restore", kernel))(boots)


for boot_kernel in ("restore", "other", "noacpi", "kcsan"):
    add_boot_kernel(boot_kernel)


@case(on="ours", seconds=120, quick=False, also=("restore",))
def second_kernel_stays_loaded(desk):
    """Three cycles in a row, without loading it again: it is there after a resume, too."""
    desk.standard()
    script = "".join(desk.transition("shutdown") + "judge verify || fail memory\n" for _ in range(3))
    desk.went_down(boot(desk, desk.prime() + load() + script + desk.verdict(), name="down"), "shutdown")
    for again in range(2):
        up = desk.up(name=f"up-{again}")
        check(up.has("^hibernated ok"), f"{up.name}: did not come back {desk.last_result(up)}")
        must_have_written(up)
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=150, quick=False, also=("restore",))
def second_kernel_writes_five_images(desk):
    """It is booted once, and entered again where it left for each of five images, each of which is restored."""
    desk.standard()
    script = "".join(desk.transition("shutdown") + "judge verify || fail memory\n" for _ in range(5))
    down = boot(desk, desk.prime() + load() + keep() + script + desk.verdict(), name="down")
    desk.note(down.has("^kept (.*)").group(1))
    desk.went_down(down, "shutdown")
    check(down.console.count(BOOTS) == 2, f"{down.name}: the second kernel did not boot once")
    must_have_written(down)
    for again in range(4):
        up = desk.up(name=f"up-{again}")
        check(up.has("^hibernated ok"), f"{up.name}: did not come back {desk.last_result(up)}")
        must_have_written(up)
        check(up.console.count(BOOTS) == 1, f"{up.name}: the second kernel booted again")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(cpus=2, on="ours", seconds=80, quick=False, also=("restore",))
def second_kernel_is_kept_on_four_cpus(desk):
    """The same on UEFI, in mode platform."""
    desk.standard(smp=4, firmware="ovmf")
    cycle(desk, loads=load() + keep())


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_in_mode_suspend(desk):
    """The image is on the disk and the machine asleep. It is woken, and goes on from memory."""
    desk.standard()

    def ending(run, text):
        if text.startswith("script-ended"):
            run.kill()
    seen = boot(desk, desk.prime() + load() + TO_MEMORY + desk.transition("suspend") + desk.verdict(), name="woken",
                on_event=waking, on_word=ending)
    check(seen.had_event("SUSPEND") and seen.had_event("WAKEUP"), f"{seen.name}: did not sleep and wake up")
    check(seen.has(r"^hibernated ok") and seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), f"{seen.name}: memory is not intact")
    must_have_written(seen)
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_and_power_lost_in_sleep(desk):
    """The same, but the power goes: the image is restored."""
    desk.standard()
    seen = boot(desk, desk.prime() + load() + TO_MEMORY + desk.transition("suspend") + desk.verdict(), name="down", on_event=power_lost)
    must_have_written(seen)
    desk.came_back(desk.up())
    desk.swap_sound()


def saves_nearly_all(desk, mem, percent, window, up_kernel=None):
    """So much of memory in use that no copy would fit: nothing is dropped, nothing is written early, nothing is swapped out."""
    desk.standard(mem=mem, swap_mib=2 * mem, files_mib=64)
    script = ("swap_on\n" + load(window) +
              f"judge start nonce={desk.nonce} seed={desk.seed} anon=$(room_for {percent}) procs=1 || fail judge\n" +
              "tell before $(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) $(used_swap)\n" +
              desk.transition("shutdown") + desk.verdict() + "tell stats $(tr '\\n' ' ' <$power/hibernate/stats)\n")
    desk.filled = int(mem * percent) // 200
    down = boot(desk, script, name="down")
    desk.went_down(down, "shutdown")
    must_have_written(down)
    up = desk.up(machine=replace(desk.machine, kernel=up_kernel or desk.kernel))
    desk.came_back(up, swap_used=True)
    stats = up.has(r"^stats .*").group(0)
    for what in ("precopied_pages", "copied_pages", "dropped_pages", "reclaimed_pages"):
        check(f" {what} 0 " in stats, f"{what} is not 0: {stats}")
    desk.note(stats[:200])


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_saves_nearly_all(desk):
    """88 % of 1 GiB."""
    saves_nearly_all(desk, 1024, 88, "--window 32")


@case(on="ours", seconds=180, quick=False, also=("restore",))
def second_kernel_saves_nearly_all_of_four_gib(desk):
    """95 % of 4 GiB, restored by the restore kernel. More is too large for a boot kernel like this one, which is what counts."""
    desk.patience = 600
    desk.verifies = False  # the digests of all frames would be too much, so the judge alone compares
    saves_nearly_all(desk, 4096, 95.1, "", desk.other_kernel("restore"))


HIBSAVE = """
try() { said=$(hibsave "$@" 2>&1); echo "$? $(echo "$said" | tr '\\n' ';')" ; }
tell empty $(try status)
tell word $(try start)
tell option $(try load --window)
tell no-kernel $(try load)
tell no-initrd $(try load --kernel /save-kernel)
tell no-number $(try load --window 0x40 --kernel /save-kernel --initrd /save-initrd)
tell small $(try load --window 15 --kernel /save-kernel --initrd /save-initrd)
tell large $(try load --window 9999 --kernel /save-kernel --initrd /save-initrd)
tell no-bzimage $(try load --kernel /save-initrd --initrd /save-initrd)
mount_files
dd if=/dev/zero of=/mnt/target bs=1M count=2 2>/dev/null && sync
setting $power/hibernate/target /mnt/target
tell file $(try load --kernel /save-kernel --initrd /save-initrd)
setting $power/hibernate/target none
tell still $(try status)
tell not-kept $(try keep)
tell loads $(try load --kernel /save-kernel --initrd /save-initrd)
tell full $(try status)
tell keeps $(try keep)
tell kept $(try status)
tell again $(try load --window 32 --kernel /save-kernel --initrd /save-initrd)
tell unloads $(try unload)
tell gone $(try status)
"""


@case(on="ours", seconds=20, quick=False, also=("restore",))
def hibsave_says_what_is_missing(desk):
    """Its commands, and one message for each thing that can be missing; what was loaded last counts."""
    desk.standard(files_mib=640)  # large enough for ext4 to have blocks of a page, which a target needs
    seen = boot(desk, "swap_on\n" + HIBSAVE, name="hibsave")
    for name, expected in {
            "empty": "1 loaded: no;kept: 0 bytes;window: ;writer: self;",
            "word": "2 usage: ", "option": "2 usage: ",
            "no-kernel": "1 hibsave: no second kernel: cannot read /boot/vmlinuz-save;",
            "no-initrd": "1 hibsave: no initramfs for it: cannot read /boot/initrd.img-save;",
            "no-number": "1 hibsave: --window: '0x40' is no number of MiB;",
            "small": "1 hibsave: --window: at least 16 MiB;",
            "large": "1 hibsave: no free range of 9999 MiB between 16 MiB and 4 GiB",
            "no-bzimage": "1 .*hibsave: kexec does not load /save-initrd into 64 MiB at 0x",
            "file": "1 hibsave: /mnt/target is a file: put resume= and resume_offset= on the command line of this kernel;",
            "still": "1 loaded: no;kept: 0 bytes;window: ;writer: self;",
            "not-kept": "1 hibsave: the second kernel cannot be kept: .*second: no window is named",
            "loads": "0 second kernel: /save-kernel, [1-9][0-9]* MiB .*;window: 64 MiB at 0x[0-9a-f]+;.*;place: UUID=[-0-9a-f]{36};",
            "full": "0 loaded: yes;kept: 0 bytes;window: 0x[0-9a-f]+-0x[0-9a-f]+,0x[0-9a-f]+-0x[0-9a-f]+;writer: second;",
            "keeps": "0 second kernel: booted, [1-9][0-9]* MiB ", "kept": "0 loaded: no;kept: [1-9][0-9]* bytes;.*writer: second;",
            "again": "0 second kernel: .*;window: 32 MiB at 0x",
            "unloads": "0", "gone": "1 loaded: no;kept: 0 bytes;window: ;writer: self;"}.items():
        said = seen.has(rf"^{name} .*").group(0)
        check(re.match(rf"{name} {expected}", said), f"{said}: expected '{expected}'")


# Failures

def fails(desk, errno, reason, script=None, init=None):
    """A hibernation that fails, with memory intact, and then another one by this kernel itself, which is restored."""
    down = boot(desk, desk.prime() + (load() if script is None else script) + desk.transition("shutdown") +
                "judge verify || fail memory\nsetting $power/hibernate/writer self\n" + desk.transition("shutdown") + desk.verdict(),
                name="down", init=init)
    check(down.has(rf"^hibernated {errno}"), f"{down.name}: {down.has('^hibernated .*')}")
    check(down.has(r"^judge nonce=\d+ bytes=\d+ wrong=0"), f"{down.name}: memory is not intact")
    check(reason in down.console, f"{down.name}: '{reason}' is not told")
    desk.machine.disks[0].errors = []
    desk.came_back(desk.up())
    desk.swap_sound()
    return down


@case(on="ours", seconds=90, quick=False, also=("restore",))
def each_step_of_the_second_writer_fails(desk):
    """Every step fails once, the last one when the image is valid already; then a second kernel writes one that is restored."""
    desk.standard()
    desk.patience = 400
    down = boot(desk, desk.prime() + load() + fail_each("second_down") + "hibernate platform\n" + desk.verdict(), name="down")
    each_failed(down, "second_down")
    must_have_written(down)  # the step that would say so failed once
    check(down.console.count("this kernel writes the image of another one") == 2, "the second kernel did not run twice")
    resumes_after_all(desk)


@case(on="ours", seconds=90, quick=False, also=("restore",))
def each_step_of_keeping_fails(desk):
    """Every step before the second kernel boots fails once; then it is kept, and writes an image that is restored."""
    desk.standard()
    desk.patience = 400
    script = load() + fail_each("keep", "result=$(put $power/hibernate/keep 1)") + "tell none $(cat $power/hibernate/keep)\n" + keep()
    down = boot(desk, desk.prime() + script + "hibernate platform\n" + desk.verdict(), name="down")
    each_failed(down, "keep")
    check(down.has("^none 0$"), "something is kept of what failed")
    check(down.console.count(BOOTS) == 2, "the second kernel did not boot once")
    must_have_written(down)
    resumes_after_all(desk)


@case(on="ours", seconds=60, quick=False, also=("restore",))
def kept_second_kernel_that_fails(desk):
    """It answers with an errno, and again, as what it did is forgotten; a test of the nest by pm_test keeps none."""
    desk.standard()
    script = (load("--append", "'resume=/dev/nothing save.wait=0'") + "setting /sys/power/pm_test core\ntell tested $(put $power/hibernate/keep 1)\n"
              "setting /sys/power/pm_test none\n" + keep() + 2 * (desk.transition("shutdown") + "judge verify || fail memory\n"))
    down = boot(desk, desk.prime() + script + "setting $power/hibernate/writer self\n" + desk.transition("shutdown") + desk.verdict(),
                name="down")
    check(down.has("^tested EAGAIN"), f"{down.has('^tested .*')}")
    check(sum(text.startswith("hibernated ENODEV") for _, text in down.words) == 2, "it did not answer twice")
    check(down.console.count(BOOTS) == 2, "the second kernel did not boot once")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_that_may_not_be_kept(desk):
    """There is no memory for it: memory is intact, and nothing is kept. A system that may not hibernate enters no kernel."""
    desk.standard(mem=1024)
    told = "tell kept $(put $power/hibernate/keep 1) $(cat $power/hibernate/keep)\n"
    fill = f"judge start nonce={desk.nonce} seed={desk.seed} anon=$(room_for 88) procs=1 || fail judge\n"
    full = boot(desk, load("--window 128") + fill + told + "judge verify\n", name="full", append=["resume=/dev/vda"])
    check(full.has("^kept ENOMEM 0$"), f"{full.has('^kept .*')}")
    check(full.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
    desk.result(full, errno=-12, reason="memory")
    refused = boot(desk, load() + told, name="refused", append=["resume=/dev/vda", "nohibernate"])
    check(refused.has("^kept EPERM 0$"), f"{refused.has('^kept .*')}")
    check(full.console.count(BOOTS) == 1 and refused.console.count(BOOTS) == 1, "the second kernel booted")


@case(on="ours", seconds=60, quick=False, also=("restore",))
def cancelled_second_writer_withdraws_the_image(desk):
    """A wake-up event that came while the second kernel wrote: the image is withdrawn, and the system goes on."""
    desk.standard()
    script = f"{ARM}setting {WAKE} written\nhibernate platform\ntell swap $(used_swap)\nsetting {WAKE} none\njudge verify || fail memory\n"
    down = boot(desk, desk.prime() + load() + script + "hibernate platform\n" + desk.verdict(), name="down")
    check(down.has("^hibernated EBUSY") and down.has("^swap 0"), f"{down.has('^hibernated .*')} {down.has('^swap .*')}")
    desk.result(down, errno=-16, reason="wakeup")
    must_have_written(down, times=2)
    resumes_after_all(desk)


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_that_is_missing(desk):
    """No window; one past memory; no kernel is loaded: errno and reason say so, and this kernel can write its image."""
    desk.standard()
    script = ("setting $power/hibernate/writer second\n" + desk.transition("shutdown") +
              "setting $power/hibernate/window 0x4000000-0xf0000000\n" + desk.transition("shutdown") +
              "setting $power/hibernate/window 0x4000000-0x8000000\n")
    down = fails(desk, "ENOENT", "second: no kernel is loaded", script)
    for reason in ("second: no window is named", "second: a window is not all memory"):
        check(reason in down.console, f"'{reason}' is not told")


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_without_the_device(desk):
    """resume= of the second kernel names no device: it goes back and says so."""
    desk.standard()
    fails(desk, "ENODEV", "device: /dev/nothing is not there", load("--append", "'resume=/dev/nothing save.wait=0'"))


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_with_another_area(desk):
    """Its resume= names another swap area than that of the image: nothing is written to it."""
    desk.standard()
    desk.add_swap(name="other")
    fails(desk, "ENODEV", "has another swap area", load("--append", "'resume=/dev/vdc save.wait=0'"))


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_with_a_copy(desk):
    """Its resume= names a copy of the area, with the same UUID and size: nothing is written to that."""
    desk.standard()
    path = desk.folder / "copy.img"
    swaparea.copy(desk.swap.path, path)
    desk.machine.disks.append(vm.Disk(path))
    before = path.stat().st_blocks
    fails(desk, "ENODEV", "vdc has other blocks", load("--append", "'resume=/dev/vdc save.wait=0'"))
    check(path.stat().st_blocks == before, "the copy was written to")


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_whose_write_fails(desk):
    """The disk refuses a write in the middle of the image: EIO, and the first kernel goes on."""
    desk.standard()
    desk.machine.disks[0].errors = [{"iotype": "write", "sector": 16 * MIB // 512, "once": True}]
    fails(desk, "EIO", "second: write: page data")


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_without_room(desk):
    """The area is full before all is written: ENOSPC, and nothing is lost."""
    desk.standard(swap_mib=100)
    down = boot(desk, desk.prime(anon=200) + load() + desk.transition("shutdown") + "judge verify || fail memory\n", name="down")
    check(down.has("^hibernated ENOSPC"), f"{down.has('^hibernated .*')}")
    check(down.has(r"^judge nonce=\d+ bytes=\d+ wrong=0"), "memory is not intact")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_that_panics(desk):
    """The machine restarts, and the next boot finds swap as it was."""
    desk.standard()
    down = boot(desk, desk.prime() + load() + desk.transition("shutdown") + desk.verdict(), init=PANICS, name="down", clean=False)
    check("Attempted to kill init" in down.console and not down.has("^hibernated"), "the second kernel did not panic")
    check(not down.timed_out, "the machine did not restart")
    not_resumed(desk)


@case(on="ours", seconds=60, quick=False, also=("restore",))
def second_kernel_that_hangs(desk):
    """It never begins to write: when its limit is over it restarts the machine."""
    desk.standard()
    down = boot(desk, desk.prime() + load("--append", "hibernate.saver_limit=10") + desk.transition("shutdown") + desk.verdict(),
                init=HANGS, name="down")
    check("no progress for 10 s: restarting the machine" in down.console and not down.has("^hibernated"), "it was not given up")
    not_resumed(desk)
