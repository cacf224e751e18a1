# SPDX-License-Identifier: GPL-2.0
"""One run of QEMU: from its description to what was seen of it."""
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import clock
import initramfs

PORT = 0x6E0
OVMF_CODE = "/usr/share/OVMF/OVMF_CODE.fd"
OVMF_VARS = "/usr/share/OVMF/OVMF_VARS.fd"
MACHINES = {
    "q35": ["-machine", "q35", "-global", "ICH9-LPC.disable_s4=0", "-global", "ICH9-LPC.disable_s3=0"],
    "pc": ["-machine", "pc", "-global", "PIIX4_PM.disable_s4=0", "-global", "PIIX4_PM.disable_s3=0"],
}
# Alarms panic. An emulated CPU may get no time for seconds, which is the host's affair: so they are patient, but less so than a
# case. A soft lockup is twice watchdog_thresh; hung tasks are looked for outside of transitions alone, by the kernel's own choice.
ALARMS = ["sysctl.kernel.hung_task_panic=1", "sysctl.kernel.hung_task_timeout_secs=100", "softlockup_panic=1",
          "watchdog_thresh=40", "sysctl.kernel.panic_on_rcu_stall=1", "rcupdate.rcu_cpu_stall_timeout=80"]
ALWAYS = ["console=ttyS0", "panic=-1", "oops=panic", "panic_on_warn=1", "no_timer_check", *ALARMS, *clock.words()]
TROUBLE = re.compile(r"\bBUG\b|WARNING|KASAN:|KCSAN:|UBSAN:|suspicious|Oops|Call Trace|Kernel panic|nable to handle|"
                     r"possible (recursive|circular) locking|refcount_t|INFO: task .* blocked|rcu: INFO|hung_task:|soft lockup|hard LOCKUP|"
                     r"list_(add|del) corruption|Bad page state|general protection")


@dataclass(eq=False)
class Disk:
    """A disk, in the order given; names() tells what the guest calls each."""
    path: Path
    cache: str = "unsafe"
    log: Path = None
    bps_write: int = 0
    bps_read: int = 0
    errors: list = field(default_factory=list)  # of dicts: iotype, sector, errno, once; event, state
    states: list = field(default_factory=list)  # of dicts: event, state, new_state
    serial: str = ""
    bus: str = "virtio"  # virtio, nvme, scsi, ahci, usb
    block: int = 512  # bytes of a logical block
    fua: bool = False  # scsi takes FUA writes; the others do as they are built
    wwn: int = 0  # scsi: what the unit says of itself; two disks on one file with the same are two paths to it
    discard: bool = None  # virtio: can discard, and what is discarded is a hole of the file; cannot; None: can, and keeps its bytes

    def device(self, index):
        """QEMU's words for what the guest sees."""
        options = [f"drive=disk{index}", f"logical_block_size={self.block}", f"physical_block_size={self.block}"]
        if self.serial or self.bus == "nvme":
            options.append(f"serial={self.serial or f'disk{index}'}")
        if self.wwn:
            options += [f"wwn={self.wwn:#x}", "share-rw=on"]
        controller, model = {
            "virtio": ([], ["virtio-blk-pci", *(["discard=off", "write-zeroes=off"] if self.discard is False else [])]),
            "nvme": ([], ["nvme"]),
            "scsi": ([f"virtio-scsi-pci,id=host{index}"], ["scsi-hd", f"bus=host{index}.0", f"dpofua={'on' if self.fua else 'off'}"]),
            "ahci": ([], ["ide-hd", f"bus=ide.{index}"]),
            "usb": ([f"qemu-xhci,id=host{index}"], ["usb-storage", f"bus=host{index}.0"]),
        }[self.bus]
        return [word for device in (*controller, ",".join([*model, *options])) for word in ("-device", device)]

    def options(self, index):
        """QEMU's words for it."""
        node = {"driver": "file", "filename": str(self.path), "discard": "unmap",
                "cache": {"direct": False, "no-flush": self.cache == "unsafe"}}
        if self.errors:
            node = {"driver": "blkdebug", "image": node, "inject-error": [
                {"event": "none", "errno": 5, "once": False, **error} for error in self.errors]}
            if self.states:
                node["set-state"] = self.states
        if self.log:
            self.log.write_bytes(b"")
            node = {"driver": "blklogwrites", "file": {"driver": "raw", "file": node},
                    "log": {"driver": "file", "filename": str(self.log)}, "log-sector-size": 512}
        else:
            node = {"driver": "raw", "file": node, "discard": "unmap" if self.discard else "ignore"}
        options = []
        if self.bps_write or self.bps_read:
            options += ["-object", f"throttle-group,id=limit{index},x-bps-write={self.bps_write},x-bps-read={self.bps_read}"]
            node = {"driver": "throttle", "throttle-group": f"limit{index}", "file": node}
        node["node-name"] = f"disk{index}"
        return options + ["-blockdev", json.dumps(node), *self.device(index)]


