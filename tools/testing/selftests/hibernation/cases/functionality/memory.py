# SPDX-License-Identifier: GPL-2.0
"""What an image takes of memory, and what has to give way for it."""
import re

from case import MIB, case, check

STATS = "tell stats $(tr '\\n' ' ' < $power/hibernate/stats)\n"
PAGES = MIB // 4096


def stats(seen):
    """Figures of the last transition, as a script told them."""
    told = seen.has(r"^stats (.*)")
    check(told, f"{seen.name}: no figures were told")
    words = told.group(1).split()
    return dict(zip(words[::2], map(int, words[1::2])))


def cached_desk(desk, cache):
    """1 GiB, of which a file in the page cache takes some, clean."""
    desk.machine.mem = 1024
    desk.add_swap(1024)
    desk.add_files(mib=cache + 64)
    return desk.prime(anon=180, tmpfs=8, cache=cache) + "sync\n"


@case(on="ours", seconds=30)
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


@case(on="ours", seconds=40)
def image_size_zero_makes_it_small(desk):
    """0: as small as can be; anonymous memory goes to swap."""
    prime = cached_desk(desk, 100) + "setting $power/image_size 0\n"
    down = desk.down("shutdown", prime=prime, after=STATS + desk.verdict())
    rounds = re.search(r"reclaimed \d+ in (\d+) rounds", down.console)
    check(rounds and int(rounds.group(1)) < 10, f"reclaim was asked again and again for what nobody gives: {rounds}")
    up = desk.up()
    desk.came_back(up, swap_used=True)
    seen = stats(up)
    check(seen["saved_pages"] < 180 * PAGES, f"{seen['saved_pages']} pages were saved")
    desk.swap_sound()
    desk.note(rounds.group(0))


@case(on="ours", seconds=30)
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
