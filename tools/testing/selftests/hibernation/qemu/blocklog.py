# SPDX-License-Identifier: GPL-2.0
"""Disks as a power cut would leave them, made from QEMU's log of all writes (blklogwrites).

At the cut, all writes before the last completed flush are on the disk. Of the later ones some arrived, in any order, and one
of those in part: disks promise no more than whole sectors.
"""
import struct
from dataclasses import dataclass

import swaparea

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4
SECTOR = 512


@dataclass
class Write:
    sector: int
    sectors: int
    flags: int
    data: int  # where in the log the bytes lie


class Log:
    """The writes of one boot, in order."""

    def __init__(self, path):
        self.path = path
        self.writes, self.size = [], SECTOR
        if not path.stat().st_size:  # nothing was written
            return
        with open(path, "rb") as log:
            magic, version, count, self.size = struct.unpack("<QQQI", log.read(28))
            if magic != MAGIC or version != 1:
                raise ValueError(f"{path}: not a log of writes")
            place = self.size
            for _ in range(count):
                log.seek(place)
                sector, sectors, flags, _ = struct.unpack("<QQQQ", log.read(32))
                place += self.size
                self.writes.append(Write(sector, sectors, flags, place))
                if not flags & DISCARD:
                    place += sectors * self.size

    def __len__(self):
        return len(self.writes)

    def durable(self, cut):
        """How many of the first `cut` writes a flush has made safe."""
        for index in range(cut - 1, -1, -1):
            if self.writes[index].flags & FLUSH:
                return index + 1
        return 0

    def flushes(self):
        return [index for index, write in enumerate(self.writes) if write.flags & FLUSH]

    def writes_of(self, sector):
        """All writes that cover a sector."""
        return [index for index, write in enumerate(self.writes)
                if write.sector <= sector < write.sector + write.sectors and not write.flags & DISCARD]

    def last_write(self, sector):
        """The last write that covers a sector."""
        return max(self.writes_of(sector))

    def bytes_of(self, log, write):
        """What a write put on the disk."""
        if write.flags & DISCARD:
            return bytes(write.sectors * self.size)
        log.seek(write.data)
        return log.read(write.sectors * self.size)

    def prefixes(self, before, target):
        """Makes target the disk as it was after each write, in order, none lost; yields how many writes there were."""
        swaparea.copy(before, target)
        with open(self.path, "rb") as log, open(target, "r+b", buffering=0) as disk:
            for cut, write in enumerate(self.writes, 1):
                disk.seek(write.sector * self.size)
                disk.write(self.bytes_of(log, write))
                yield cut

    def replay(self, before, target, cut, random, alone=False):
        """Makes target: the disk `before` plus what was on it when the power went after `cut` writes.

        With alone, the last of the writes overtook all that no flush had made safe: it arrived, they did not.
        """
        swaparea.copy(before, target)
        safe = self.durable(cut)
        later = [index for index in range(safe, cut) if self.writes[index].sectors]
        if alone:
            later = later[-1:]
        lucky = [] if alone else [index for index in later if random.random() < 0.5]
        fua = [index for index in later if self.writes[index].flags & FUA]
        arrived = sorted(set(later if alone else lucky) | set(fua))
        torn = random.choice(lucky) if lucky else None
        if torn is None and later and not alone:
            torn = random.choice(later)
            arrived = sorted(set(arrived) | {torn})
        with open(self.path, "rb") as log, open(target, "r+b") as disk:
            for index in [*range(safe), *arrived]:
                write = self.writes[index]
                if not write.sectors:
                    continue
                data = self.bytes_of(log, write)
                if index == torn and not write.flags & FUA:
                    self.tear(disk, write, data, random)
                else:
                    disk.seek(write.sector * self.size)
                    disk.write(data)
        return f"{cut} of {len(self)} writes, {safe} safe, {len(arrived)} of {len(later)} later ones arrived, torn: {torn}"

    def tear(self, disk, write, data, random):
        """Each sector of the write arrives or not, at least one of each kind."""
        sectors = len(data) // SECTOR
        kept = [random.random() < 0.5 for _ in range(sectors)]
        if sectors > 1:
            kept[random.randrange(sectors)] = False
            if not any(kept):
                kept[0] = True
        for number, keep in enumerate(kept):
            if keep:
                disk.seek(write.sector * self.size + number * SECTOR)
                disk.write(data[number * SECTOR:(number + 1) * SECTOR])


def sectors_from(path, place):
    """Sectors that were written or discarded from a byte of the log on, which is open; a flush writes none."""
    sectors_of_all, end = 0, path.stat().st_size
    with open(path, "rb") as log:
        size = struct.unpack("<QQQI", log.read(28))[3]
        while place < end:
            log.seek(place)
            _, sectors, flags, _ = struct.unpack("<QQQQ", log.read(32))
            sectors_of_all += sectors
            place += size * (1 if flags & DISCARD else 1 + sectors)
    return sectors_of_all
