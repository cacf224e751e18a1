# SPDX-License-Identifier: GPL-2.0
"""Every codec writes images that come back."""
import re

import fill
from case import MIB, Skip, case, check
from figures import chunks


def counted_cycle(desk, codec, prime=None):
    """A whole cycle: the boot that went down, and the figures of the image."""
    append = [f"hibernate.compressor={codec}"]
    down = desk.down("shutdown", prime=prime, append=append, after="tell_stats after\n" + desk.verdict())
    up = desk.up(append=append)
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
    return down, fill.stats(desk, up)


def cycle_with(desk, codec):
    """Ours tells by which codecs chunks were stored: the wanted one, and raw what does not shrink."""
    desk.standard()
    _, figures = counted_cycle(desk, codec)
    counts = {name.removeprefix("chunks_"): number for name, number in figures.items() if name.startswith("chunks_")}
    desk.note(", ".join(f"{number} by {name}" for name, number in counts.items() if number))
    if desk.ours:
        check(sum(counts.values()) * 32 * 4096 >= desk.filled * MIB, f"too few chunks are counted: {counts}")
        check(0 < figures["wait_ns"] < figures["write_ns"], f"one worker waited {figures['wait_ns']} of {figures['write_ns']} ns")
    if desk.ours and codec != "auto":
        check(counts[codec] > 0 and all(name in (codec, "none") for name in counts if counts[name]), f"{codec} was wanted: {counts}")


@case(seconds=25)
def lz4_image_resumes(desk):
    cycle_with(desk, "lz4")


@case(seconds=25)
def lzo_image_resumes(desk):
    cycle_with(desk, "lzo")


@case(on="ours", seconds=25)
def zstd_image_resumes(desk):
    cycle_with(desk, "zstd")


@case(on="ours", seconds=25)
def raw_image_resumes(desk):
    cycle_with(desk, "none")


@case(on="ours", seconds=25)
def auto_image_resumes(desk):
    cycle_with(desk, "auto")


def cycle_with_auto(desk, bound=None, **swap):
    """Chunks that went each way. The disk is the first one. The estimate is at most so many times what was made."""
    desk.machine.mem = 1024
    desk.add_swap(**swap)
    desk.add_files()
    down, figures = counted_cycle(desk, "auto", desk.prime(anon=200) + "tell estimate before $(tr '\\n' ' ' <$power/hibernate/estimate)\n")
    ways = chunks(down)
    check(ways[:3] == tuple(figures[f"chunks_{name}"] for name in ("none", "lz4", "zstd")), f"{ways} in the log, {figures}")
    expected = fill.told(down, "estimate", "before")["expected_bytes"]
    made = figures["image_bytes"]
    desk.note(f"{ways[0]} raw, {ways[1]} by lz4, {ways[2]} by zstd; {expected / MIB:.0f} MiB expected, {made / MIB:.0f} made")
    if bound:
        check(expected < bound * made, f"{expected} bytes were expected, {made} were made")
    check(len(re.findall("Saving image data pages", down.console)) == 1, "more than one attempt")
    return ways


@case(on="ours", seconds=25)
def auto_leaves_pages_raw_on_a_fast_disk(desk):
    """Most of them, if the host lets the disk be fast: the emulator's disk is slow while others use the CPUs."""
    raw, _, _, mib_us = cycle_with_auto(desk, mib=1024)
    if mib_us > 1500:
        raise Skip(f"the disk took {mib_us} us for a MiB: the host was busy")
    check(raw > 1200, "too many chunks were coded")


@case(on="ours", seconds=40, quick=False)
def auto_codes_for_a_slow_disk(desk):
    """24 MiB/s: a tenth of what a CPU codes. The estimate says so, too: all pages raw would be twice that."""
    raw, *coded, _ = cycle_with_auto(desk, bound=1.35, mib=1024, bps_write=24 * MIB, bps_read=24 * MIB)
    check(raw < 150 < sum(coded), "too few chunks were coded")


@case(on="ours", seconds=25)
def auto_codes_if_room_is_short(desk):
    """The disk is fast, but the pages do not fit as they are. There is one attempt."""
    _, *coded, _ = cycle_with_auto(desk, mib=240)
    check(sum(coded) > 500, "too few chunks were coded")


@case(seconds=25)
def nocompress_image_resumes(desk):
    """hibernate=nocompress, as mainline has it."""
    desk.standard()
    desk.cycle("shutdown", append=["hibernate=nocompress"])


@case(on="ours", seconds=10)
def compressor_reads_back(desk):
    """The parameter takes its five names and refuses others."""
    desk.standard()
    path = "/sys/module/hibernate/parameters/compressor"
    script = f"tell default $(cat {path})\n"
    for name in ("lzo", "lz4", "zstd", "none", "auto"):
        script += f"tell set {name} $(put {path} {name}) $(cat {path})\n"
    script += f"tell set bad $(put {path} nonsense) $(cat {path})\n"
    seen = desk.boot(script)
    for name in ("lzo", "lz4", "zstd", "none", "auto"):
        check(seen.has(rf"^set {name} ok {name}$"), f"{name} was not taken or does not read back")
    check(seen.has(r"^set bad EINVAL auto$"), "nonsense was not refused")
