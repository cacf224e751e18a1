# SPDX-License-Identifier: GPL-2.0
"""A second kernel whose initramfs is made by the example hook, and sets up the devices below the place first."""
import os
import re
import subprocess

import initramfs
import vm
from case import MIB, case, check
from relay_bed import load, must_have_written

HOOK = initramfs.TOOLS / "examples/initramfs-hook"
SHELL = "#!/bin/sh\n"
MAPPER = "/dev/mapper/dormouse-swap"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 4
OTHER_KEY = f"1{KEY[1:]}"

# Script lines that set the stack up, by the same means in each kernel: a disk, dm-crypt on it with a key, and on that a volume
# in two pieces, as LVM makes one that was extended: what lies between them is another volume. dmsetup makes the nodes by itself.
STACK = ("make() {{ dmsetup create --verifyudev $1; }}\n"
         "wait=10; until [ -b /dev/vda ] || [ $wait = 0 ]; do wait=$((wait - 1)); sleep 1; done\n"
         "{before}echo 0 $(cat /sys/class/block/vda/size) crypt aes-xts-plain64 {key} 0 /dev/vda 0 | make secret\n"
         "printf '0 262144 linear /dev/mapper/secret 2048\\n262144 786432 linear /dev/mapper/secret 395264\\n' | make dormouse-swap\n"
         "echo 0 131072 linear /dev/mapper/secret 264192 | make dormouse-other\n")
# Nothing goes by the numbers of device mapper, so they are others in the second kernel.
LATER = "echo 0 8 error | make one-more\n"
# Swap is off, and the area is swap still.
REUSED = f"swapoff {MAPPER} && swapon {MAPPER} && tell reused\n"


def stack(key=KEY, before=""):
    return STACK.format(key=key, before=before)


def hooked(desk, scripts, listed=(), name="save"):
    """The initramfs that the example hook makes, with these in save.d, as a file."""
    config, output = desk.folder / f"{name}-config", desk.folder / f"{name}-initrd"
    (config / "save.d").mkdir(parents=True)
    for script, content in scripts.items():
        (config / "save.d" / script).write_text(content)
        (config / "save.d" / script).chmod(0o644 if script.endswith(".txt") else 0o755)
    (config / "files").write_text("".join(f"{path}\n" for path in listed))
    subprocess.run([HOOK], check=True, env={**os.environ, "SAVE_INIT": str(initramfs.TOOLS / "save-init"),
                                            "SAVE_CONFIG": str(config), "SAVE_OUTPUT": str(output)})
    check(output.stat().st_mode & 0o777 == 0o600, f"its mode is {output.stat().st_mode:o}: others could read a key")
    return output


@case(on="ours", seconds=40, quick=False, also=("restore",))
def second_kernel_from_the_hook(desk):
    """The example hook makes its initramfs: programs in save.d run in order, with what is listed and all of busybox. One takes too long."""
    desk.standard()
    scripts = {"10-one": f"{SHELL}echo \"one $(kexec --version | cut -d' ' -f1)\" >/dev/kmsg\n",
               "20-hangs": f"{SHELL}sleep 1000\n",
               "30-not.txt": f"{SHELL}echo not >/dev/kmsg\n",
               "40-two": f"{SHELL}echo \"two $(seq 3 | wc -l)\" >/dev/kmsg\nexit 5\n"}
    files = initramfs.hibsave_files(desk.other_kernel("restore"), hooked(desk, scripts, [initramfs.KEXEC]))
    down = desk.boot(desk.prime() + load("--append", "save.limit=2") + desk.transition() + desk.verdict(), files=files,
                     append=["no_console_suspend"], name="down")
    desk.went_down(down)
    must_have_written(down)
    told = re.findall(r"\] (one .*|not|two .*|save: .*?)\r?$", down.console, re.M)
    check(told == ["one kexec-tools", "save: /save.d/20-hangs ended with status 143", "two 3", "save: /save.d/40-two ended with status 5"],
          f"save.d: {told}")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


