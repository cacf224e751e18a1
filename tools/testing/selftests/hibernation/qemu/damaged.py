# SPDX-License-Identifier: GPL-2.0
"""Images that are damaged on purpose: bytes of a disk are read, written and exchanged, and a boot from it must refuse the image."""
from dataclasses import replace

from case import RESULT, check


def write(path, place, data):
    with open(path, "r+b") as disk:
       disk.seek(place)
       disk.write(data)


def read(path, place, length):
    with open(path, "rb") as disk:
       disk.seek(place)
       return disk.read(length)


def exchange(path, one, other):
    """Two parts of one length change their places."""
    first, second = read(path, *one), read(path, *other)
    check(first != second, "the parts are the same: nothing would be tested")
    write(path, one[0], second)
    write(path, other[0], first)


def refused(desk, name, disk):
    """A boot from the damaged disk; returns the reason that it left."""
    up = desk.up(name=name, machine=replace(desk.machine, disks=[disk, desk.machine.disks[1]]))
    check(not up.has("^judge "), f"{name}: was resumed")
    check(up.has("^fresh swap=usable"), f"{name}: no clean start with usable swap")
    reasons = [(errno, reason) for _, _, errno, reason in RESULT.findall(up.console) if errno != "0"]
    check(reasons, f"{name}: no result line says why")
    problem = replace(desk.swap, path=disk.path).problem()
    check(not problem, f"{name}: {problem}")
    disk.path.unlink()
    return reasons[-1]
