# SPDX-License-Identifier: GPL-2.0
"""The image on a disk, as hibimg tells of it: where its parts lie, its state. Nothing here knows the format."""
import json
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[4]
TOOL = TOP / "tools/power/hibernation"
BUILD = TOP / "build/tools"
FORGE = [HERE / "forge.c", f"-I{TOOL / 'include'}", f"-I{TOP / 'kernel/power/hib/pure'}"]
# What hibimg exits with.
SOUND, DAMAGED, NO_IMAGE = 0, 1, 3

built = False
building = threading.Lock()


class NoImage(Exception):
    pass


def program():
    """hibimg, which is built first."""
    global built
    with building:
        if not built:
            subprocess.run(["make", "-s", "-C", TOOL, f"BUILD={BUILD}"], check=True)
            built = True
    return BUILD / "hibimg"


def hibimg(*words, text=True):
    """Runs hibimg; gives the finished process."""
    return subprocess.run([program(), *map(str, words)], capture_output=True, text=text, check=False)


def state_of(path):
    """The state of the record on a disk; "swap" when there is none, "damaged" when it cannot be read."""
    told = hibimg("describe", path)
    if told.returncode == NO_IMAGE:
        return "swap"
    return told.stdout.splitlines()[0].removeprefix("state: ") if told.stdout else "damaged"


class Image:
    """Where the parts of a sound image lie, in bytes of the disk. offset: block of the swap header."""

    def __init__(self, path, offset=0):
        told = hibimg("offsets", "--json", "--offset", offset, path)
        if told.returncode:
            raise NoImage(told.stderr.strip())
        self.where = json.loads(told.stdout)
        self.record, self.header = self.where["record"], self.where["header"]
        self.chunks = self.where["chunks"]
        self.frames = [(run["pfn"], run["nr_pages"]) for run in self.where["frames"]]

    def leaf(self, name):
        """The data of a list's first leaf."""
        return self.where["lists"][name][0]["fields"]["data"]

    def parts(self):
        """Name -> byte on the disk, one for each kind of part."""
        bodies = [chunk["body"] for chunk in self.chunks if "body" in chunk]
        parts = {
            "commit": self.record["fields"]["header_block"],
            "commit-state": self.record["fields"]["state"],
            "header": self.header["fields"]["nr_pages"],
            "header-arch": self.header["fields"]["arch"],
            "extent-leaf": self.where["extent_leaves"][0]["fields"]["data"],
            "pagemap-leaf": self.leaf("pagemap"),
            "segment-leaf": self.leaf("segments"),
            "first-chunk-frame": self.chunks[0]["fields"]["index"],
            "first-chunk-body": bodies[0],
            "middle-chunk-body": bodies[len(bodies) // 2],
            "last-chunk-frame": self.chunks[-1]["fields"]["index"],
        }
        if self.where["lists"]["digests"]:
            parts["digest-leaf"] = self.leaf("digests")
        return parts


def forge(folder, path, **fields):
    """Changes handover, blackbox, state, tries or release of an image, all tags right."""
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
