# SPDX-License-Identifier: GPL-2.0
"""What goes on across a cycle: processes, pipes, timers, random numbers, one cycle after another."""

import swaparea
from case import case, check


@case(seconds=80)
def five_cycles_in_a_row(desk):
    """The same processes through five cycles; swap in use stays as it was."""
    desk.standard()
    rounds = 5
    script = desk.prime() + "tell used-before $(used_swap)\n"
    script += "hibernate platform\njudge verify || fail memory\ntell round-used $(used_swap)\n" * (rounds - 1)
    script += "hibernate platform\n" + desk.verdict()
    seen = desk.boot(script, name="down")
    desk.went_down(seen)
    for number in range(1, rounds):
        seen = desk.boot("fresh\n", name=f"round{number}", append=["resume=/dev/vda"])
        check(seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), f"round {number}: no right answer from before")
        used = seen.has(r"^round-used (\d+)")
        check(used and (used.group(1) == "0" or not desk.ours), f"round {number}: swap in use: {used.group(1) if used else '?'} KiB")
        desk.kernel_verified(seen)
    last = desk.up()
    desk.came_back(last)
    desk.swap_sound()
    desk.files_sound()


@case(seconds=30)
def six_processes_go_on(desk):
    """Six processes with pipes and timers between, tmpfs and files."""
    desk.standard()
    desk.cycle("platform", prime=desk.prime(anon=156, tmpfs=32, cache=24, procs=6))


@case(on="ours", seconds=45)
def twice_resumed_random_differs(desk):
    """One image resumed twice has two futures."""
    desk.standard()
    after = "tell random $(od -A n -t x8 -N 32 /dev/urandom | tr -d ' \\n')\n" + desk.verdict()
    desk.down("shutdown", after=after)
    disk = desk.machine.disks[0].path
    files = desk.machine.disks[1].path
    for path in (disk, files):
        swaparea.copy(path, f"{path}.kept")
    numbers = []
    for number in range(2):
        up = desk.up(name=f"up{number}")
        desk.came_back(up)
        numbers.append(up.has(r"^random (\w+)").group(1))
        for path in (disk, files):
            swaparea.copy(f"{path}.kept", path)
    check(numbers[0] != numbers[1], f"the same random numbers twice: {numbers[0]}")


@case(seconds=30)
def clock_goes_on(desk):
    """After a resume the monotonic clock goes on from where it stood, and the wall clock is right."""
    desk.standard()
    prime = desk.prime() + "setting $power/disk shutdown\ntell uptime $(cut -d ' ' -f 1 /proc/uptime)\n"
    after = "tell date $(date +%s)\n" + desk.verdict()
    desk.down("shutdown", prime=prime, after=after)
    up = desk.up()
    desk.came_back(up)
    told = up.has(r"^date (\d+)")
    check(told, "no date")


LOADING = "Loading image data pages"


def cut_while_loading(desk, name):
    """A boot that dies after it began to load."""
    seen = desk.up(name=name, cut_at=LOADING, clean=False)
    check(seen.killed, f"{name}: did not begin to load")
    check(not seen.has(r"^judge "), f"{name}: was resumed before the cut")
    check(desk.swap.armed(), f"{name}: the image is gone")


@case(on="ours", seconds=40)
def loading_that_dies_is_tried_again(desk):
    """The power goes while the image is loaded: the next boot resumes it."""
    desk.standard()
    desk.down("shutdown")
    cut_while_loading(desk, "cut")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=40)
def loading_that_dies_twice_is_given_up(desk):
    """hibernate.tries=2 boots died while loading: the third does not try, and says so."""
    desk.standard()
    desk.down("shutdown")
    cut_while_loading(desk, "cut1")
    cut_while_loading(desk, "cut2")
    up = desk.up(name="third")
    check(not up.has(r"^judge "), "was resumed")
    check(up.has(r"^fresh swap=usable"), "no clean start with usable swap")
    desk.result(up, phase="resume", step="check", errno=-116)
    desk.swap_sound()
