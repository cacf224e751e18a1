# SPDX-License-Identifier: GPL-2.0
"""Every codec writes images that come back."""
from case import case, check


def cycle_with(desk, codec):
    desk.standard()
    _, up = desk.cycle("shutdown", append=[f"hibernate.compressor={codec}"])
    return up


@case(seconds=25)
def lz4_image_resumes(desk):
    cycle_with(desk, "lz4")


@case(seconds=25)
def lzo_image_resumes(desk):
    cycle_with(desk, "lzo")


@case(on="ours", seconds=25)
def zstd_image_resumes(desk):
    cycle_with(desk, "zstd")


@case(on="ours", seconds=25)
def raw_image_resumes(desk):
    cycle_with(desk, "none")


@case(on="ours", seconds=25)
def auto_image_resumes(desk):
    cycle_with(desk, "auto")


@case(seconds=25)
def nocompress_image_resumes(desk):
    """hibernate=nocompress, as mainline has it."""
    desk.standard()
    desk.cycle("shutdown", append=["hibernate=nocompress"])


@case(on="ours", seconds=10)
def compressor_reads_back(desk):
    """The parameter takes its five names and refuses others."""
    desk.standard()
    path = "/sys/module/hibernate/parameters/compressor"
    script = f"tell default $(cat {path})\n"
    for name in ("lzo", "lz4", "zstd", "none", "auto"):
        script += f"tell set {name} $(put {path} {name}) $(cat {path})\n"
    script += f"tell set bad $(put {path} nonsense) $(cat {path})\n"
    seen = desk.boot(script)
    for name in ("lzo", "lz4", "zstd", "none", "auto"):
        check(seen.has(rf"^set {name} ok {name}$"), f"{name} was not taken or does not read back")
    check(seen.has(r"^set bad EINVAL auto$"), "nonsense was not refused")
