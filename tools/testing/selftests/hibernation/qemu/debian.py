# SPDX-License-Identifier: GPL-2.0
"""A whole Debian as the guest: its root made by debootstrap, its own systemd, udev and initramfs.

A boot's script is run by the one service that was added, from a disk of its own. It talks to the host as the scripts of the small
guest do, and the judge is the same.
"""
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import initramfs
import swaparea
import vm
from case import check

HERE = Path(__file__).resolve().parent
ROOT = ["root=LABEL=root", "ro"]
# 240 s were once too short for a boot by OVMF, on a busy machine.
PATIENCE = 480
UUID = ["-uuid", "11111111-2222-3333-4444-555555555555"]

# What systemd calls from first to last: its own program does the writes and says how it went.
HIBERNATE = """
hibernate_by_systemd()
{
	tell "hibernating $(cat $power/disk)"
	systemctl hibernate || fail systemctl hibernate
	wait_for 60 sh -c "journalctl -b -o cat -u systemd-hibernate.service | grep -qE '^(Finished|Failed)'"
	result=$(journalctl -b -o cat -u systemd-hibernate.service | tr '\\n' '/')
	case $result in
	*"returned from sleep state"*Finished*) tell "hibernated ok" ;;
	*) tell "hibernated by systemd: $result" ;;
	esac
}

told_by()
{
	tell "$1 $("$@" 2>&1 | tr -s ' \\n' ' /')"
}
"""


def root(desk):
    """Where the root and its initramfs are; made if they are not there."""
    made = desk.build / "debian"
    kernel = desk.build / "kernel-debian"
    initramfs.build_programs(desk.build / "guest")
    check((kernel / "modules.builtin").exists(), "no kernel-debian: make kernel-debian")
    result = subprocess.run([HERE / "debian-root", kernel, desk.build / "guest", made], capture_output=True, text=True, check=False)
    check(result.returncode == 0, f"debian-root: {result.stderr.strip()}")
    return made


def standard(desk, swap_mib=1024, **changes):
    """Swap as vda, the root as vdb, the script as vdc."""
    made = root(desk)
    desk.patience = PATIENCE
    desk.machine = replace(desk.machine, mem=1024, extra=UUID, **changes)
    if swap_mib:
        desk.add_swap(swap_mib)
    desk.files = desk.folder / "root.img"
    swaparea.copy(made / "root.img", desk.files)
    desk.machine.disks += [vm.Disk(desk.files), vm.Disk(desk.folder / "script.img", serial="script")]


def put(desk, source, target):
    """A file of the host into the root."""
    result = subprocess.run(["debugfs", "-w", "-R", f"write {source} {target}", str(desk.files)], capture_output=True, text=True, check=False,
                            env={**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ["PATH"]})
    check(result.returncode == 0 and "Allocated inode" in result.stdout, f"debugfs: {result.stdout} {result.stderr}")


def boot(desk, script, name, initrd="tools", append=(), **more):
    """One boot of Debian, which runs the script; it ends with systemd's power-off."""
    text = (initramfs.GUEST / "lib.sh").read_text() + HIBERNATE + script
    encoded = text.encode()
    (desk.folder / "script.img").write_bytes(encoded + bytes(-len(encoded) % 4096))

    def make(path):
        shutil.copy(desk.build / "debian" / f"initrd-{initrd}", path)
        return path
    return desk.boot("", name=name, append=[*ROOT, *append], make_initrd=make, **more)


def prime(desk, before="wait_for 30 grep -q /dev/vda /proc/swaps\n", anon=160):
    """Script lines: the swap area is active, processes hold memory, a tmpfs and a file on the root."""
    desk.filled = anon + 48
    return (f"{before}judge start nonce={desk.nonce} seed={desk.seed} anon={anon} "
            "file=/dev/shm/filled:24 file=/var/tmp/filled:24 || fail judge\n")


def verdict():
    """Script lines for the way back."""
    return ("judge verify || fail memory\ntell_cpus\ntell used-swap $(used_swap)\necho again >/var/tmp/after && sync || fail writing\n"
            "judge stop\ntell verdict done\n")


def down(desk, before=None, transition="hibernate_by_systemd\n", after="", name="down", **more):
    """Debian runs, fills memory and hibernates; what its script does when it comes back is part of it."""
    primed = prime(desk) if before is None else prime(desk, before)
    seen = boot(desk, primed + transition + after + verdict(), name, **more)
    desk.went_down(seen)
    return seen


def up(desk, name="up", **more):
    """The next boot: a script that says that it is a new system."""
    return boot(desk, "tell fresh\n", name, **more)


def came_back(desk, seen):
    """The processes from before answered; root and, if it is a disk, swap are sound."""
    desk.came_back(seen)
    if desk.swap:
        desk.swap_sound()
    desk.files_sound()