def on_stack(desk, named=""):
    """An encrypted disk, and one of files; script lines for the first boot, in which the place may be named before it is used."""
    desk.machine.mem = 1024
    path = desk.folder / "part.img"
    with open(path, "wb") as image:
        image.truncate(640 * MIB)
    desk.machine.disks.append(vm.Disk(path))
    desk.add_files()
    return f"{stack()}mkswap {MAPPER} >/dev/null || fail mkswap\n{named}" + desk.prime().replace("swap_on\n", f"swap_on {MAPPER}\n")


def load_world(initrd="/save-initrd", *words):
    """The kernel under test is the second one, too: the restore kernel has no device mapper."""
    append = " ".join(["save.wait=1", *words])
    return load(f"--initrd {initrd} --window 160 --append '{append}'")


@case(on="ours", kernel="world", seconds=90, quick=False)
def second_kernel_on_lvm_on_dm_crypt(desk):
    """The place is a volume on dm-crypt: the second kernel sets it up by itself, finds it by its UUID, and a boot that sets it up resumes."""
    prime = on_stack(desk, "resume_by_hand /dev/dm-1\n")
    initrd = hooked(desk, {"10-stack": SHELL + stack(before=LATER)}, ["/sbin/dmsetup"])
    down = desk.boot(prime + load_world() + desk.transition() + desk.verdict() + REUSED, name="down", append=["no_console_suspend"],
                     files={**initramfs.disk_files(), **initramfs.hibsave_files(desk.kernel, initrd)})
    desk.went_down(down)
    must_have_written(down)
    check(down.has("^loaded .*;place: UUID=[-0-9a-f]{36};"), f"{down.has('^loaded .*')}")
    with open(desk.machine.disks[0].path, "rb") as disk:
        check(b"LINHIB" not in disk.read(4 * MIB), "the disk is not encrypted")
    up = desk.boot(f"{stack()}resume_by_hand /dev/dm-1\nfresh {MAPPER}\n", name="up", files=initramfs.disk_files())
    desk.came_back(up)
    check(up.has("^reused"), "the area is no swap afterwards")
    desk.files_sound()


@case(on="ours", kernel="world", seconds=120, quick=False)
def second_kernel_that_misses_its_stack(desk):
    """What sets the stack up fails, hangs, or has another key: nothing is written, and memory is intact."""
    script = on_stack(desk)
    files = {**initramfs.disk_files()}
    wrong = {"fails": "exit 3\n", "hangs": "sleep 1000\n", "other-key": stack(key=OTHER_KEY)}
    for name, content in wrong.items():
        initrd = hooked(desk, {"10-stack": SHELL + content}, ["/sbin/dmsetup"], name)
        files |= {**initramfs.hibsave_files(desk.kernel, initrd), name: initrd.read_bytes()}
        script += f"{load_world(f'/{name}', 'save.limit=5')}hibernate shutdown\njudge verify || fail memory\n"
    down = desk.boot(script + REUSED, name="down", append=["no_console_suspend", f"resume={MAPPER}"], files=files)
    check(down.has(f"^loaded .*;place: {MAPPER};"), f"{down.has('^loaded .*')}")
    check(down.has("^reused"), "the area is no swap afterwards")
    judged = [text for _, text in down.words if re.match(rf"judge nonce={desk.nonce} bytes=\d+ wrong=0 ", text)]
    check(len(judged) == len(wrong), f"memory is not intact each time: {judged}")
    results = [text for _, text in down.words if text.startswith("hibernated ")]
    check(results == ["hibernated ENODEV", "hibernated ENODEV", "hibernated EOPNOTSUPP"], f"{results}")
    reasons = re.findall(r"step=copy errno=-\d+ reason=second: (device: .*)", down.console)
    missing = f"device: {MAPPER} is not there"
    check([reason.strip() for reason in reasons[:2]] == [missing, missing], f"{reasons}")
    check(re.match(rf"device: {MAPPER}: block 0 of dm-1 has signature .*, not that of a swap area", reasons[2]), f"{reasons}")
    told = re.findall(r"\] save: /save\.d/10-stack ended with status (\d+)", down.console)
    check(told == ["3", "143"], f"save.d: {told}")
