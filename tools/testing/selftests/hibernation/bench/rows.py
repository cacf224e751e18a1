# SPDX-License-Identifier: GPL-2.0
"""What the bench measures: its rows and its columns."""

# name: (kernel, codec, CPUs, cache). Those that are compared stand side by side, so that they run one behind the other.
ROWS = {
    "mainline-lzo": ("mainline", "lzo", 2, "unsafe"),
    "ours-lzo": ("ours", "lzo", 2, "unsafe"),
    "ours-auto": ("ours", "auto", 2, "unsafe"),
    "mainline-lz4": ("mainline", "lz4", 2, "unsafe"),
    "ours-lz4": ("ours", "lz4", 2, "unsafe"),
    "ours-lz4-precopy": ("ours", "lz4", 2, "unsafe"),
    "mainline-none": ("mainline", "none", 2, "unsafe"),
    "ours-none": ("ours", "none", 2, "unsafe"),
    "ours-zstd": ("ours", "zstd", 2, "unsafe"),
    "mainline-lz4-writeback": ("mainline", "lz4", 2, "writeback"),
    "ours-lz4-writeback": ("ours", "lz4", 2, "writeback"),
    "mainline-lz4-1cpu": ("mainline", "lz4", 1, "unsafe"),
    "ours-lz4-1cpu": ("ours", "lz4", 1, "unsafe"),
    "self-auto": ("ours", "auto", 1, "unsafe"),
    "second-auto": ("ours", "auto", 1, "unsafe"),
    "kept-auto": ("ours", "auto", 1, "unsafe"),
    "self-auto-2cpu": ("ours", "auto", 2, "unsafe"),
    "self-lz4": ("ours", "lz4", 1, "unsafe"),
    "second-lz4": ("ours", "lz4", 1, "unsafe"),
    "self-lz4-2cpu": ("ours", "lz4", 2, "unsafe"),
    "self-none": ("ours", "none", 1, "unsafe"),
    "second-none": ("ours", "none", 1, "unsafe"),
    "kept-none": ("ours", "none", 1, "unsafe"),
}
# Who writes, in the rows that compare this: the kernel itself; or a second one, which has one CPU; or that one, kept booted.
WRITERS = {row: row.split("-", maxsplit=1)[0] for row in ROWS if row.startswith(("self-", "second-", "kept-"))}
# What may be said in place of rows.
GROUPS = {"writer": list(WRITERS)}
FEW = ["mainline-lzo", "ours-auto", "mainline-lz4", "ours-lz4", "mainline-none", "ours-none"]
# More words for the command line of a row.
MORE = {"ours-lz4-precopy": ["hibernate.precopy=always"]}
# The row of mainline that one is compared with, if it is not that of the same name: the default with the default.
RIVALS = {"ours-auto": "mainline-lzo", "ours-lz4-precopy": "mainline-lz4"}
COLUMNS = {
    "write_mb_s": "write MB/s",
    "read_mb_s": "read MB/s",
    "image_mb": "image MB",
    "irqs_off_ms": "irqs off ms",
    "down_s": "echo to off s",
    "up_s": "entry to user s",
    "down_cpu_s": "CPU s down",
    "up_cpu_s": "CPU s up",
    "extra_mb": "extra MB",
}


def codec_words(row):
    """The row's way of storing pages, on the command line, as its kernel has it."""
    kernel, codec, _, _ = ROWS[row]
    if (kernel, codec) == ("mainline", "none"):
        return ["hibernate=nocompress"]
    return [f"hibernate.compressor={codec}"]


def rival(row):
    """The row of mainline that one of ours is compared with; it need not exist."""
    return RIVALS.get(row, row.replace("ours", "mainline"))
