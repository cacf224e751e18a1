# SPDX-License-Identifier: GPL-2.0
"""What a case is written with: boots, whole cycles, and what must hold after them.

A case is a function of one argument, marked with @case. It raises Failed through the checks below, or Skip with its reason.
"""
import os
import random
import re
import shutil
import subprocess
import time
import zlib
from dataclasses import replace
from pathlib import Path

import initramfs
import swaparea
import vm

MIB = 1 << 20
CASES = {}
VERIFY = re.compile(r"PM: hibernation: verify: (\d+) checked, (\d+) excepted, (\d+) wrong")
RESULT = re.compile(r"PM: hibernation: result phase=(\S+) step=(\S+) errno=(-?\d+) reason=(\S+)")
MOST_EXCEPTED = 64
LEAST_FILL = 200


class Failed(Exception):
    """What was expected and not seen."""


class Skip(Exception):
    """The case cannot run here; the reason must stand in scripts/skips."""


def case(cpus=1, kernel="plain", on="both", seconds=60, quick=True, also=(), plain_only=""):
    """Registers a case.

    cpus: how many of the host's it keeps busy; kernel: which of the built ones; on: "ours", "mainline" or "both"; seconds: what
    it takes, for the order; quick: part of `make check`, else only of check-all; also: other kernels that it boots;
    plain_only: why it would fail on the debug kernel, if it would.
    """
    def mark(function):
        function.also, function.plain_only = also, plain_only
        function.cpus, function.kernel, function.on = cpus, kernel, on
        function.seconds, function.quick = seconds, quick
        if function.__name__ in CASES:
            raise ValueError(f"two cases with the name {function.__name__}")
        CASES[function.__name__] = function
        return function
    return mark


def check(condition, text):
    if not condition:
        raise Failed(text)


