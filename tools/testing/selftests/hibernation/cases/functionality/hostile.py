# SPDX-License-Identifier: GPL-2.0
"""Hostile images: parts of a real one say something else, with tags that are right. Each is refused by name, and the machine is as before.

HIB_HOSTILE says how many there are of the larger number, 200 by default.
"""
import os

import hostile
from case import case

MANY = int(os.environ.get("HIB_HOSTILE", "200"))


@case(on="ours", seconds=40)
def hostile_images_are_refused(desk):
    """In one boot, which then resumes the sound one."""
    hostile.image_of(desk, mem=256)
    hostile.try_all(desk, MANY)


def on_debug(desk, number):
    """The plain kernel's image: that of the debug kernel is large."""
    desk.patience = 1200
    hostile.image_of(desk, desk.other_kernel("plain"), mem=1024)
    desk.machine.append = ["kunit.enable=0"]
    hostile.try_all(desk, number, leak_mib=48)


@case(kernel="debug", on="ours", seconds=100, also=("plain",))
def debug_hostile_images_are_refused(desk):
    """Under KASAN: no wild access, and no page that is not ours is written."""
    on_debug(desk, 24)


@case(kernel="debug", on="ours", seconds=400, quick=False, also=("plain",))
def debug_many_hostile_images_are_refused(desk):
    on_debug(desk, MANY)


def add_flips(codec):
    def flips(desk):
        hostile.image_of(desk, codec=codec, mem=256)
        hostile.try_all(desk, 100, flips=True)

    flips.__name__ = f"flips_are_refused_{codec}"
    flips.__doc__ = f"100 images by {codec} with one bit that is another, in one boot, which then resumes the sound one."
    case(on="ours", seconds=30, quick=False)(flips)


for each_codec in ("none", "lz4", "lzo", "zstd", "auto"):
    add_flips(each_codec)
