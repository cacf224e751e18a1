# SPDX-License-Identifier: GPL-2.0
"""What an image takes of memory, and what has to give way for it."""
from case import MIB, case, check
from figures import PAGES, STATS, cached_desk, stats


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
