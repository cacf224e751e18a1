# SPDX-License-Identifier: GPL-2.0
"""Script lines for swap on a file."""

# On the ext4 of the machine; tells the block at which it begins.
SWAP_FILE = """mount_files
dd if=/dev/zero of=/mnt/swapfile bs=1M count=320 2>/dev/null || fail swap file
mkswap /mnt/swapfile >/dev/null && sync || fail mkswap
tell offset $(blockof /mnt/swapfile)
swap_on /mnt/swapfile
"""
