# SPDX-License-Identifier: GPL-2.0
"""What the bench says of its runs: medians, phases, ours against mainline with spread and ratio, and what binds."""
import statistics

import phases
import writer
from rows import COLUMNS, ROWS, WRITERS, rival

COMPARED = ["write_mb_s", "read_mb_s", "image_mb", "irqs_off_ms", "down_s", "up_s"]
STREAM = {"writing enter write", "boot enter read"}
FIXED = ("none", "lz4")  # what auto mixes: the better of them is what it must reach
MOST_STEPS = 6


def values_of(runs, column):
    return [run[column] for run in runs if run.get(column) is not None]


def medians(runs):
    """Column -> median of what was measured."""
    return {column: round(statistics.median(values), 2) for column in COLUMNS for values in [values_of(runs, column)] if values}


def with_phases(runs, way):
    """The rows of which phases are known."""
    return {row: done for row, done in runs.items() if done[0]["phases"][way]}


def phase_medians(runs, way):
    """Phase -> median seconds, in order."""
    names = phases.DOWN if way == "down" else phases.UP
    return {name: statistics.median(run["phases"][way][name] for run in runs) for name in names}


def markdown(head, rows):
    """A table; all columns but the first are numbers."""
    return ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1),
            *("| " + " | ".join(row) + " |" for row in rows)]


def main_table(runs):
    rows = []
    for row, done in runs.items():
        found = medians(done)
        rows.append([row, *(f"{found[column]:.4g}" if column in found else "-" for column in COLUMNS)])
    return markdown(["run", *COLUMNS.values()], rows)


def phase_table(runs, way):
    """Seconds of each phase."""
    names = phases.DOWN if way == "down" else phases.UP
    rows = [[row, *(f"{span:.2f}" for span in phase_medians(done, way).values())]
            for row, done in with_phases(runs, way).items()]
    return markdown(["down, s" if way == "down" else "up, s", *names], rows) if rows else []


def largest_steps(runs):
    """Of our kernel, what took longest and is not the stream: the kernel's own words."""
    lines = []
    for row, done in runs.items():
        names = {name for run in done for name in run.get("steps", {})} - STREAM
        spans = {name: statistics.median(run["steps"].get(name, 0) for run in done) for name in names}
        largest = sorted(spans, key=spans.get, reverse=True)[:MOST_STEPS]
        if largest:
            lines.append(f"{row}, largest steps but for write and read, ms: "
                         + ", ".join(f"{name} {spans[name] * 1e3:.0f}" for name in largest))
    return lines


def fixed_limit(bound, codec, cpus, way):
    """MB/s that the CPUs and the device allow: (number, its name). Without a codec a page is only tagged."""
    def together(*speeds):
        return 1 / sum(1 / speed for speed in speeds)

    share = bound.get(f"{codec}-percent", 100) / 100
    name = "lz4-fast" if (codec, way) == ("lz4", "write") else codec
    work = [] if codec == "none" else [bound[f"{name}-{'pack' if way == 'write' else 'unpack'}"]]
    whose = "one CPU's" if cpus == 1 else "two CPUs'"
    return min((cpus * together(*work, bound["xxh64"] / share), f"{whose} {codec} and tag" if work else f"{whose} tag"),
               (bound[f"device-1MiB-{way}"] / share, "the device"))


def limit_of(limits, row, way):
    """The same for one of our rows. A mix may do more than either way alone, so the limit of auto is the one to reach."""
    _, codec, cpus, _ = ROWS[row]
    bound = limits[f"{cpus}cpu"]
    if codec != "auto":
        return fixed_limit(bound, codec, cpus, way)
    number, name, best = max((*fixed_limit(bound, codec, cpus, way), codec) for codec in FIXED)
    return number, f"{name} ({best}, the better fixed way)"


def binds(results, row, column):
    """What keeps a figure of ours from being better, as far as it was measured."""
    runs, limits = results["runs"][row], results["limits"]
    value = medians(runs)[column]
    if column in ("write_mb_s", "read_mb_s"):
        limit, name = limit_of(limits, row, column.split("_", maxsplit=1)[0])
        return f"{value / limit:.0%} of {limit:.0f} MB/s, {name}"
    if column in ("down_s", "up_s"):
        spans = phase_medians(runs, column.split("_", maxsplit=1)[0])
        longest = max(spans, key=spans.get)
        return f"{longest}, {spans[longest] / value:.0%}"
    if column == "irqs_off_ms" and "precopy" not in row:
        speed, copy = results["mib"] * 1.048576 / (value / 1e3), limits[f"{ROWS[row][2]}cpu"]["memory-copy"]
        return f"{speed:.0f} MB/s of filled pages; a copy of memory does {copy}"
    return "-"


def cell(runs, column):
    """(median, "median (lowest to highest)")"""
    values = values_of(runs, column)
    if not values:
        return None, "-"
    middle = statistics.median(values)
    return middle, f"{middle:.4g} ({min(values):.4g} to {max(values):.4g})"


def comparison(results):
    """Each figure of ours with mainline's, its ratio and what binds."""
    rows, runs = [], results["runs"]
    for row in (row for row in runs if ROWS[row][0] == "ours" and row not in WRITERS):
        for column in COMPARED:
            ours, told = cell(runs[row], column)
            theirs, of_them = cell(runs.get(rival(row), []), column)
            if ours is not None:
                ratio = f"{ours / theirs:.2f}" if theirs else "-"
                rows.append([row, COLUMNS[column], told, of_them, ratio, binds(results, row, column)])
    return markdown(["run", "figure", "ours (lowest to highest)", "mainline", "ratio", "what binds"], rows) if rows else []


def writers(runs):
    """This kernel as the writer and a second one, with spread."""
    rows = [[row, str(len(done)), *(cell(done, column)[1] for column in writer.COLUMNS)]
            for row, done in runs.items() if row in WRITERS]
    return markdown(["writer", "runs", *writer.COLUMNS.values()], rows) if rows else []


def targets(runs):
    """Our lz4 against the better of mainline's codecs, as the targets are said."""
    found = {row: medians(done) for row, done in runs.items()}
    theirs = [found[row] for row in ("mainline-lzo", "mainline-lz4") if row in found]
    if not theirs or "ours-lz4" not in found:
        return []
    return [f"ours-lz4, {COLUMNS[column]}: {found['ours-lz4'][column] / max(row[column] for row in theirs):.2f} times "
            f"mainline's better codec (target {target})" for column, target in (("write_mb_s", 3), ("read_mb_s", 5))]


def text(results):
    """All of it. Rows without a run are not in results."""
    runs = results["runs"]
    lines = [f"Filled {results['mib']} MiB of {results['mem']}, median of {results['rounds']} round(s), {results['date']}, "
             f"load of the host {results['load'][0]} to {results['load'][1]}", ""]
    for part in (main_table(runs), comparison(results), writers(runs), targets(runs),
                 phase_table(runs, "down"), phase_table(runs, "up"), largest_steps(runs)):
        lines += [*part, ""] if part else []
    for cpus, values in results["limits"].items():
        lines.append(f"Limits of the same machine, {cpus}, MB/s: "
                     + ", ".join(f"{name} {value}" for name, value in values.items()))
    return "\n".join(lines) + "\n"