class Desk:
    """One case's place: its folder, disks, seed, and the kernel under test.

    Scaled: a case that is written for a plain kernel runs on the debug kernel. That one is slower, and takes much of memory itself:
    there is half a GiB more, a quarter is filled, and time limits are four times as long.
    """

    def __init__(self, name, flavour, kernel, build, seed=None, scaled=False):
        self.scaled = self.small = scaled
        self.name, self.flavour, self.kernel, self.build = name, flavour, kernel, build
        self.folder = build / "cases" / flavour / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.seed = seed if seed is not None else int(os.environ.get("SEED", "0")) or random.SystemRandom().getrandbits(31)
        self.random = random.Random(f"{self.seed} {name}")
        self.nonce = self.random.getrandbits(48)
        self.boots = 0
        self.accepted = None
        self.swap = None
        self.files = None
        self.machine = vm.Machine(kernel, accel=vm.probe(kernel, build))
        (self.folder / "seed").write_text(f"SEED={self.seed}\n")
        self.notes = []

    @property
    def ours(self):
        return self.flavour == "ours"

    def note(self, text):
        """Said beside the case's result."""
        self.notes.append(text)

    # What stands on the desk

    def add_swap(self, mib=1024, name="swap", **options):
        """A disk that is one swap area with UUID and label."""
        path = self.folder / f"{name}.img"
        area = swaparea.make(path, mib * MIB, self.random)
        disk = vm.Disk(path, **options)
        self.machine.disks.append(disk)
        if self.swap is None:
            self.swap = area
        return area

    def add_files(self, mib=128, name="files"):
        """A disk with an empty ext4."""
        path = self.folder / f"{name}.img"
        path.unlink(missing_ok=True)
        with open(path, "wb") as image:
            image.truncate(mib * MIB)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal" if name == "nojournal" else "has_journal", str(path)],
                       check=True, env={**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ["PATH"]})
        self.machine.disks.append(vm.Disk(path))
        self.files = path

    def standard(self, swap_mib=1024, files_mib=128, **changes):
        """Swap as vda, files as vdb; machine changed as asked."""
        self.machine = replace(self.machine, **changes)
        self.add_swap(swap_mib)
        self.add_files(files_mib)

    # Scripts

    def prime(self, anon=160, tmpfs=24, cache=24, procs=1, nonce=None):
        """Script lines: memory filled and the judge waiting."""
        if self.scaled:
            anon, tmpfs, cache = (-(-mib // 4) for mib in (anon, tmpfs, cache))
        check(anon + tmpfs + cache >= LEAST_FILL or self.small, f"a case fills at least {LEAST_FILL} MiB")
        self.filled = (anon // procs * procs if anon % procs else anon) + tmpfs + cache
        lines = ["swap_on"]
        what = [f"judge start nonce={nonce or self.nonce} seed={self.seed} anon={anon} procs={procs}"]
        if tmpfs:
            what.append(f"file=/tmp/filled:{tmpfs}")
        if cache:
            lines.append("mount_files")
            what.append(f"file=/mnt/filled:{cache}")
        lines.append(" ".join(what) + " || fail judge")
        return "\n".join(lines) + "\n"

    online = None  # CPUs that are online before and after; None: all

    @staticmethod
    def transition(mode="platform"):
        return f"hibernate {mode}\n"

    @staticmethod
    def verdict():
        """Script lines for the way back: all memory compared, all CPUs there, swap free, files sound."""
        return ("judge verify || fail memory\n"
                "tell_cpus\n"
                "tell used-swap $(used_swap)\n"
                "tell_efi after\n"
                "if grep -q /mnt /proc/mounts; then\n"
                "  echo again > /mnt/after && sync || fail writing files\n"
                "  judge stop; umount /mnt || fail umount\n"
                "fi\n"
                "tell verdict done\n")

    # Other kernels

    def other_kernel(self, name):
        """A kernel that make builds, as a file: "plain" or the name behind kernel-."""
        path = path_of(self.build, self.flavour, name)
        check(path.exists(), f"no kernel at {path}")
        return path

    def kexec(self, script="fresh\n", append=("resume=/dev/vda",), kernel=None, how="-c", name="kexec", **more):
        """A boot that looks for no image, and then starts another kernel without firmware; that one runs the script."""
        inner = initramfs.for_boot(self.build, script, self.folder / "inner")
        files = {**initramfs.kexec_files(), "kernel": (kernel or self.kernel).read_bytes(), "initrd": inner.read_bytes()}
        inner.unlink()
        line = " ".join([*vm.ALWAYS, "hibernate.verify=1", *append])
        return self.boot(f"kexec {how} -l /kernel --initrd=/initrd --command-line='{line}' || fail kexec\ntell kexec\nkexec -e\n",
                         name=name, files=files, **more)

    # Boots

    def boot(self, script, *, append=(), timeout=None, name=None, clean=True, machine=None, **more):
        """One boot; with clean, its log must hold no trouble and the guest must end by itself."""
        self.boots += 1
        options = list(append)
        if self.ours:
            options = [f"hibernate.verify={self.verifies:d}", *options]
        machine, timeout = machine or self.machine, timeout or self.patience
        if self.scaled:
            machine, timeout = replace(machine, mem=machine.mem + 512), 4 * timeout
            options.append("kunit.enable=0")
        seen = vm.boot(machine, script, self.folder / f"{self.boots}-{name or 'boot'}", self.build,
                       append=options, timeout=timeout, **more)
        if clean:
            self.must_be_clean(seen)
        return seen

    patience = 180
    verifies = True  # the kernel compares all frames after a resume

    def must_be_clean(self, seen):
        trouble = seen.trouble(self.accepted)
        check(not trouble, f"{seen.name}: {trouble[0].strip() if trouble else ''}")
        check(not seen.timed_out, f"{seen.name}: not over after {seen.took:.0f} s, last word: "
                                  f"{seen.words[-1][1] if seen.words else 'none'}")
        failed = seen.has(r"^(failed|init-failed) .*")
        check(not failed, f"{seen.name}: {failed.group(0) if failed else ''}")
        wrong = seen.has(r"^judge wrong .*")
        check(not wrong, f"{seen.name}: {wrong.group(0) if wrong else ''}")

    def went_down(self, seen, mode="platform"):
        """The boot ended in hibernation and nothing else."""
        check(seen.has(rf"^judge ready nonce={self.nonce}\b"), f"{seen.name}: memory was not filled")
        check(seen.has(r"^hibernating"), f"{seen.name}: hibernation was not asked for")
        back = seen.has(r"^hibernated .*")
        check(not back, f"{seen.name}: came back: {back.group(0) if back else ''} {self.last_result(seen)}")
        check(not seen.has(r"^script-ended"), f"{seen.name}: was shut down")
        if mode == "platform" and not seen.killed:
            check(seen.had_event("SUSPEND_DISK"), f"{seen.name}: the firmware was not asked for S4")

    def came_back(self, seen, nonce=None, swap_used=False):
        """The process from before answers in this boot, and all it holds is right."""
        fresh = seen.has(r"^fresh.*")
        check(not fresh, f"{seen.name}: booted afresh: {fresh.group(0) if fresh else ''} {self.last_result(seen)}")
        check(seen.has(r"^hibernated ok"), f"{seen.name}: the write to /sys/power/state did not return 0")
        judged = seen.has(rf"^judge nonce={nonce or self.nonce} bytes=(\d+) wrong=(\d+)")
        check(judged, f"{seen.name}: no answer from before")
        check(int(judged.group(2)) == 0, f"{seen.name}: {judged.group(2)} bytes are wrong")
        check(int(judged.group(1)) >= self.filled * MIB, f"{seen.name}: only {judged.group(1)} bytes were compared")
        check(seen.has(r"^verdict done"), f"{seen.name}: the script did not end")
        cpus = seen.has(r"^cpus (\S+)")
        wanted = self.online or ("0" if self.machine.smp == 1 else f"0-{self.machine.smp - 1}")
        check(cpus and cpus.group(1) == wanted, f"{seen.name}: CPUs online: {cpus.group(1) if cpus else '?'}, before: {wanted}")
        used = seen.has(r"^used-swap (\d+)")
        if self.ours and not swap_used:
            check(used and int(used.group(1)) == 0, f"{seen.name}: {used.group(1) if used else '?'} KiB of swap still in use")
        self.kernel_verified(seen, least=0 if swap_used else self.filled * MIB // 4096)

    def kernel_verified(self, seen, times=1, least=1):
        """Our kernel compared every saved frame, at least this many, and found none wrong."""
        if not self.ours or not self.verifies:
            return
        lines = [tuple(map(int, match.groups())) for match in VERIFY.finditer(seen.console)]
        check(len(lines) >= times, f"{seen.name}: {len(lines)} verify line(s), {times} expected")
        for checked, excepted, wrong in lines:
            check(wrong == 0, f"{seen.name}: {wrong} frames are wrong")
            check(excepted <= MOST_EXCEPTED, f"{seen.name}: {excepted} frames excepted")
            check(checked > least, f"{seen.name}: only {checked} frames checked")

    def last_result(self, seen):
        """The last result line on the console, as text."""
        found = RESULT.findall(seen.console)
        return "result phase=%s step=%s errno=%s reason=%s" % found[-1] if found else ""

    def result(self, seen, errno=None, reason=None, phase=None, step=None):
        """Our kernel left a result line like this."""
        if not self.ours:
            return
        found = RESULT.findall(seen.console)
        for got in found:
            if all(want is None or str(want) == have.rstrip(":") for want, have in zip((phase, step, errno, reason), got)):
                return
        raise Failed(f"{seen.name}: no result line with phase={phase} step={step} errno={errno} reason={reason}: {found}")

    def swap_sound(self, area=None):
        """The area on disk is swap again, with its UUID and label."""
        area = area or self.swap
        problem = area.problem()
        check(not problem, f"swap area: {problem}")

    def files_sound(self):
        if self.files:
            result = subprocess.run(["/sbin/e2fsck", "-fn", str(self.files)], capture_output=True, text=True, check=False)
            check(result.returncode == 0, f"e2fsck: {result.stdout.strip().splitlines()[-1:]}")

    # Whole cycles

    def down(self, mode="platform", prime=None, after=None, name="down", **more):
        """First boot: fill and hibernate. What the script does when it comes back is part of it."""
        script = (prime or self.prime()) + self.transition(mode) + (after or self.verdict())
        seen = self.boot(script, name=name, **more)
        self.went_down(seen, mode)
        return seen

    def up(self, script="fresh\n", name="up", resume="cmdline", append=(), **more):
        """Second boot: resumes by the command line, or by hand as an initramfs does."""
        options = list(append)
        if resume == "cmdline":
            options.append("resume=/dev/vda")
        elif resume == "initrd":
            script = "resume_by_hand /dev/vda\n" + script
        return self.boot(script, name=name, append=options, **more)

    def cycle(self, mode="platform", resume="cmdline", prime=None, append=(), up_machine=None, swap_used=False):
        """Down, up, judged, and the disk looked at afterwards."""
        down = self.down(mode, prime=prime, append=append)
        up = self.up(resume=resume, append=append, machine=up_machine)
        self.came_back(up, swap_used=swap_used)
        self.swap_sound()
        self.files_sound()
        self.note(f"down {down.took:.1f} s, up {up.took:.1f} s")
        return down, up


def run(function, flavour, kernel, build, keep=False, debug=False):
    """Runs one case, on the debug kernel if that is said; returns ("ok" | "skip" | "not ok", text, seconds)."""
    begin = time.monotonic()
    desk = Desk(function.__name__, flavour, kernel, build, scaled=debug and function.kernel != "debug")
    if debug or function.kernel == "debug":
        # While a kernel looks at its CPU anew it forgets for a moment that page tables have five levels, and an interrupt
        # that comes just then is a wild access to KASAN.
        desk.machine.cpu = "max,-la57"
    try:
        function(desk)
        outcome, text = "ok", "; ".join(desk.notes)
    except Skip as reason:
        outcome, text = "skip", str(reason)
    except Failed as reason:
        outcome, text = "not ok", f"{reason} (SEED={desk.seed}, logs in {os.path.relpath(desk.folder)})"
    if outcome != "not ok" and not keep:
        for image in [*desk.folder.glob("*.img"), *desk.folder.glob("*.log"), *desk.folder.glob("*.fd")]:
            image.unlink()
    return outcome, text, time.monotonic() - begin


def checksum(data):
    return zlib.crc32(data)


def path_of(build, flavour, kernel):
    """Where make puts the kernel that a case asks for."""
    name = {"ours": "kernel", "mainline": "mainline"}[flavour] + ("" if kernel == "plain" else f"-{kernel}")
    return Path(os.environ.get(f"HIB_{name.upper().replace('-', '_')}", build / name / "arch/x86/boot/bzImage"))
