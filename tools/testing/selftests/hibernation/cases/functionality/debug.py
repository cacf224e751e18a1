# SPDX-License-Identifier: GPL-2.0
"""What `make check` runs on the debug kernel: one CPU, little memory, and KASAN, lockdep and sleep checks watching."""
from dataclasses import replace

import fill
import poke
from case import MIB, case, check
from small import kunit_suites, small_desk


@case(kernel="debug", seconds=80)
def debug_initrd_resumes(desk):
    """The way of an initramfs, and image pages zero-filled and poisoned."""
    desk.cycle("shutdown", resume="initrd", prime=small_desk(desk), append=["page_poison=1", "init_on_free=1"])


@case(kernel="debug", seconds=80)
def debug_test_resume_comes_back(desk):
    prime = small_desk(desk)
    seen = desk.boot(prime + desk.transition("test_resume") + desk.verdict(), name="test-resume", append=["resume=/dev/vda"])
    desk.came_back(seen)
    desk.swap_sound()


@case(kernel="debug", on="ours", seconds=60, quick=False)
def debug_small_swap_unwinds(desk):
    """ENOSPC, then a larger area in its place; nothing leaks, no lock is left."""
    prime = small_desk(desk)
    tiny = desk.add_swap(8, name="tiny")
    script = prime.replace("swap_on\n", "swap_on /dev/vdc\n") + "hibernate shutdown\ntell first $result\n"
    script += "judge verify || fail memory\nswapoff /dev/vdc\nswap_on\nhibernate shutdown\n"
    down = desk.boot(script + desk.verdict(), name="down")
    check(down.has("^first ENOSPC"), "the first attempt did not fail with ENOSPC")
    desk.came_back(desk.up())
    desk.swap_sound(tiny)
    desk.swap_sound()


@case(kernel="debug", seconds=60)
def debug_write_error_unwinds(desk):
    prime = small_desk(desk)
    desk.machine.disks[0].errors = [{"iotype": "write", "sector": 8 * MIB // 512, "once": True}]
    desk.accepted = r"critical|I/O error|Write-error"
    down = desk.boot(prime + "hibernate shutdown\ntell first $result\njudge verify || fail memory\nhibernate shutdown\n" +
                     desk.verdict(), name="down")
    check(down.has("^first EIO"), "the first attempt did not fail with EIO")
    desk.machine.disks[0].errors = []
    desk.came_back(desk.up())
    desk.swap_sound()


@case(kernel="debug", on="ours", seconds=60)
def debug_damaged_image_refused(desk):
    """Bytes of the image are not what was written: no resume, a clean start."""
    prime = small_desk(desk)
    desk.down("shutdown", prime=prime)
    with open(desk.swap.path, "r+b") as disk:
        for place in (2 * MIB, 6 * MIB, 12 * MIB):
            disk.seek(place + 100)
            byte = disk.read(1)
            disk.seek(place + 100)
            disk.write(bytes([byte[0] ^ 0x10]))
    up = desk.up()
    check(not up.has("^judge "), "was resumed")
    check(up.has("^fresh swap=usable"), "no clean start with usable swap")
    desk.swap_sound()


@case(kernel="debug", on="ours", seconds=90)
def debug_poked_pages_resume(desk):
    """Pages written early, and changed before the atomic point."""
    poke.cycle(desk, small_desk(desk), ["hibernate.precopy=always"], mib=12, kernel=6, every=3)


@case(kernel="debug", on="ours", seconds=90, quick=False)
def debug_pagealloc_poked_pages_resume(desk):
    """Free pages are not mapped, and pages are freed between precopy and copy."""
    poke.cycle(desk, small_desk(desk), ["hibernate.precopy=always", "debug_pagealloc=on"], mib=12, kernel=6, every=3)


@case(kernel="debug", on="ours", seconds=90, quick=False)
def debug_pagealloc_resumes(desk):
    desk.cycle("platform", prime=small_desk(desk), append=["debug_pagealloc=on"])


@case(kernel="debug", on="ours", seconds=60, also=("plain",))
def debug_kernel_restores_plain_one(desk):
    """The matrix's row of another configuration, as far as it costs no kernel: the debug kernel loads the plain one's image."""
    prime = small_desk(desk)
    plain = replace(desk.machine, kernel=desk.other_kernel("plain"))
    desk.down("platform", prime=prime, machine=plain)
    up = desk.up()
    check("KernelAddressSanitizer initialized" in up.console, "this is not the debug kernel")
    desk.came_back(up)
    desk.swap_sound()


@case(kernel="debug", on="ours", seconds=300, quick=False)
def debug_mlocked_55_of_1gib_resumes(desk):
    """More than can be mirrored; the sanitizer takes a quarter of memory itself, in both kernels."""
    fill.standard(desk, 1024, "locked")
    desk.machine.append = ["kunit.enable=0"]
    desk.patience = 1800
    fill.cycle(desk, 55, "locked")


@case(kernel="debug", on="ours", seconds=40)
def debug_kunit_suites_pass(desk):
    """Suites in the kernel, run at boot."""
    kunit_suites(desk, patience=300)
