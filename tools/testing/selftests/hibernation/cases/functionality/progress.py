# SPDX-License-Identifier: GPL-2.0
"""What a user sees while tasks are frozen: the screen of the emulated machine is read."""
import re
import threading
from dataclasses import replace

import asleep
from case import case, check

PROGRESS = "/sys/module/hibernate/parameters/progress"
SLOW = 24 << 20
VGA, VGA_BYTES, COLUMNS = 0xB8000, 32 << 10, 80
HINT = "  Esc or power button: cancel"
LINE = r"^Hibernation: {} +(\d+) %  \d+ MB/s  \d+ s left{} *$"


def look(run, name):
    """Has the emulator write down what the text screen shows, and a picture of it."""
    run.ask("pmemsave", val=VGA, size=VGA_BYTES, filename=str(run.folder / f"{name}.vga"))
    run.ask("screendump", filename=str(run.folder / f"{name}.png"), format="png")


def rows(folder, name):
    """The rows of the text screen, those that have scrolled away included."""
    path = folder / f"{name}.vga"
    check(path.exists(), f"{path.name}: nothing was written down")
    text = path.read_bytes()[::2].decode("latin-1")
    found = [text[start:start + COLUMNS] for start in range(0, len(text), COLUMNS)]
    (folder / f"{name}.txt").write_text("\n".join(row.rstrip() for row in found).replace("\0", " ") + "\n")
    return found


def shares(found, verb, hint=""):
    return [int(match.group(1)) for row in found for match in [re.match(LINE.format(verb, hint), row)] if match]


@case(on="ours", seconds=60, quick=False)
def progress_is_seen_on_the_screen(desk):
    """A line that renews itself, on both ways; only the log with progress=lines, and nothing at all with progress=off."""
    desk.standard()
    desk.machine = replace(desk.machine, extra=[*desk.machine.extra, "-vga", "std"])
    desk.machine.disks[0].bps_write = desk.machine.disks[0].bps_read = SLOW

    def look_and_stop(run):
        look(run, "lines")
        asleep.press(run, "esc")

    def stop_soon(run):
        threading.Timer(2, asleep.press, (run, "esc")).start()

    script = desk.prime() + "".join(f"setting {PROGRESS} {value}\nhibernate shutdown\n" for value in ("lines", "off"))
    script += f"setting {PROGRESS} auto\n"
    down = desk.boot(script + desk.transition("shutdown") + desk.verdict(), name="down",
                     on_console=[("saving progress:  50%", look_and_stop), ("Saving image data pages", stop_soon),
                                 ("saving progress:  50%", lambda run: look(run, "down"))])
    tries = [text for _, text in down.words if text.startswith("hibernated")]
    check(tries == ["hibernated ECANCELED"] * 2, f"not two tries came back: {tries} {desk.last_result(down)}")
    silent = down.console.split("Saving image data pages")[2]
    check("progress" not in silent, "progress=off, and the log has lines of it")
    folder = desk.folder / down.name
    check(not shares(rows(folder, "lines"), "saving", "  Esc.*"), "progress=lines, and the screen has a line")
    seen = shares(rows(folder, "down"), "saving", HINT)
    check(len(seen) == 1 and 45 <= seen[0] <= 60, f"at 50 % the screen says {seen}")

    up = desk.up(on_console=("loading progress:  50%", lambda run: look(run, "up")))
    seen = shares(rows(desk.folder / up.name, "up"), "loading", HINT)
    check(len(seen) == 1 and 45 <= seen[0] <= 60, f"at 50 % of the way up the screen says {seen}")
    desk.came_back(up)
    desk.swap_sound()
