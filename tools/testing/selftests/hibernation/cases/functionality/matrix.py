# SPDX-License-Identifier: GPL-2.0
"""Another kernel restores: boot kernels, each with and without KASLR, on 1, 2 and 4 CPUs, with page tables of 4 and 5 levels.

The image is the plain kernel's. `make check` has a cell of the plain and of the restore kernel; of another configuration it has the
debug kernel, in debug.py. The kernels by the other compiler are left to `make check-all`: ours in another configuration, and the
restore kernel without ACPI.
"""
from dataclasses import replace

from case import case, check

# Boot kernel -> what its first words tell, so that no cell is passed by another one.
KERNELS = {
    "plain": None,
    "other": "clang version",
    "restore": None,
    "noacpi": "clang version",
}
QUICK = {("plain", "nokaslr", 2, "4level"), ("restore", "kaslr", 2, "5level")}


def banner(seen):
    """Which kernel booted."""
    return next((line for line in seen.console.splitlines() if "Linux version" in line), "")


def restored_by(desk, kernel, append=(), **changes):
    """One cycle, the way up with another kernel."""
    desk.standard(**changes)
    down = desk.down("platform", append=append, prime=desk.prime(procs=desk.machine.smp))
    up = desk.up(append=append, machine=replace(desk.machine, kernel=desk.other_kernel(kernel)))
    check((banner(up) == banner(down)) == (kernel == "plain"), f"this is not the kernel: {banner(up)}")
    check(not KERNELS[kernel] or KERNELS[kernel] in banner(up), f"this is not the kernel: {banner(up)}")
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
    return up


def add_cell(kernel, addresses, cpus, levels):
    name = f"matrix_{kernel}_{addresses}_{cpus}cpu_{levels}"
    also = () if kernel == "plain" else (kernel,)

    def cell(desk):
        restored_by(desk, kernel, ["nokaslr"] if addresses == "nokaslr" else [],
                    smp=cpus, cpu="max,+la57" if levels == "5level" else "max,-la57")

    cell.__name__ = name
    cell.__doc__ = f"Restored by the {kernel} kernel, {addresses}, {cpus} CPU(s), page tables of {levels[0]} levels."
    case(cpus=min(cpus, 2), on="ours", seconds=15 + 10 * cpus, quick=(kernel, addresses, cpus, levels) in QUICK, also=also)(cell)


for kernel_name in KERNELS:
    for kaslr in ("kaslr", "nokaslr"):
        for nr_cpus in (1, 2, 4):
            for table_levels in ("4level", "5level"):
                add_cell(kernel_name, kaslr, nr_cpus, table_levels)


def add_uefi_cell(kernel):
    def cell(desk):
        up = restored_by(desk, kernel, smp=2, firmware="ovmf")
        check(up.has(r"^efi after 7 \w+"), "firmware's variables cannot be read afterwards")

    cell.__name__ = f"matrix_{kernel}_uefi"
    cell.__doc__ = f"Restored by the {kernel} kernel on UEFI, whose variables are read afterwards."
    case(cpus=2, on="ours", seconds=60, quick=False, also=() if kernel == "plain" else (kernel,))(cell)


for kernel_name in KERNELS:
    if kernel_name != "noacpi":  # which is a kernel without EFI
        add_uefi_cell(kernel_name)