def names(disks):
    """What the guest calls them, as /dev/NAME."""
    found, counted = [], {}
    for disk in disks:
        kind = disk.bus if disk.bus in ("virtio", "nvme") else "sd"
        number = counted[kind] = counted.get(kind, -1) + 1
        found.append({"virtio": f"/dev/vd{chr(97 + number)}", "nvme": f"/dev/nvme{number}n1", "sd": f"/dev/sd{chr(97 + number)}"}[kind])
    return found


@dataclass
class Machine:
    """What stands on the desk, the kernel included."""
    kernel: Path
    machine: str = "q35"
    firmware: str = "bios"
    smp: int = 1
    mem: int = 768
    numa: bool = False
    iommu: bool = False
    cpu: str = "max"
    disks: list = field(default_factory=list)
    append: list = field(default_factory=list)
    extra: list = field(default_factory=list)
    accel: str = "tcg,thread=multi"


@dataclass
class Seen:
    """What a run left: the guest's words with the host's time, console, QEMU's events."""
    name: str
    words: list = field(default_factory=list)
    events: list = field(default_factory=list)
    console: str = ""
    lines: list = field(default_factory=list)  # of the console, each with the host's time at which it was seen
    status: int = None
    timed_out: bool = False
    killed: bool = False
    started: float = 0.0
    console_at: float = None
    took: float = 0.0

    def has(self, pattern):
        """The first match among the guest's words."""
        for _, text in self.words:
            match = re.search(pattern, text)
            if match:
                return match
        return None

    def when(self, pattern):
        """Host's time of the first word that matches."""
        for moment, text in self.words:
            if re.search(pattern, text):
                return moment
        return None

    def trouble(self, accepted=None):
        """Lines of the console that no run may have."""
        found = [line for line in self.console.splitlines()
                 if TROUBLE.search(line) and "Command line:" not in line and "Kernel command line" not in line
                 and not (accepted and re.search(accepted, line))]
        return found

    def had_event(self, name):
        return any(event == name for _, event, _ in self.events)


def behind_iommu(words, split):
    """The same machine with an Intel IOMMU, which remaps DMA of all virtio devices, and interrupts."""
    words = [f"{word},iommu_platform=on,disable-legacy=on" if before == "-device" and word.startswith("virtio-") else word
             for before, word in zip(["", *words], words)]
    unit = ["-device", "intel-iommu,intremap=on"]
    machine = words.index("-machine") + 1
    if split:
        words[machine] += ",kernel-irqchip=split"
    first = words.index("-device")
    return words[:first] + unit + words[first:]


