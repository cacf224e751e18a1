# SPDX-License-Identifier: GPL-2.0
"""Images as large as memory: pages that are written while devices work, and compared at the atomic point."""
import re

import fill
import poke
from case import MIB, case, check
from fill import precopied

PARAMETER = "/sys/module/hibernate/parameters/precopy"
PAGE = 4096


@case(on="ours", seconds=150)
def precopy_mlocked_90_of_2gib_resumes(desk):
    """Memory that can neither be mirrored nor swapped out, up to 90 % of 2 GiB."""
    fill.standard(desk, 2048)
    down, _, figures = fill.cycle(desk, 90, "locked")
    check(precopied(down), "nothing was precopied")
    check(figures.get("precopied_pages", 0) > 0, f"statistics do not tell of precopied pages: {figures}")


@case(on="ours", seconds=70, quick=False)
def cache_70_of_1gib_resumes(desk):
    """Page cache up to 70 % of 1 GiB."""
    fill.standard(desk, 1024, "cache")
    _, up, _ = fill.cycle(desk, 70, "cache")
    cached = up.has(r"^judge nonce=.* cached=(\d+)")
    desk.note(f"{int(cached.group(1)) // MIB} MiB still cached")


@case(on="ours", seconds=25)
def precopy_always_resumes(desk):
    """Even where a mirror would fit."""
    desk.standard()
    down = desk.down("platform", after=fill.verdict(desk), append=["hibernate.precopy=always"])
    up = desk.up(append=["hibernate.precopy=always"])
    desk.came_back(up)
    desk.swap_sound()
    desk.files_sound()
    figures = fill.stats(desk, up)
    least = desk.filled * MIB // PAGE // 2
    check((precopied(down) or 0) > least, f"{precopied(down)} pages were precopied, at least {least} were expected")
    check(figures.get("precopied_pages", 0) > least, f"statistics: {figures}")
    check(figures.get("copied_pages", 0) < figures.get("saved_pages", 0) - least, f"precopied pages were copied all the same: {figures}")


