# SPDX-License-Identifier: GPL-2.0
"""Device mapper in the guest: linear targets over a device."""
import initramfs

MAPPER = "mapper() { dmsetup --noudevsync --noudevrules create \"$1\" --table \"0 $(blockdev_sectors $2) linear $2 0\" || fail dmsetup; }\n" \
         "blockdev_sectors() { cat /sys/class/block/${1#/dev/}/size; }\n"


def dmsetup():
    return initramfs.linked_files(["/sbin/dmsetup"])
