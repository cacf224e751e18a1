# SPDX-License-Identifier: GPL-2.0
"""Draws the phases of each row as one bar on the way down and one on the way up, as an SVG."""
import statistics
from xml.sax.saxutils import escape

import phases
from report import phase_medians, values_of, with_phases

WIDTH, LEFT, RIGHT, ROW, HEAD, KEY = 1000, 180, 130, 20, 30, 18
COLOURS = ["#7a9cc6", "#5b7f5b", "#b8b06a", "#a04848", "#d0a878", "#4878a8", "#808080"]
PANELS = [("down", "from the request to power-off", phases.DOWN, "down_s"),
          ("up", "from the kernel's entry to the first user instruction", phases.UP, "up_s")]
# The same colour for what is alike on both ways.
COLOUR_OF = {"down": dict(zip(phases.DOWN, COLOURS)),
             "up": dict(zip(phases.UP, [COLOURS[6], COLOURS[0], COLOURS[5], COLOURS[3], COLOURS[4]]))}


def label(x, y, words, kind=""):
    return f'<text x="{x:.0f}" y="{y:.0f}"{kind}>{escape(words)}</text>\n'


def key(way, names, top):
    """What each colour is."""
    out, x = "", LEFT
    for name in names:
        out += f'<rect x="{x}" y="{top}" width="10" height="10" fill="{COLOUR_OF[way][name]}"/>' + label(x + 14, top + 10, name)
        x += 30 + 7 * len(name)
    return out


def bar(row, runs, panel, top, scale):
    """One row: its name, its phases, its median and the line from the lowest to the highest."""
    way, _, _, column = panel
    out, x = label(LEFT - 6, top + 13, row, ' text-anchor="end"'), LEFT
    for name, span in phase_medians(runs, way).items():
        width = max(span, 0) * scale
        out += f'<rect x="{x:.1f}" y="{top + 2}" width="{width:.1f}" height="14" fill="{COLOUR_OF[way][name]}"/>\n'
        x += width
    values = values_of(runs, column)
    low, high = LEFT + min(values) * scale, LEFT + max(values) * scale
    out += f'<path d="M{low:.1f} {top + 9}H{high:.1f}M{low:.1f} {top + 5}v8M{high:.1f} {top + 5}v8" stroke="#000"/>\n'
    return out + label(max(x, high) + 5, top + 13, f"{statistics.median(values):.1f} s")


def draw(results):
    """The whole picture."""
    runs = results["runs"]
    longest = max(value for done in runs.values() for column in ("down_s", "up_s") for value in values_of(done, column))
    scale, top, body = (WIDTH - LEFT - RIGHT) / longest, 0, ""
    for panel in PANELS:
        body += label(6, top + 20, f"{panel[1]}, {results['mib']} MiB filled, {results['date']}", ' class="title"')
        top += HEAD
        body += key(panel[0], panel[2], top)
        top += KEY
        for row, done in with_phases(runs, panel[0]).items():
            body += bar(row, done, panel, top, scale)
            top += ROW
        top += 10
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}">\n'
            "<style>text{font:12px sans-serif}.title{font-weight:bold}</style>\n"
            f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>\n{body}</svg>\n')
