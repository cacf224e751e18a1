# SPDX-License-Identifier: GPL-2.0
"""What a user sees while tasks are frozen: the screen of the emulated machine is read."""
import re
import threading
from dataclasses import replace

import asleep
import screen
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


def half_way(found, verb, where):
    """The rows have the line once, and it says that half is done."""
    seen = shares(found, verb, HINT)
    check(len(seen) == 1 and 45 <= seen[0] <= 60, f"{where}: at 50 % the screen says {seen}")


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
    half_way(rows(folder, "down"), "saving", "down")

    up = desk.up(on_console=("loading progress:  50%", lambda run: look(run, "up")))
    half_way(rows(desk.folder / up.name, "up"), "loading", "up")
    desk.came_back(up)
    desk.swap_sound()


def uefi_desk(desk):
    """A machine whose firmware has set up a screen of dots, and a slow disk."""
    desk.standard(firmware="ovmf")
    desk.machine = replace(desk.machine, extra=[*desk.machine.extra, "-vga", "std"])
    desk.machine.disks[0].bps_write = desk.machine.disks[0].bps_read = SLOW


def picture_at_half(verb, name):
    return f"{verb} progress:  50%", lambda run: screen.picture(run, name)


# The top row of the terminal in front is a user's.
TOP = "what a user has in the top row"
WRITE_TOP = f"printf '\\033[2J\\033[H{TOP}\\nnext row\\n' >/dev/tty1\n"


def has_the_users_rows(found, where):
    check([row.rstrip() for row in found[:2]] == [TOP, "next row"] and not [row for row in found if "Hibernation" in row],
          f"{where}: the screen has {[row.rstrip() for row in found if row.strip()]}")


@case(on="ours", kernel="debian", seconds=120, quick=False)
def progress_is_seen_on_simpledrm(desk):
    """UEFI's screen by simpledrm, with no switch to another terminal: the line is seen on both ways, and afterwards the user's rows again."""
    uefi_desk(desk)

    def look_and_stop(run):
        screen.picture(run, "first")
        asleep.press(run, "esc")

    def look(run, text):
        if text in ("came back", "verdict done"):
            screen.picture(run, text.split()[0])

    pause = "sleep 1\ntell came back\nsleep 1\n"
    script = desk.prime() + WRITE_TOP + "hibernate shutdown\n" + pause + desk.transition("shutdown") + pause + desk.verdict() + "sleep 1\n"
    down = desk.boot(script, name="down", on_word=look, on_console=[("saving progress:  50%", look_and_stop), picture_at_half("saving", "down")])
    tries = [text for _, text in down.words if text.startswith("hibernated")]
    check(tries == ["hibernated ECANCELED"], f"not one try came back: {tries} {desk.last_result(down)}")
    check("simpledrmdrmfb frame buffer device" in down.console, "the screen is not driven by simpledrm")
    folder = desk.folder / down.name
    half_way(screen.rows(folder, "first"), "saving", "first attempt")
    has_the_users_rows(screen.rows(folder, "came"), "after the attempt that was cancelled")
    half_way(screen.rows(folder, "down"), "saving", "down")

    up = desk.up(on_word=look, on_console=picture_at_half("loading", "up"))
    half_way(screen.rows(desk.folder / up.name, "up"), "loading", "up")
    desk.came_back(up)
    has_the_users_rows(screen.rows(desk.folder / up.name, "verdict"), "after the resume")
    desk.swap_sound()


@case(on="ours", seconds=90, quick=False)
def progress_is_seen_on_an_early_console(desk):
    """A kernel with no driver for UEFI's screen, but an early console on it that is kept: the lines of the log are seen there, on both ways."""
    uefi_desk(desk)
    early = ["earlycon=efifb", "keep_bootcon"]
    down = desk.down("shutdown", append=early, on_console=picture_at_half("saving", "down"))
    up = desk.up(append=early, on_console=picture_at_half("loading", "up"))
    for seen, verb in ((down, "saving"), (up, "loading")):
        found = "\n".join(screen.rows(desk.folder / seen.name, seen.name.split("-")[-1]))
        told = [int(share) for share in re.findall(rf"PM: Image {verb} progress: +(\d+)%", found)]
        check(told and told == sorted(told) and told[-1] in (40, 50, 60), f"{seen.name}: at 50 % the screen has lines of {told}")
    desk.came_back(up)
    desk.swap_sound()
