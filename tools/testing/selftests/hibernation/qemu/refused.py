# SPDX-License-Identifier: GPL-2.0
"""Boots that resume nothing and leave the area as swap."""
from case import check


def fresh_and_sound(desk, up, name):
    check(not up.has(r"^judge "), f"{name}: was resumed")
    check(up.has(r"^fresh swap=usable"), f"{name}: no clean start with usable swap")
    desk.swap_sound()


def refused(desk, up, reason):
    check(not up.has("^judge ") and up.has("^fresh swap=usable"), f"{up.name}: was resumed")
    desk.result(up, phase="resume", step="check", errno=-116, reason=reason)
    desk.swap_sound()


def not_resumed(desk, **up):
    seen = desk.up(**up)
    check(not seen.has("^judge ") and seen.has("^fresh swap=usable"), f"{seen.name}: was resumed")
    desk.swap_sound()
    return seen
