# SPDX-License-Identifier: GPL-2.0
"""The file log: which step of which kernel took how long, and how much it moved."""
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from case import check

TIMELINE = Path(__file__).resolve().parents[4] / "power/hibernation/timeline"
LOG = re.compile(r"^(saving|writing|failed|boot|restored) (enter|leave) (\w+) (\d+) (-|\d+) (-|-?\d+) (\d+)$")


def log_of(seen):
    """The lines of the file log, as the console had them: (kernel, way, step, begin in ms, took in us, result, bytes)."""
    lines = re.findall(r"^LOG (.*)", seen.console.replace("\r", ""), re.M)
    found = [LOG.match(line) for line in lines]
    check(lines and all(found), f"no line of the log: {[line for line, match in zip(lines, found) if not match][:3]}")
    return [match.groups() for match in found]


def entered_by(log, kernel):
    """Steps that a kernel entered."""
    return [step for who, way, step, *_ in log if who == kernel and way == "enter"]


def bars_of(desk, log):
    """Names of the steps that timeline draws a bar of, and all that it says."""
    source = desk.folder / "log.txt"
    source.write_text("".join(" ".join(line) + "\n" for line in log))
    drawn = subprocess.run([TIMELINE, source], capture_output=True, text=True, timeout=60, check=False)
    check(drawn.returncode == 0, f"timeline: {drawn.stderr.strip()}")
    texts = [text.text for text in ElementTree.fromstring(drawn.stdout).iter("{http://www.w3.org/2000/svg}text")]
    return {name for name, told in zip(texts, texts[1:]) if re.match(r"[\d.]+ ms|not ended", told)}, texts


TELL_LOG = "sed 's/^/LOG /' $power/hibernate/log >/dev/console\n"
