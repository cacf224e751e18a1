# SPDX-License-Identifier: GPL-2.0
"""Very many images with one fault: hibimg, which decides with the kernel's own code, refuses each of them. Some are booted, too.

Bits are flipped all over an image. Whole parts are cut off, put in each other's place, and taken from an image that the same
session wrote before.
"""
import hashlib
from dataclasses import replace

import image
import swaparea
import vm
from case import case, check
from damaged import exchange, read, refused, write

FLIPS = 500  # for each codec
PAGE = 4096


def leaves(there, but=()):
    """Each leaf of an image, by name: (byte, bytes); without some lists."""
    found = {f"extent-{i}": leaf for i, leaf in enumerate(there.where["extent_leaves"])}
    for name, chain in there.where["lists"].items():
        found |= {f"{name}-{i}": leaf for i, leaf in enumerate(chain) if name not in but}
    return {name: (leaf["byte"], leaf["bytes"]) for name, leaf in found.items()}


KINDS = ["data", "data", "data", "chunk", "leaf", "fixed"]


def anywhere(there, random, kind=None, but=()):
    """A byte of the image and what it is a part of: half are bytes of pages, half of what leads to them."""
    kind = kind or random.choice(KINDS)
    if kind == "data":
        extent = random.choices(there.where["extents"], [extent["bytes"] for extent in there.where["extents"]])[0]
        return kind, extent["byte"] + random.randrange(extent["bytes"])
    if kind == "chunk":
        return kind, random.choice(list(random.choice(there.chunks)["fields"].values()))
    if kind == "leaf":
        byte, length = random.choice(list(leaves(there, but).values()))
        return kind, byte + random.randrange(length)
    part = random.choice([there.record, there.header])
    return kind, part["byte"] + random.randrange(part["bytes"])


def is_refused(path):
    """hibimg says that the image is damaged, or that there is none."""
    told = image.hibimg("verify", path)
    check(told.returncode in (image.SOUND, image.DAMAGED, image.NO_IMAGE), f"hibimg ended with {told.returncode}: {told.stderr}")
    check(bool(told.stderr) == (told.returncode != image.SOUND), f"hibimg ended with {told.returncode} and says {told.stderr!r}")
    return told.returncode != image.SOUND


def add_flips(codec):
    def flips(desk):
        desk.standard(swap_mib=512, mem=256)
        desk.down("shutdown", append=[f"hibernate.compressor={codec}"])
        swap, there, count = desk.swap.path, image.Image(desk.swap.path), {}
        check(not is_refused(swap), "the image is not sound")
        for _ in range(FLIPS):
            kind, place = anywhere(there, desk.random)
            before = read(swap, place, 1)
            image.flip(swap, place, desk.random)
            check(is_refused(swap), f"{kind}: a bit of byte {place} was flipped, and the image is sound")
            write(swap, place, before)
            count[kind] = count.get(kind, 0) + 1
        check(not is_refused(swap), "the image is not as it was")
        desk.note(", ".join(f"{kind} {number}" for kind, number in sorted(count.items())))
        for kind in ("data", "chunk", "leaf"):
            target = desk.folder / "flipped.img"
            swaparea.copy(swap, target)
            _, place = anywhere(there, desk.random, kind, but=["log"])  # without which a kernel resumes all the same
            image.flip(target, place, desk.random)
            _, reason = refused(desk, f"flip-{kind}", vm.Disk(target))
            desk.note(f"{kind}={reason}")

    flips.__name__ = f"many_flips_{codec}"
    flips.__doc__ = f"{FLIPS} bits of an image by {codec}, one at a time."
    case(on="ours", seconds=100, quick=False)(flips)


for each_codec in ("none", "lz4", "lzo", "zstd", "auto"):
    add_flips(each_codec)


def segments(there):
    return [(segment["byte"], segment["bytes"]) for segment in there.where["segments"]]


def one_length(parts, random):
    """Two parts of the same length."""
    by_length = {}
    for part in parts:
        by_length.setdefault(part[1], []).append(part)
    return random.sample(random.choice([group for group in by_length.values() if len(group) > 1]), 2)