def command(machine, initrd, append, folder, fds):
    """QEMU's command line."""
    words = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
             "-accel", machine.accel, "-cpu", machine.cpu if "kvm" not in machine.accel else machine.cpu.replace("max", "host"),
             "-smp", f"{machine.smp},sockets=2" if machine.numa else str(machine.smp), "-m", f"{machine.mem}M", *MACHINES[machine.machine],
             "-serial", f"file:{folder}/console", "-device", "virtio-rng-pci",
             "-chardev", f"socket,id=words,fd={fds[0]}", "-device", f"isa-debugcon,iobase={PORT:#x},chardev=words",
             "-chardev", f"socket,id=qmp,fd={fds[1]}", "-mon", "chardev=qmp,mode=control",
             "-kernel", str(machine.kernel), "-initrd", str(initrd), "-append", " ".join(append)]
    if machine.firmware == "ovmf":
        variables = folder.parent / "ovmf-vars.fd"
        if not variables.exists():
            shutil.copy(OVMF_VARS, variables)
        words += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF_CODE}",
                  "-drive", f"if=pflash,format=raw,file={variables}"]
    if machine.numa:
        half = machine.mem // 2
        for node in range(2):
            cpus = [cpu for cpu in range(machine.smp) if cpu * 2 // max(machine.smp, 2) == node]
            words += ["-object", f"memory-backend-ram,id=m{node},size={half}M",
                      "-numa", f"node,nodeid={node},memdev=m{node}" + "".join(f",cpus={cpu}" for cpu in cpus)]
    for index, disk in enumerate(machine.disks):
        words += disk.options(index)
    words += machine.extra
    return behind_iommu(words, "kvm" in machine.accel) if machine.iommu else words


def timed(raw, grown):
    """The console's lines with the moment at which their ends were seen; grown: (moment, bytes), in order."""
    lines, end, step = [], 0, 0
    for line in raw.splitlines(keepends=True):
        end += len(line)
        while step + 1 < len(grown) and grown[step][1] < end:
            step += 1
        lines.append((grown[step][0], line.decode(errors="replace").strip()))
    return lines


class Wire:
    """A socket to QEMU that is read by lines."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        os.set_inheritable(self.theirs.fileno(), True)
        self.ours.setblocking(False)
        self.rest = b""
        self.open = True

    def lines(self):
        """What came since the last call."""
        try:
            data = self.ours.recv(65536)
        except BlockingIOError:
            return []
        except ConnectionResetError:
            data = b""
        if not data:
            self.open = False
        *complete, self.rest = (self.rest + data).split(b"\n")
        return [line.decode(errors="replace").strip() for line in complete]

    def close(self):
        self.ours.close()


class Run:
    """A running QEMU; a case's callback may act on it."""

    def __init__(self, machine, initrd, append, folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.words_wire, self.qmp_wire = Wire(), Wire()
        fds = [self.words_wire.theirs.fileno(), self.qmp_wire.theirs.fileno()]
        self.command = command(machine, initrd, append, folder, fds)
        (folder / "command").write_text(" ".join(f"'{word}'" for word in self.command) + "\n")
        self.errors = open(folder / "qemu-errors", "w", encoding="utf-8")
        self.seen = Seen(name, started=time.monotonic())
        self.process = subprocess.Popen(self.command, pass_fds=fds, stdin=subprocess.DEVNULL,
                                        stdout=self.errors, stderr=self.errors)
        self.words_wire.theirs.close()
        self.qmp_wire.theirs.close()
        self.acted = self.heard = 0  # stages of on_console, and how far the console was read for them
        self.grown = [(self.seen.started, 0)]  # when the console had how many bytes
        self.ask("qmp_capabilities")

    def ask(self, what, **arguments):
        """A QMP command; its answer comes among the events."""
        request = {"execute": what}
        if arguments:
            request["arguments"] = arguments
        self.qmp_wire.ours.send(json.dumps(request).encode())

    def kill(self):
        """A power cut as far as the machine is concerned."""
        self.seen.killed = True
        self.process.send_signal(signal.SIGKILL)

    def take_words(self, on_word):
        for text in self.words_wire.lines():
            self.seen.words.append((time.monotonic(), text))
            if on_word:
                on_word(self, text)

    def take_events(self, on_event):
        for text in self.qmp_wire.lines():
            try:
                message = json.loads(text)
            except ValueError:
                continue
            name = message.get("event") or ("return" if "return" in message else None)
            if name:
                self.seen.events.append((time.monotonic(), name, message))
                if on_event:
                    on_event(self, name, message)

    def watch_console(self, cut_at, on_console=None):
        """Notes when the kernel says its first word; cuts the power when it says @cut_at; acts on words of the kernel's.

        on_console: (word, action), or a list of them: each acts once, when its word comes after the one before.
        """
        console = self.folder / "console"
        stages = on_console if isinstance(on_console, list) else [on_console] if on_console else []
        if self.acted < len(stages) and console.exists():
            word, action = stages[self.acted]
            found = console.read_text(errors="replace").find(word, self.heard)
            if found >= 0:
                self.heard = found + len(word)
                self.acted += 1
                action(self)
        size = console.stat().st_size if console.exists() else 0
        if size > self.grown[-1][1]:
            self.grown.append((time.monotonic(), size))
            self.seen.console_at = self.seen.console_at or self.grown[-1][0]
        if cut_at and not self.seen.killed and console.exists() and cut_at in console.read_text(errors="replace"):
            self.kill()

    def finish(self, timeout, on_word=None, on_event=None, cut_at=None, on_console=None):
        """Follows the run to its end."""
        deadline = self.seen.started + timeout
        while self.process.poll() is None or self.words_wire.open:
            wires = [wire for wire in (self.words_wire, self.qmp_wire) if wire.open]
            ready, _, _ = select.select([wire.ours for wire in wires], [], [], 0.01)
            self.watch_console(cut_at, on_console)
            if self.words_wire.ours in ready:
                self.take_words(on_word)
            if self.qmp_wire.ours in ready:
                self.take_events(on_event)
            if time.monotonic() > deadline and self.process.poll() is None:
                self.seen.timed_out = True
                self.process.kill()
        self.seen.took = time.monotonic() - self.seen.started
        self.seen.status = self.process.wait()
        self.errors.close()
        for wire in (self.words_wire, self.qmp_wire):
            wire.close()
        self.watch_console(None)
        if (self.folder / "console").exists():
            self.seen.console = (self.folder / "console").read_text(errors="replace")
            self.seen.lines = timed((self.folder / "console").read_bytes(), self.grown)
        with open(self.folder / "words", "w", encoding="utf-8") as log:
            for moment, text in self.seen.words:
                log.write(f"{moment - self.seen.started:9.3f} {text}\n")
            for moment, name, _ in self.seen.events:
                log.write(f"{moment - self.seen.started:9.3f} [{name}]\n")
        return self.seen


def boot(machine, script, folder, build, *, append=(), timeout=120, files=None, on_word=None, on_event=None,
         cut_at=None, on_console=None, make_initrd=None):
    """One boot from power-on to the end of QEMU; without a script, make_initrd(path) makes the initramfs."""
    folder.mkdir(parents=True, exist_ok=True)
    initrd = make_initrd(folder / "initrd") if make_initrd else initramfs.for_boot(build, script, folder / "initrd", files)
    run = Run(machine, initrd, [*ALWAYS, *machine.append, *append], folder, folder.name)
    seen = run.finish(timeout, on_word, on_event, cut_at, on_console)
    initrd.unlink()
    return seen


PROBING = threading.Lock()


def probe(kernel, build):
    """The accelerator to use: KVM where a guest really runs under it. Asked once a boot of the host, by one thread."""
    with PROBING:
        return probe_once(kernel, build)


def probe_once(kernel, build):
    if os.environ.get("HIB_ACCEL"):
        return os.environ["HIB_ACCEL"]
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg,thread=multi"
    this_boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    answer = build / ".accelerator"
    if answer.exists() and answer.read_text().split()[0] == this_boot:
        return answer.read_text().split()[1]
    machine = Machine(kernel, accel="kvm", cpu="host", mem=256)
    seen = boot(machine, "tell alive\n", build / "probe", build, timeout=15)
    accel = "kvm" if seen.has("alive") else "tcg,thread=multi"
    answer.write_text(f"{this_boot} {accel}\n")
    return accel
