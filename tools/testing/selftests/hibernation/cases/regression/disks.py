# SPDX-License-Identifier: GPL-2.0
"""Disks that sleep, that die, or that give no answer."""
import threading

import swaparea
from case import MIB, case, check

POWER = "/sys/block/sda/device/power"
DOZE = f"setting {POWER}/autosuspend_delay_ms 500\nsetting {POWER}/control auto\n"


def scsi_swap(desk, mib=512):
    """Swap as sda, on an adapter of its own; files as vda, slow to write."""
    path = desk.folder / "scsi.img"
    desk.swap = swaparea.make(path, mib * MIB, desk.random)
    desk.machine.extra = ["-blockdev", f"driver=raw,node-name=scsi,file.driver=file,file.filename={path},file.discard=unmap",
                          "-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=scsi"]
    desk.add_files(256)
    desk.machine.disks[-1].bps_write = 8 * MIB


def sleeping_swap(desk):
    """A whole cycle; the swap disk, sda, goes to runtime suspend while another one is slow to sync; both ways."""
    prime = desk.prime().replace("swap_on\n", "swap_on /dev/sda\n").replace("mount_files\n", "mount_files /dev/vda\n")
    prime += (f"{DOZE}tell usage before $(cat {POWER}/runtime_usage)\n"
              "dd if=/dev/urandom of=/mnt/dirty bs=1M count=24 2>/dev/null || fail writing\n"
              f"wait_for 5 grep -q suspended {POWER}/runtime_status\n")
    down = desk.down("shutdown", prime=prime, after=f"tell usage after $(cat {POWER}/runtime_usage)\n" + desk.verdict())
    up = desk.boot(f"{DOZE}wait_for 5 grep -q suspended {POWER}/runtime_status\nresume_by_hand /dev/sda\nfresh /dev/sda\n", name="up")
    desk.came_back(up)
    before, after = down.has(r"^usage before (\d+)"), up.has(r"^usage after (\d+)")
    check(before and after and before.group(1) == after.group(1), f"references: {before.group(0)}, {after and after.group(0)}")
    desk.swap_sound()


@case(seconds=40)
def sleeping_disk_is_woken(desk):
    """awake: a disk in runtime suspend was never woken.

    A SCSI disk sleeps when it is needed; afterwards it may sleep again.
    """
    scsi_swap(desk)
    sleeping_swap(desk)


@case(kernel="world", seconds=45, quick=False)
def sleeping_sata_disk_is_woken(desk):
    """awake: the same with SATA, whose disk has to be started before it answers."""
    desk.add_swap(512, bus="ahci")
    desk.add_files(256)
    desk.machine.disks[-1].bps_write = 8 * MIB
    sleeping_swap(desk)


@case(seconds=30)
def disk_that_dies_before_the_record_gives_eio(desk):
    """commit: a device that died before the record was sent had the machine switched off.

    From the commit's flush on the swap disk answers nothing but errors: no record was sent, so the system goes on.
    """
    desk.standard()
    desk.machine.disks[0].states = [{"event": "flush_to_disk", "state": 1, "new_state": 2}]
    desk.machine.disks[0].errors = [{"iotype": "flush", "event": "flush_to_disk"},
                                    *({"iotype": kind, "event": f"{kind}_aio", "state": 2} for kind in ("read", "write"))]
    desk.accepted = r"critical|I/O error|Write-error|Read-error"
    down = desk.boot(desk.prime() + "hibernate shutdown\ntell first $result $(used_swap)\njudge verify || fail memory\ntell alive\n", name="down")
    check(down.has("^first EIO 0"), f"the attempt did not end with EIO and no swap in use {desk.last_result(down)}")
    check(down.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0") and down.has("^alive"), "the system did not go on")
    desk.result(down, phase="hibernate", step="commit", errno=-5, reason="commit")
    desk.swap_sound()


@case(on="ours", seconds=100, quick=False)
def disk_that_gives_no_answer_is_named(desk):
    """bio: nothing was said while a disk gave no answer.

    The swap disk takes three quarters of a minute for a request while pages are written: one line names it, and it goes on.
    """
    desk.standard()
    desk.machine.disks[0].bps_write = 1024 * MIB

    def limit(run, rate):
        run.ask("qom-set", path="/objects/limit0", property="limits", value={"bps-write": rate})

    def stall(run):
        limit(run, 14000)
        threading.Timer(20, limit, (run, 1024 * MIB)).start()  # for those that come then

    down = desk.boot(desk.prime() + desk.transition("shutdown") + desk.verdict(), name="down",
                     on_console=("Saving image data pages", stall))
    desk.went_down(down, "shutdown")
    lines = down.console.count("waiting for vda, which has given no answer for 3")
    check(lines == 1, f"{lines} lines say that vda gives no answer")
    desk.came_back(desk.up())
    desk.swap_sound()
