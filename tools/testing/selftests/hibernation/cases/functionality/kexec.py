# SPDX-License-Identifier: GPL-2.0
"""Kernels that kexec started instead of firmware, on both sides of an image."""
import io
import tarfile
from dataclasses import replace

import initramfs
import vm
from case import case, check


def was_kexeced(seen, boots=2):
    """As many kernels started in this run, and firmware only the first."""
    count = seen.console.count("Linux version ")
    check(count == boots, f"{seen.name}: {count} kernel(s) started")


@case(on="ours", seconds=40)
def kexec_started_kernel_resumes(desk):
    """Firmware starts a system that knows nothing of the image; it starts the kernel that resumes it."""
    desk.standard()
    desk.down("platform")
    up = desk.kexec()
    was_kexeced(up)
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=40, quick=False)
def kexec_file_started_kernel_resumes(desk):
    """The same by the other system call, where the first kernel says what memory there is."""
    desk.standard()
    desk.down("platform")
    up = desk.kexec(how="-s")
    was_kexeced(up)
    desk.came_back(up)
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def kexec_started_system_is_resumed_by_firmware(desk):
    """The system that hibernates was started by kexec, the kernel that resumes it by firmware."""
    desk.standard()
    down = desk.kexec(desk.prime() + desk.transition("platform") + desk.verdict(), append=(), name="down")
    was_kexeced(down)
    desk.went_down(down)
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=60, quick=False)
def kexec_on_uefi_resumes(desk):
    """UEFI: the second kernel gets the firmware's services at the addresses that the first one gave them."""
    desk.standard(firmware="ovmf")
    desk.down("platform")
    up = desk.kexec()
    was_kexeced(up)
    desk.came_back(up)
    check(up.has(r"^efi after 7 \w+"), "firmware's variables cannot be read afterwards")
    desk.swap_sound()


@case(cpus=2, on="ours", seconds=60, quick=False)
def kexec_with_four_cpus_resumes(desk):
    """The processors that the first kernel left are started by the image's."""
    desk.standard(smp=4)
    desk.down("platform")
    up = desk.kexec()
    was_kexeced(up)
    desk.came_back(up)
    desk.swap_sound()


# The restore kernel

def add_main(desk, script, kernel=None):
    """A disk with the archive that the restore kernel starts when there is no image; its kernel runs the script."""
    initrd = initramfs.for_boot(desk.build, script, desk.folder / "main-initrd")
    line = " ".join([*vm.ALWAYS, "hibernate.verify=1"])
    archive = desk.folder / "main.img"
    with tarfile.open(archive, "w") as tar:
        for name, content in (("kernel", (kernel or desk.kernel).read_bytes()), ("initrd", initrd.read_bytes()),
                              ("cmdline", line.encode())):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    initrd.unlink()
    desk.machine.disks.append(vm.Disk(archive))


def boot_restore_kernel(desk, name, image="/dev/vda"):
    """Started by firmware, with its own initramfs and nothing else."""
    machine = replace(desk.machine, kernel=desk.other_kernel("restore"))
    return desk.boot(None, name=name, machine=machine, make_initrd=initramfs.for_restore,
                     append=[f"restore.image={image}", "restore.main=/dev/vdc"])


@case(on="ours", seconds=60, also=("restore",))
def restore_kernel_starts_and_restores(desk):
    """No image: it starts the main kernel, which hibernates. Then there is one: it restores it."""
    desk.standard()
    add_main(desk, desk.prime() + desk.transition("platform") + desk.verdict())
    down = boot_restore_kernel(desk, "down")
    was_kexeced(down)
    check("restore: nothing was restored" in down.console, "the restore kernel did not look for an image")
    desk.went_down(down)
    up = boot_restore_kernel(desk, "up")
    was_kexeced(up, boots=1)
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=60, quick=False, also=("restore",))
def restore_kernel_gives_up_refused_image(desk):
    """An image of another machine: it says why, and starts the main kernel, which finds its swap usable."""
    desk.standard()
    add_main(desk, "fresh\n")
    desk.down("shutdown")
    desk.machine = replace(desk.machine, mem=1024)
    up = boot_restore_kernel(desk, "up")
    was_kexeced(up)
    check(not up.has("^judge ") and up.has("^fresh swap=usable"), "no clean start with usable swap")
    desk.result(up, phase="resume", step="check", errno=-116, reason="memory")
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False, also=("restore",))
def restore_kernel_on_uefi(desk):
    """Both halves on UEFI; the place in full, as for a swap file. Firmware that both kernels called is there afterwards."""
    desk.standard(firmware="ovmf")
    add_main(desk, desk.prime() + desk.transition("platform") + desk.verdict())
    down = boot_restore_kernel(desk, "down", "/dev/vda:0")
    was_kexeced(down)
    desk.went_down(down)
    up = boot_restore_kernel(desk, "up", "/dev/vda:0")
    desk.came_back(up)
    check(up.has(r"^efi after 7 \w+"), "firmware's variables cannot be read afterwards")
    desk.swap_sound()
