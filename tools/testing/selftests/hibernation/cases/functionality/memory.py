# SPDX-License-Identifier: GPL-2.0
"""What an image takes of memory, and what has to give way for it."""
import fill
from case import MIB, case, check
from figures import PAGES, STATS, cached_desk, stats
from steps import KNOB

VM = "/proc/sys/vm"
WATERMARKS = f"$(cat {VM}/min_free_kbytes {VM}/watermark_boost_factor {VM}/percpu_pagelist_high_fraction | tr '\\n' ' ')\n"


@case(on="ours", seconds=30, plain_only="it counts pages that are saved")
def image_size_drops_clean_cache_first(desk):
    """A wish that clean cache can meet is met by it alone: nothing is swapped."""
    prime = cached_desk(desk, 350) + f"setting $power/image_size {320 * MIB}\n"
    desk.down("shutdown", prime=prime, after=STATS + desk.verdict())
    up = desk.up()
    desk.came_back(up, swap_used=True)  # what was dropped is not in the image
    seen = stats(up)
    check(seen["saved_pages"] <= 330 * PAGES, f"{seen['saved_pages']} pages were saved")
    check(seen["dropped_pages"] >= 200 * PAGES, f"only {seen['dropped_pages']} pages were dropped")
    check(seen["reclaimed_pages"] == 0, f"{seen['reclaimed_pages']} pages were reclaimed")
    check(up.has(r"^used-swap 0$"), "something was swapped")
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=30, quick=False, plain_only="it counts pages that were filled")
def what_fits_stays(desk):
    """By default nothing gives way that fits, and the census tells what there is."""
    census = "tell census $(tr '\\n' ' ' < $power/hibernate/census)\n"
    prime = cached_desk(desk, 200) + census
    down = desk.down("shutdown", prime=prime, after=STATS + "tell cached $(awk '/^Cached/ { print $2 }' /proc/meminfo)\n" +
                     desk.verdict())
    kinds = down.has(r"^census (.*)").group(1).split()
    kinds = dict(zip(kinds[::2], map(int, kinds[1::2])))
    check(list(kinds) == "anon cache_clean cache_dirty shmem slab page_tables reserved other free".split(), f"rows: {list(kinds)}")
    check(kinds["anon"] >= 180 * PAGES, f"{kinds['anon']} anonymous pages")
    check(kinds["cache_clean"] >= 200 * PAGES, f"{kinds['cache_clean']} pages of clean cache")
    up = desk.up()
    desk.came_back(up)
    seen = stats(up)
    check(seen["dropped_pages"] == 0 and seen["reclaimed_pages"] == 0, f"something gave way: {seen}")
    check(int(up.has(r"^cached (\d+)").group(1)) >= 200 * 1024, "the cache is not what it was")
    desk.swap_sound()
    desk.files_sound()

# What lies on the lists of CPUs is free and not counted as such: the lists are short.
FEW = f"setting {VM}/percpu_pagelist_high_fraction 8192\n"


def saved_whole(desk, mem):
    """95 % of MemTotal in use, locked: nothing can give way, and nothing does."""
    fill.standard(desk, mem)
    down = desk.down("shutdown", prime=fill.prime(desk, 95.1, "locked", FEW), after=fill.verdict(desk))
    used = fill.memory(down, "before")["used_percent"]
    check(used >= 95, f"only {used:.2f} % of memory are in use")
    desk.came_back(desk.up())
    desk.swap_sound()
    desk.note(f"{used:.2f} % in use")


@case(on="ours", seconds=60, quick=False, plain_only="the debug kernel takes more of memory itself")
def nearly_full_memory_is_saved_whole(desk):
    """2 GiB."""
    saved_whole(desk, 2048)


@case(on="ours", seconds=120, quick=False, plain_only="the debug kernel takes more of memory itself")
def nearly_full_memory_of_four_gib_is_saved_whole(desk):
    """4 GiB. The digests for the comparison of all frames would be too much, so the judge alone compares."""
    desk.verifies = False
    saved_whole(desk, 4096)


@case(on="ours", seconds=40, quick=False, plain_only="the debug kernel takes more of memory itself")
def image_that_no_boot_kernel_could_load_is_refused(desk):
    """2 GiB, nearly all of it locked. What looks as if it could be reclaimed cannot; that is found out before anything is written."""
    fill.standard(desk, 2048)
    down = desk.boot(fill.prime(desk, 96, "locked", FEW) + desk.transition("shutdown") + desk.verdict(), name="down")
    check(down.has("^hibernated ENOMEM") and down.has("^verdict done"), "not refused, or not as before")
    desk.result(down, errno=-12, phase="hibernate", step="memory")
    check("too large for a boot kernel" in down.console, "for another reason")
    desk.swap_sound()


@case(on="ours", seconds=20)
def watermarks_are_as_before(desk):
    """What the allocator keeps free is changed by both ways, and given back: after a cycle, and after each way has failed."""
    desk.standard()
    script = (desk.prime() + f"setting {VM}/watermark_boost_factor 12345\nsetting {VM}/percpu_pagelist_high_fraction 12\n" +
              f"tell marks {WATERMARKS}" +
              desk.transition("test_resume") + f"tell marks {WATERMARKS}" +
              f"for step in slots read; do\nsetting {KNOB} $step:5\n" +
              desk.transition("test_resume") + f"tell marks {WATERMARKS}" + "done\n" +
              f"for low in 600 0; do\nsetting {VM}/min_free_kbytes $low\n" + desk.transition("test_resume") +
              f"tell low {WATERMARKS}" + "done\n")
    seen = desk.boot(script)
    marks = [text for _, text in seen.words if text.startswith("marks ")]
    check(len(marks) == 4 and len(set(marks)) == 1 and marks[0].endswith(" 12345 12"), f"not always the same: {marks}")
    check(seen.has(r"^low 600 12345 12") and seen.has(r"^low 0 12345 12"), "what a user has set is not given back")
