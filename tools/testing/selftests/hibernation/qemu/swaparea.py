# SPDX-License-Identifier: GPL-2.0
"""A swap area as the host sees it: made, and looked at afterwards."""
import struct
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
SIGNATURE = b"SWAPSPACE2"
OURS = b"LINHIB0001"
MAINLINE = b"S1SUSPEND\0"


@dataclass
class Area:
    """Where it lies, and what must stay in its header."""
    path: Path
    header: bytes
    offset: int = 0

    def page(self):
        with open(self.path, "rb") as image:
            image.seek(self.offset)
            return image.read(PAGE)

    def signature(self):
        return self.page()[-10:]

    def armed(self):
        """An image's signature is in place of the swap's."""
        return self.signature() in (OURS, MAINLINE)

    def problem(self):
        """None, or what is not as it was made."""
        page = self.page()
        if page[-10:] != SIGNATURE:
            return f"signature is {page[-10:]!r}"
        if page[1024:1536] != self.header[1024:1536]:
            return "version, size, UUID or label changed"
        return None


def make(path, size, random, label="dormouse", offset=0):
    """A sparse file, or a part of one, with a swap header as mkswap writes it."""
    header = bytearray(PAGE)
    struct.pack_into("<III", header, 1024, 1, size // PAGE - 1, 0)
    header[1036:1052] = uuid.UUID(int=random.getrandbits(128), version=4).bytes
    header[1052:1068] = label.encode().ljust(16, b"\0")
    header[-10:] = SIGNATURE
    with open(path, "r+b" if offset else "wb") as image:
        image.truncate(max(offset + size, Path(path).stat().st_size))
        image.seek(offset)
        image.write(header)
    return Area(Path(path), bytes(header), offset)


def copy(source, target):
    """A copy of a disk that is as sparse as the disk."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(source), str(target)], check=True)


def uuid_of(area):
    text = area.header[1036:1052].hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
