# SPDX-License-Identifier: GPL-2.0
"""Attempts that fail, and the attempt after them."""
import re

import fill
import poke
from case import MIB, case, check
from figures import PAGES
from steps import ARM, WAKE, each_failed, fail_each, listed_steps, resumes_after_all, tell_steps
from tight import ATTEMPT, small_area

PAGE = 4096
CHUNK = 32


@case(on="ours", seconds=90)
def each_step_fails_and_unwinds(desk):
    """steplist: steps that were in no list were never made to fail.

    Every step of the way down is made to fail once, in one boot; then all goes well.
    """
    desk.standard()
    desk.patience = 400
    down = desk.boot(desk.prime() + fail_each("down") + "hibernate platform\n" + desk.verdict(), name="down")
    each_failed(down, "down")
    resumes_after_all(desk)


@case(on="ours", seconds=90)
def each_phase_ends_with_a_wakeup(desk):
    """attempt: allocations were free before the image was retired.

    A wake-up event before each step of the way down, wakeup_count armed: EBUSY for the reason named. After the commit it is turned back.
    """
    desk.standard()
    desk.patience = 400
    # Once clocks are suspended, no event can be made.
    script = (tell_steps("down", but=["syscore_test", "commit"]) +
              "for step in $steps; do\n"
              f"  {ARM}  setting {WAKE} $step\n"
              "  hibernate platform; tell step $step $result $(tr ' ' '_' <$power/hibernate/last_error)\n"
              "  judge verify || fail memory after $step\n"
              "done\n"
              f"for mode in platform shutdown; do\n  {ARM}  setting {WAKE} commit\n"
              "  hibernate $mode; tell committed $mode $result $(used_swap)\n  judge verify || fail memory after commit\ndone\n"
              f"setting {WAKE} none\n")
    down = desk.boot(desk.prime() + script + "hibernate platform\n" + desk.verdict(), name="down")
    told = {words[1]: words[2:] for words in (text.split() for _, text in down.words) if words[:1] == ["step"]}
    for step in listed_steps(down, "down"):
        result = " ".join(told.get(step, ["no answer"]))
        check(result.startswith("EBUSY") and "wakeup:" in result, f"an event before {step} gave {result}")
    for mode in ("platform", "shutdown"):
        check(down.has(f"^committed {mode} ok 0"), f"an event at the end of mode {mode} was lost, or swap is still in use")
    resumes_after_all(desk)


@case(on="ours", seconds=30)
def full_area_is_a_short_attempt(desk):
    """attempt: a full swap area was the end, two attempts had one image id; census: pages in lists of CPUs counted as used.

    Nobody looks beforehand, the area gets full: by what was written the second attempt knows what fits.
    """
    down, figures = small_area(desk, codec="lz4", swap=96, cache=160, mem=512)
    ids = ATTEMPT.findall(down.console)
    check(figures["attempts"] == len(ids) == 2, f"attempts: {ids} {figures}")
    check(len(set(ids)) == 2, f"the attempts are one image to a reader: {ids}")
    check(re.search(r"attempt 1 of 3 failed: swap: full", down.console), "the first attempt failed for another reason")


@case(seconds=30)
def cache_that_does_not_shrink_gives_way_to_a_small_area(desk):
    """attempt: cache that could have given way did not.

    300 MiB of swap, 500 MiB of clean cache that does not compress: seen before the copy, and the first attempt fits.
    """
    down, figures = small_area(desk)
    if not desk.ours:
        return
    check(figures["attempts"] == 1 and len(ATTEMPT.findall(down.console)) == 1, f"more than one attempt: {figures}")
    check(figures["dropped_pages"] >= 200 * PAGES, f"{figures}")


@case(on="ours", seconds=60)
def much_that_changes_is_tried_again(desk):
    """attempt: the second attempt had exactly the frames that the first had missed, which was seldom enough.

    More changes than was expected, and there is room for it: the second attempt has it.
    """
    fill.standard(desk, 1024)
    script = fill.prime(desk, 60, "locked", before=poke.start(desk, 100, every=1)) + "hibernate shutdown\n"
    down = desk.boot(script + poke.VERIFY + fill.verdict(desk), name="down")
    before = fill.filled(desk, down, 60)
    check(not down.has("^hibernated"), f"came back: {desk.last_result(down)}")
    check(len(re.findall(r"\d+ pages short at the atomic point", down.console)) == 1, "the first attempt was not short of pages")
    up = desk.up()
    fill.came_back(desk, up, before, "locked")
    poke.right(poke.answer(up), 2)
    figures = fill.stats(desk, up)
    check(figures.get("attempts") == 2, f"statistics: {figures}")
    check(figures.get("changed_pages", 0) > 100 * MIB // PAGE - CHUNK, f"statistics: {figures}")  # what fills no chunk is not written early
    desk.swap_sound()
