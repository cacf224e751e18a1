# SPDX-License-Identifier: GPL-2.0
"""Jumps by kexec to code that comes back, and to kernels that do (CONFIG_KEXEC_JUMP)."""
import re

import initramfs
import vm
from case import case, check

ADDRESS = 0x4000000  # in use by the kernel that jumps, or by what was filled
TEXT, LOADED = 0xffffffff81000000, 0x1000000  # where the kernel's text lies if it is not moved
WINDOW = "memmap=exactmap memmap=540K@64K memmap=128M@64M"
FROM, TO = 0x10000, 0xbffffff

# The HPET's configuration register: bit 0, it runs; bit 1, it has the interrupts of the PIT and the RTC.
LOOK = """
hpet() { busybox devmem 0xfed00010 32; }
kernel_place()
{
	awk -F '[ :-]+' '/ Kernel code$/ { start = $2 } / Kernel bss$/ { end = $3 } END { print start, end }' /proc/iomem
}
before_jump()
{
	tell "text $(awk '$3 == "_text" { print $1 }' /proc/kallsyms) $(kernel_place)"
	tell "hpet before $(hpet)"
}
after_jump()
{
	tell "hpet after $(hpet)"
	begin=$(cut -d. -f1 /proc/uptime)
	sleep 2 && usleep 1000
	tell "slept $(($(cut -d. -f1 /proc/uptime) - begin))"
	dd if=/dev/vda of=/dev/null bs=1M count=8 iflag=direct 2>/dev/null || fail reading the disk
}
"""


def script(desk, way, **prime):
    """Memory is filled, the way is gone, and timers and disks are used."""
    return LOOK + desk.prime(**prime) + "before_jump\n" + way + "after_jump\n"


def code(times, place=f"{ADDRESS:#x} 4096"):
    """Script lines: so many jumps to code at that place."""
    return f'tell "jumped $(jump {place} {times})"\n'


def must_be_back(desk, seen):
    """Timers run as before, and the HPET with them."""
    jumped = seen.has(r"^jumped (.*)")
    check(jumped and jumped.group(1) == "ok", f"{seen.name}: {jumped.group(1) if jumped else 'did not come back'}")
    before, after = (seen.has(rf"^hpet {when} 0x(\w+)") for when in ("before", "after"))
    check(before and int(before.group(1), 16) & 3 == 3, f"{seen.name}: the HPET was not in use: this tests nothing")
    check(after and after.group(1) == before.group(1), f"{seen.name}: the HPET is not as it was")
    slept = seen.has(r"^slept (\d+)")
    check(slept and 1 <= int(slept.group(1)) <= 60, f"{seen.name}: a sleep of 2 s took {slept.group(1) if slept else 'for ever'}")


def must_be_whole(desk, seen):
    """What must hold after jumps in a run that hibernates not: memory, CPUs and files as they were."""
    must_be_back(desk, seen)
    check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), f"{seen.name}: memory was not compared")
    check(seen.has(r"^verdict done"), f"{seen.name}: the script did not end")
    cpus = seen.has(r"^cpus (\S+)").group(1)
    check(cpus == ("0" if desk.machine.smp == 1 else f"0-{desk.machine.smp - 1}"), f"{seen.name}: CPUs online: {cpus}")
    desk.files_sound()


def jump(desk, times, append=(), **changes):
    """Jumps to code that returns, as often as that, and all that must hold afterwards."""
    desk.standard(**changes)
    seen = desk.boot(script(desk, code(times)) + desk.verdict(), name="jump", append=append)
    calls = re.findall(r"^(\d)\r?$", seen.console, re.M)
    check(calls == [str(number % 10) for number in range(1, times + 1)], f"the code was called {len(calls)} times")
    must_be_whole(desk, seen)
    return seen


def moved(seen):
    """Whether the kernel's text lies elsewhere than where it was linked to, in addresses or in memory."""
    text, start = seen.has(r"^text (\w+) (\w+)").groups()
    return (int(text, 16), int(start, 16)) != (TEXT, LOADED)


@case(on="ours", seconds=25, plain_only="jumps with KASAN and lockdep were not tried")
def code_that_is_jumped_to_returns(desk):
    """Three jumps to code that destroys all registers: each comes back, and memory, disks and timers are as they were."""
    check(moved(jump(desk, 3)), "the kernel was not moved by KASLR")


@case(on="ours", seconds=60, quick=False)
def hibernation_works_after_jumps(desk):
    """Ten jumps, then a cycle as always."""
    desk.standard()
    down = desk.down("platform", prime=script(desk, code(10)))
    must_be_back(desk, down)
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=25, quick=False)
def code_is_jumped_to_without_kaslr(desk):
    """The same with a kernel that was not moved."""
    check(not moved(jump(desk, 3, append=["nokaslr"])), "the kernel was moved by KASLR")


