# SPDX-License-Identifier: GPL-2.0
"""Where the parts of an image lie on a disk. Follows kernel/power/hib/pure/format.h; checks nothing, only finds."""
import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORGE = [HERE / "forge.c", f"-I{HERE.parents[3] / 'power/hibernation/include'}", f"-I{HERE.parents[4] / 'kernel/power/hib/pure'}"]
BLOCK = 4096
COMMIT = BLOCK - 512
COMMIT_MAGIC = 0x54494D4D4F434248
HEADER_MAGIC = 0x5245444145484248
LEAF_DATA = 32
STATES = ["none", "ready", "loading", "jumping", "spent", "kept"]


class NoImage(Exception):
    pass


def state_of(path):
    """The state of the record on a disk; "swap" when there is none."""
    with open(path, "rb") as disk:
        disk.seek(COMMIT)
        magic, _, state = struct.unpack_from("<QII", disk.read(512))
    return STATES[state] if magic == COMMIT_MAGIC else "swap"


class Image:
    """An image in a swap area that starts at the disk's first byte."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as disk:
            disk.seek(COMMIT)
            record = disk.read(512)
            self.disk = disk
            magic, self.version, self.state, self.tries = struct.unpack_from("<QIII", record)
            if magic != COMMIT_MAGIC:
                raise NoImage(f"{path}: no commit record")
            self.id = record[24:40]
            self.header_block = struct.unpack_from("<Q", record, 40)[0]
            self.read_header()
            self.read_extents()
            self.read_segments()
            self.read_frames()

    def block(self, number):
        self.disk.seek(number * BLOCK)
        return self.disk.read(BLOCK)

    def read_header(self):
        header = self.block(self.header_block)
        if struct.unpack_from("<Q", header)[0] != HEADER_MAGIC:
            raise NoImage(f"{self.path}: no header")
        self.nr_ram_pages, self.nr_pages, self.data_bytes, self.image_bytes = struct.unpack_from("<QQQQ", header, 64)
        self.pieces = {}
        for index, name in enumerate(("pagemap", "segments", "digests")):
            self.pieces[name] = struct.unpack_from("<QQI", header, 96 + 24 * index)
        self.extent_block, self.nr_extent_leaves = struct.unpack_from("<QI", header, 168)

    def read_extents(self):
        """Image offset -> blocks, as (first block of the image, device block, count)."""
        self.extents, self.extent_leaves = [], []
        here, number = 0, self.extent_block
        for _ in range(self.nr_extent_leaves):
            leaf = self.block(number)
            self.extent_leaves.append(number)
            count, = struct.unpack_from("<I", leaf, 16)
            for entry in range(count):
                block, blocks = struct.unpack_from("<QQ", leaf, LEAF_DATA + 16 * entry)
                self.extents.append((here, block, blocks))
                here += blocks
            number, = struct.unpack_from("<Q", leaf, 24)

    def place(self, offset):
        """Byte on the disk of a byte of the image."""
        want = offset // BLOCK
        for first, block, blocks in self.extents:
            if first <= want < first + blocks:
                return (block + want - first) * BLOCK + offset % BLOCK
        raise NoImage(f"{self.path}: offset {offset} is in no extent")

    def read_segments(self):
        """(image offset, bytes) of each segment."""
        self.segments = []
        offset, entries, leaves = self.pieces["segments"]
        here = 0
        for leaf_number in range(leaves):
            self.disk.seek(self.place(offset + leaf_number * BLOCK))
            leaf = self.disk.read(BLOCK)
            count, = struct.unpack_from("<I", leaf, 16)
            for entry in range(count):
                blocks, = struct.unpack_from("<I", leaf, LEAF_DATA + 8 * entry)
                self.segments.append((here, blocks * BLOCK))
                here += blocks * BLOCK

    def read_frames(self):
        """(first page frame, how many) of each run that is saved."""
        self.frames = []
        offset, _, leaves = self.pieces["pagemap"]
        for leaf_number in range(leaves):
            self.disk.seek(self.place(offset + leaf_number * BLOCK))
            leaf = self.disk.read(BLOCK)
            count, = struct.unpack_from("<I", leaf, 16)
            for entry in range(count):
                self.frames.append(struct.unpack_from("<QQ", leaf, LEAF_DATA + 16 * entry))

    def parts(self):
        """Name -> byte on the disk, one for each kind of part."""
        first, middle, last = (self.segments[index] for index in (0, len(self.segments) // 2, -1))
        parts = {
            "commit": COMMIT + 40,
            "commit-state": COMMIT + 12,
            "header": self.header_block * BLOCK + 72,
            "header-arch": self.header_block * BLOCK + 500,
            "extent-leaf": self.extent_block * BLOCK + LEAF_DATA,
            "pagemap-leaf": self.place(self.pieces["pagemap"][0] + LEAF_DATA),
            "segment-leaf": self.place(self.pieces["segments"][0] + LEAF_DATA),
            "first-chunk-frame": self.place(first[0] + 4),
            "first-chunk-body": self.place(first[0] + 600),
            "middle-chunk-body": self.place(middle[0] + middle[1] // 2),
            "last-chunk-frame": self.place(last[0] + 4),
        }
        if self.pieces["digests"][2]:
            parts["digest-leaf"] = self.place(self.pieces["digests"][0] + LEAF_DATA)
        return parts


def forge(folder, path, **fields):
    """Changes handover, state, tries or release of an image, all tags right."""
    program = folder / "forge"
    if not program.exists():
        subprocess.run(["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, *FORGE], check=True)
    subprocess.run([program, path, *(f"{name}={value}" for name, value in fields.items())], check=True)


def flip(path, place, random):
    """Turns one bit of the byte over."""
    with open(path, "r+b") as disk:
        disk.seek(place)
        byte = disk.read(1)[0]
        disk.seek(place)
        disk.write(bytes([byte ^ (1 << random.randrange(8))]))