def memory_of(desk, path):
    """The digest of all pages that hibimg takes out of an image."""
    memory = desk.folder / "memory.img"
    told = image.hibimg("extract", "--all", "--output", memory, path)
    check(told.returncode == image.SOUND, f"extract: {told.stderr.strip()}")
    with open(memory, "rb") as pages:
        digest = hashlib.file_digest(pages, "sha256").hexdigest()
    memory.unlink()
    return digest


def spliced(there, earlier, path, random):
    """Name -> what is to be done to a copy of the image; both images are of one session."""
    old = image.Image(earlier)
    pairs = list(zip(segments(there), segments(old)))

    def replay(parts):
        return lambda target: [write(target, new[0], read(earlier, was[0], min(new[1], was[1]))) for new, was in parts]

    own, before = leaves(there), leaves(old)
    return {
        "segment-twice": lambda target: write(target, segments(there)[3][0], read(path, segments(there)[2][0], PAGE)),
        "leaves-exchanged": lambda target: exchange(target, own["pagemap-0"], own["segments-0"]),
        "digests-exchanged": lambda target: exchange(target, own["digests-0"], own["digests-1"]),
        "segment-replayed": replay([random.choice(pairs)]),
        "segments-replayed": replay(pairs),
        "header-replayed": replay([((there.header["byte"], PAGE), (old.header["byte"], PAGE))]),
        **{f"{name}-replayed": replay([(own[f"{name}-0"], before[f"{name}-0"])]) for name in ("extent", "pagemap", "segments", "digests")},
    }


@case(on="ours", seconds=120, quick=False)
def parts_of_another_image_are_refused(desk):
    """Lists that change their places, a segment that is there twice, parts that come from the image before, in the same session."""
    desk.standard(swap_mib=512, mem=256)
    script = desk.prime() + "hibernate shutdown\njudge verify || fail memory\nhibernate shutdown\n" + desk.verdict()
    desk.went_down(desk.boot(script, name="down"), "shutdown")
    swap, earlier = desk.swap.path, desk.folder / "earlier.img"
    swaparea.copy(swap, earlier)
    desk.boot("fresh\n", name="again", append=["resume=/dev/vda"])
    there = image.Image(swap)
    check(there.where["id"] != image.Image(earlier).where["id"], "both images have one id")
    for name, change in spliced(there, earlier, swap, desk.random).items():
        target = desk.folder / "spliced.img"
        swaparea.copy(swap, target)
        change(target)
        check(is_refused(target), f"{name}: the image is sound")
        _, reason = refused(desk, name, vm.Disk(target))
        desk.note(f"{name}={reason}")


@case(on="ours", seconds=60, quick=False)
def order_of_segments_means_nothing(desk):
    """Each chunk of a coded segment tells which pages it holds: such segments and chunks that change their places are the same
    memory, and resume."""
    desk.standard(swap_mib=512, mem=256)
    desk.down("shutdown", append=["hibernate.compressor=lz4"])
    swap, there = desk.swap.path, image.Image(desk.swap.path)
    memory = memory_of(desk, swap)
    coded = [[(part["byte"], part["bytes"]) for part in there.where[kind] if not part["raw"]] for kind in ("segments", "chunks")]
    for parts in coded:
        exchange(swap, *one_length(parts, desk.random))
        check(memory_of(desk, swap) == memory, "the pages are others")
    desk.came_back(desk.up(), swap_used=True)
    desk.swap_sound()


@case(on="ours", seconds=60, quick=False)
def cut_off_image_is_refused(desk):
    """The disk is shorter than the image, by a block and by half."""
    desk.standard(swap_mib=512, mem=256)
    desk.down("shutdown")
    there = image.Image(desk.swap.path)
    end = max(byte + length for byte, length in [*leaves(there).values(), *segments(there)])
    for length in (end - PAGE, end // 2 // PAGE * PAGE):
        target = desk.folder / "cut.img"
        swaparea.copy(desk.swap.path, target)
        with open(target, "r+b") as disk:
            disk.truncate(length)
        check(is_refused(target), f"{length} bytes are a sound image")
        up = desk.up(name=f"cut-{length}", machine=replace(desk.machine, disks=[vm.Disk(target), desk.machine.disks[1]]))
        check(not up.has("^judge ") and up.has("^fresh "), f"{length} bytes: was resumed, or did not boot")
        desk.note(f"{length}: {[line for line in up.console.splitlines() if 'hibernation: result' in line][-1:]}")