@case(on="ours", seconds=70, quick=False)
def precopy_never_gives_enomem_above_half(desk):
    """Told not to precopy, 80 % of 1 GiB cannot be saved; nothing is lost, and once allowed it works."""
    fill.standard(desk, 1024)
    script = fill.prime(desk, 80, "locked")
    script += (f"setting {PARAMETER} never\nhibernate shutdown\ntell first $result\ntell_stats first\ntell_memory first\n"
               f"judge verify || fail memory\nsetting {PARAMETER} auto\nhibernate shutdown\n")
    down = desk.boot(script + fill.verdict(desk), name="down")
    before = fill.filled(desk, down, 80)
    check(down.has("^first ENOMEM"), f"precopy=never gave {down.has('^first .*')} {desk.last_result(down)}")
    check(down.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
    desk.result(down, errno=-12, reason="memory")
    check(fill.stats(desk, down, "first").get("precopied_pages", 0) == 0, "pages were precopied all the same")
    check(len([text for _, text in down.words if text.startswith("hibernated")]) == 1,
          f"the second attempt came back too: {desk.last_result(down)}")
    fill.came_back(desk, desk.up(), before, "locked")
    desk.swap_sound()


@case(on="ours", seconds=25)
def precopy_never_resumes(desk):
    """Where a mirror fits, nothing is missing without it."""
    desk.standard()
    down = desk.down("shutdown", after=fill.verdict(desk), append=["hibernate.precopy=never"])
    up = desk.up()
    desk.came_back(up)
    desk.swap_sound()
    check(precopied(down) is None, f"{precopied(down)} pages were precopied")
    check(fill.stats(desk, up).get("precopied_pages") == 0, f"statistics: {fill.stats(desk, up)}")


@case(on="ours", seconds=10)
def precopy_parameter_reads_back(desk):
    """The parameter takes its three words and refuses others; the command line sets it."""
    desk.standard()
    script = f"tell default $(cat {PARAMETER})\n"
    for word in ("always", "never", "auto"):
        script += f"tell set {word} $(put {PARAMETER} {word}) $(cat {PARAMETER})\n"
    script += f"tell set bad $(put {PARAMETER} sometimes) $(cat {PARAMETER})\n"
    seen = desk.boot(script)
    check(seen.has(r"^default auto$"), f"the default is {seen.has('^default.*')}")
    for word in ("always", "never", "auto"):
        check(seen.has(rf"^set {word} ok {word}$"), f"{word} was not taken or does not read back")
    check(seen.has(r"^set bad EINVAL auto$"), "nonsense was not refused")
    seen = desk.boot(script, append=["hibernate.precopy=never"])
    check(seen.has(r"^default never$"), "the command line was not heeded")


@case(on="ours", seconds=10, plain_only="it counts MiB of each kind")
def census_adds_up(desk):
    """One row a kind, all of memory in them, and each kind grows by what is made of it."""
    desk.standard(mem=1024)
    kinds = "anon cache_clean cache_dirty shmem slab page_tables reserved other free".split()
    ask = "tell census $(tr '\\n' ' ' <$power/hibernate/census)\n"
    seen = desk.boot("[ -e $power/hibernate/census ] || fail no census\n" + ask + desk.prime(anon=200, tmpfs=100, cache=60) + "sync\n" + ask)
    rows = [re.findall(r"(\w+) (\d+)", text) for _, text in seen.words if text.startswith("census ")]
    check(len(rows) == 2 and [name for name, _ in rows[0]] == kinds, f"rows are {rows}")
    before, after = ({name: int(number) * PAGE / MIB for name, number in row} for row in rows)
    for name, mib in (("anon", 200), ("shmem", 100), ("cache_clean", 60)):
        grown = after[name] - before[name]
        check(0.95 * mib < grown < mib + 24, f"{mib} MiB of {name} show as {grown:.0f}")
    for have in (before, after):
        check(abs(sum(have.values()) - 1024) < 24, f"the rows' sum is {sum(have.values()):.0f} MiB of 1024")


# Memory that changes between the precopy and the atomic point

@case(on="ours", seconds=35)
def poked_pages_resume(desk):
    """One byte in each of thousands of frames, kernel's and user's, changes after the precopy."""
    desk.standard(mem=1024)
    poked, figures = poke.cycle(desk, desk.prime(), ["hibernate.precopy=always"])
    check(figures.get("changed_pages", 0) >= poked, f"{poked} frames were poked, statistics: {figures}")
    desk.note(f"{poked} poked, {figures.get('changed_pages')} changed of {figures.get('precopied_pages')} precopied")


@case(on="ours", seconds=25)
def poked_pages_resume_without_precopy(desk):
    """The same without precopy: what the driver does is no harm in itself."""
    desk.standard(mem=1024)
    poke.cycle(desk, desk.prime(), ["hibernate.precopy=never"])


@case(on="ours", seconds=120, quick=False)
def too_much_changes_gives_enomem(desk):
    """More changes than fits beside it, three times over: ENOMEM, all memory intact; left alone, it works.

    Between attempts memory is reclaimed, so that a little may be in swap afterwards.
    """
    fill.standard(desk, 1024)
    script = fill.prime(desk, 80, "locked", before=poke.start(desk, 480, every=1))
    script += ("hibernate shutdown\ntell first $result\ntell_stats first\n"
               f"{poke.VERIFY}judge verify || fail memory\ntell_memory first\n"
               "poker disarm\nhibernate shutdown\n")
    down = desk.boot(script + poke.VERIFY + fill.verdict(desk), name="down")
    before = fill.filled(desk, down, 80)
    first = down.has(r"^first (\w+)")
    check(first and first.group(1) == "ENOMEM", f"the first attempt gave {first and first.group(1)} {desk.last_result(down)}")
    desk.result(down, errno=-12, reason="memory")
    figures = fill.stats(desk, down, "first")
    check(figures.get("attempts") == 3, f"attempts: {figures.get('attempts')}")
    poke.right(poke.answer(down), 3)
    check(down.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0"), "memory is not intact")
    before["used_swap"] = fill.memory(down, "first")["used_swap"]
    check(len([text for _, text in down.words if text.startswith("hibernated")]) == 1,
          f"the second attempt came back too: {desk.last_result(down)}")
    up = desk.up()
    fill.came_back(desk, up, before, "locked")
    poke.right(poke.answer(up), 3)
    desk.swap_sound()
