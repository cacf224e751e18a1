# SPDX-License-Identifier: GPL-2.0
"""The example policy: to memory, to disk, or both, by what the battery has left."""
from pathlib import Path

import relay_bed
from case import case, check
from initramfs import HERE

POLICY = HERE.parents[3] / "power/hibernation/examples/sleep-policy"
# percent of the battery (None: there is none), on mains -> what is done
WANTED = {
    (None, 0): "state=mem mode= after=0 profile=normal writer=self",
    (5, 1): "state=mem mode= after=0 profile=normal writer=self",
    (40, 0): "state=disk mode=suspend after=7200 profile=normal writer=second",
    (39, 0): "state=disk mode=platform after=0 profile=normal writer=second",
    (10, 0): "state=disk mode=platform after=0 profile=normal writer=second",
    (9, 0): "state=disk mode=shutdown after=0 profile=emergency writer=self",
}


def supplies(percent, mains):
    """Script lines: a folder like sysfs's, with a mouse that has a full battery."""
    lines = ["rm -rf $SUPPLY; mkdir -p $SUPPLY/AC $SUPPLY/mouse", f"echo Mains >$SUPPLY/AC/type; echo {mains} >$SUPPLY/AC/online",
             "echo Battery >$SUPPLY/mouse/type; echo Device >$SUPPLY/mouse/scope; echo 100 >$SUPPLY/mouse/capacity"]
    if percent is not None:
        lines.append(f"mkdir $SUPPLY/BAT0; echo Battery >$SUPPLY/BAT0/type; echo {percent} >$SUPPLY/BAT0/capacity")
    return "\n".join(lines) + "\n"


@case(on="ours", seconds=40, quick=False, also=("restore",))
def policy_by_the_battery(desk):
    """What it does for each state of the battery; and with a third left, a second kernel loaded, it does it."""
    desk.standard()
    script = "export SUPPLY=/tmp/supply\n" + desk.prime() + relay_bed.load()
    for state in WANTED:
        script += supplies(*state) + 'tell "policy $(sleep-policy --tell)"\n'
    script += supplies(33, 0) + "tell hibernating\nsleep-policy && tell hibernated ok\n" + desk.verdict()
    files = {**relay_bed.files(desk), "bin/sleep-policy": Path(POLICY).read_bytes()}
    down = desk.boot(script, files=files, append=["no_console_suspend"], name="down")
    told = [text.removeprefix("policy ") for _, text in down.words if text.startswith("policy ")]
    check(told == list(WANTED.values()), f"{down.name}: {told}")
    desk.went_down(down, "platform")
    relay_bed.must_have_written(down)
    desk.came_back(desk.up())
    desk.swap_sound()
