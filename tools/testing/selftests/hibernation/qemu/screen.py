# SPDX-License-Identifier: GPL-2.0
"""What the screen of the emulated machine shows, read from its picture by the shapes of the kernel's own font."""
import re
from pathlib import Path

from case import check

FONT = Path(__file__).resolve().parents[5] / "build/linux/lib/fonts/font_8x16.c"
WIDTH, HEIGHT = 8, 16
BRIGHT = 0x55  # of 0xff: letters are grey or white on black
CURSOR = b"\xff\xff"  # where it is, and it blinks, it covers the last two lines of a letter
UNKNOWN = "\ufffd"


def picture(run, name):
    """Has the emulator keep two pictures of the screen: one for rows(), one for people."""
    run.ask("screendump", filename=str(run.folder / f"{name}.ppm"))
    run.ask("screendump", filename=str(run.folder / f"{name}.png"), format="png")


def glyphs():
    """The shape of each printable character -> the character; with the cursor in it, too."""
    lines = re.findall(r"^\s*(0x[0-9a-f]{2}),\s*/\* [01 ]+ \*/", FONT.read_text(encoding="latin-1"), re.MULTILINE)
    check(len(lines) == 256 * HEIGHT, f"{FONT.name} has {len(lines)} lines of dots")
    dots = bytes(int(line, 16) for line in lines)
    plain = {dots[code * HEIGHT:(code + 1) * HEIGHT]: chr(code) for code in range(0x7e, 0x1f, -1)}
    return {**{shape[:-len(CURSOR)] + CURSOR: letter for shape, letter in plain.items()}, **plain}


def shapes(path):
    """The dots of a picture, eight in a byte: one bytes object for each line."""
    check(path.exists(), f"{path.name}: there is no picture")
    picture_of = path.read_bytes()
    head = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", picture_of)
    check(head, f"{path.name}: not a picture of the expected kind")
    width, height = map(int, head.groups())
    green = picture_of[head.end() + 1::3]
    return [bytes(sum((green[dot + bit] >= BRIGHT) << (7 - bit) for bit in range(WIDTH)) for dot in range(line, line + width - WIDTH + 1, WIDTH))
            for line in range(0, width * height, width)]


def rows(folder, name):
    """The rows of text that a picture shows, which stays as text and for people. A shape that is not in the font is UNKNOWN."""
    path = folder / f"{name}.ppm"
    letters, lines = glyphs(), shapes(path)
    path.unlink()
    found = ["".join(letters.get(bytes(cell), UNKNOWN) for cell in zip(*lines[top:top + HEIGHT]))
             for top in range(0, len(lines) - HEIGHT + 1, HEIGHT)]
    (folder / f"{name}.txt").write_text("\n".join(row.rstrip() for row in found) + "\n", encoding="utf-8")
    return found