@case(on="ours", seconds=40, quick=False)
def code_is_jumped_to_on_uefi(desk):
    """The same on UEFI; the firmware's variables can be read afterwards."""
    seen = jump(desk, 3, firmware="ovmf")
    check(seen.has(r"^efi after 7 \w+"), "firmware's variables cannot be read afterwards")


@case(on="ours", seconds=25, quick=False, plain_only="KASAN does not bear five levels while a CPU is looked at anew")
def code_is_jumped_to_with_five_levels(desk):
    """The same with page tables of five levels."""
    jump(desk, 3, cpu="max,+la57")


@case(on="ours", seconds=25, quick=False)
def code_is_jumped_to_with_four_levels(desk):
    """The same with page tables of four levels."""
    jump(desk, 3, cpu="max,-la57")


@case(cpus=2, on="ours", seconds=40, quick=False)
def code_in_place_of_the_kernel_returns(desk):
    """All of the kernel's code and data are exchanged, while the other CPUs sleep in them, as Intel's do: in MWAIT.

    They get 5 ms to leave it. By one thread the emulator runs each CPU in turn, and none of them waits for the host. No file
    system is mounted: a jump of several CPUs may hang with one.
    """
    desk.standard(smp=4, cpu="max,vendor=GenuineIntel", accel="tcg,thread=single")
    way = """
set -- $(kernel_place)
start=$((0x$1 & ~0xfff)); end=$(((0x$2 + 0xfff) & ~0xfff))
""" + code(3, "$start $((end - start))")
    seen = desk.boot(script(desk, way, anon=184, cache=0) + desk.verdict(), name="jump")
    must_be_whole(desk, seen)


# A kernel that comes back

INNER = """
tell inner $(grep MemTotal /proc/meminfo)
dd if=/dev/urandom of=/tmp/noise bs=1M count=20 2>/dev/null || fail noise
dd if=/dev/vda of=/dev/null bs=1M count=8 iflag=direct 2>/dev/null || fail reading the disk
entry=$(sed -n 's/.*kexec_jump_back_entry=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
kexec --load-jump-back-helper --entry=$entry || fail helper
tell going back
kexec -e
fail going back
"""


def to_kernel(desk, append=(), patient=True):
    """Script lines and files: a jump to a kernel, which fills its memory and jumps back by the helper of kexec-tools.

    kexec-tools do not expect to be back, and say then that they failed; so it is the other kernel that tells of its work.
    """
    inner = initramfs.for_boot(desk.build, INNER, desk.folder / "inner", files=initramfs.kexec_files())
    files = {**initramfs.kexec_files(), "kernel": desk.kernel.read_bytes(), "initrd": inner.read_bytes()}
    inner.unlink()
    words = [word for word in vm.ALWAYS if patient or word != "no_timer_check"]
    line = " ".join([*words, "nokaslr acpi=off nr_cpus=1", *append, WINDOW])
    return f"""
kexec -c -l /kernel --load-preserve-context --mem-min={FROM:#x} --mem-max={TO:#x} --initrd=/initrd --command-line='{line}' || fail kexec
kexec -e
tell jumped ok
""", files


def give_up(run, text):
    """A kernel without ACPI cannot switch off: after its failure there is nothing to wait for."""
    if text.startswith("failed "):
        run.kill()


def jump_to_kernel(desk, append=(), patient=True, **changes):
    """There and back, and all that must hold afterwards."""
    desk.standard(**changes)
    way, files = to_kernel(desk, append, patient)
    seen = desk.boot(script(desk, way) + desk.verdict(), name="jump", files=files, on_word=give_up)
    must_have_been(seen)
    must_be_whole(desk, seen)
    return seen


def must_have_been(seen):
    """The other kernel ran."""
    check(seen.console.count("Linux version ") == 2, f"{seen.name}: not two kernels started")
    check(seen.has(r"^inner MemTotal: +1\d{5} kB") and seen.has(r"^going back"), f"{seen.name}: the other kernel did not do its work")


@case(on="ours", seconds=40, quick=False)
def kernel_that_is_jumped_to_returns(desk):
    """The other kernel overwrites its memory, uses the disk, and gets its timer's interrupts although it knows of no HPET."""
    jump_to_kernel(desk, patient=False)


@case(on="ours", seconds=60, quick=False)
def kernel_is_jumped_to_on_uefi(desk):
    """The same on UEFI, whose services only the first kernel calls."""
    seen = jump_to_kernel(desk, append=["noefi"], firmware="ovmf")
    check(seen.has(r"^efi after 7 \w+"), "firmware's variables cannot be read afterwards")


@case(on="ours", seconds=40, quick=False)
def kernel_is_jumped_to_with_four_levels(desk):
    """Both kernels with page tables of four levels, and the first one where it was linked to."""
    jump_to_kernel(desk, cpu="max,-la57")
