# SPDX-License-Identifier: GPL-2.0
"""Profile emergency: the image is valid and the machine off as soon as can be."""
import re

import figures
from asleep import TO_MEMORY
from case import case, check
from firmware import OFF, told, traced
from formatted import SERVED, UNSERVED, add_formatted, resumes

PROFILE = "$power/hibernate/profile"
HURRY = f"setting {PROFILE} emergency\n"
PARAMETERS = "/sys/module/hibernate/parameters"
VALID = re.compile(r"emergency: the image is valid (\d+) ms after the request; the limit of optional waits was (\d+) s")
CACHE = 200


def valid_after(down):
    """Seconds from the request until the image was valid, as the log says."""
    line = VALID.search(down.console)
    check(line, "nothing is said of how long it took")
    return int(line.group(1)) / 1000


@case(on="ours", seconds=35)
def emergency_tells_firmware_nothing(desk):
    """Mode platform without ACPI S4, both ways; a codec that was named is not used for all; the profile stays."""
    trace = traced(desk)
    down = desk.boot(desk.prime() + HURRY + desk.transition("platform") + f"tell profile $(cat {PROFILE})\n" + desk.verdict(), name="down",
                     append=["hibernate.compressor=zstd"])
    desk.went_down(down, "shutdown")
    check(not down.had_event("SUSPEND_DISK"), "went to S4")
    told(trace, OFF, "down")
    raw, quick, dense, _ = figures.chunks(down)
    check(dense < raw + quick, f"most was stored by zstd: {raw} raw, {quick} by lz4, {dense} by zstd")
    desk.note(f"valid after {valid_after(down):.1f} s")
    up = desk.up()
    desk.came_back(up)
    check(up.has(r"^profile normal \[emergency\]"), f"the profile is {up.has('^profile.*')}")
    told(trace, OFF, "up")
    desk.swap_sound()


@case(on="ours", seconds=35)
def emergency_does_not_sleep_in_memory(desk):
    """Mode suspend: switched off all the same, and the session comes back from the disk."""
    desk.standard()
    down = desk.boot(desk.prime() + TO_MEMORY + HURRY + desk.transition("suspend") + desk.verdict(), name="down")
    desk.went_down(down, "shutdown")
    check(not down.had_event("SUSPEND"), "slept in memory")
    check("switched off as in mode shutdown" in down.console, "did not say that it does not sleep")
    desk.came_back(desk.up())
    desk.swap_sound()


@case(on="ours", seconds=60, plain_only="counts MiB")
def emergency_drops_clean_cache(desk):
    """With the profile normal it is in the image, in the same session it is not with emergency; image_size=0 swaps nothing then."""
    prime = figures.cached_desk(desk, CACHE)
    script = (prime + "hibernate test_resume\njudge verify || fail memory\n" + figures.STATS +
              HURRY + "setting $power/image_size 0\n" + desk.transition("shutdown") + figures.STATS + desk.verdict())
    down = desk.boot(script, name="down",
                     append=["hibernate.emergency_limit=600"], cut_at="reboot: Power down")
    check(down.has("^hibernated ok"), f"with normal: {desk.last_result(down)}")
    check(len(VALID.findall(down.console)) == 1, "emergency was not told once")
    up = desk.up()
    # Fewer frames are compared than were filled, as the cache is not among them.
    desk.came_back(up, swap_used=True)
    check(up.has("^used-swap 0$"), f"swap is in use: {up.has('^used-swap.*')}")
    before, hurry = figures.stats(down), figures.stats(up)
    desk.note(f"{before['saved_pages']} and {hurry['saved_pages']} pages, {hurry['dropped_pages']} dropped")
    check(before["dropped_pages"] == 0, f"normal dropped cache: {before}")
    check(hurry["dropped_pages"] > CACHE * figures.PAGES * 9 // 10, f"too little was dropped: {hurry}")
    check(hurry["reclaimed_pages"] == 0, f"something was swapped: {hurry}")
    check(hurry["saved_pages"] + CACHE * figures.PAGES * 3 // 4 < before["saved_pages"], f"the image is not smaller: {before} {hurry}")
    desk.swap_sound()
    desk.files_sound()


@case(on="ours", seconds=15)
def emergency_profile_reads_back(desk):
    """File and parameter are the same; both refuse nonsense and keep what they had. The limit is a number of seconds."""
    desk.standard()
    script = f"tell given $(cat {PROFILE}) $(cat {PARAMETERS}/profile) $(cat {PARAMETERS}/emergency_limit)\n"
    for word in ("emergencyx", "emerg", "1", "'normal emergency'"):
        script += f"tell bad $(put {PROFILE} {word}) $(put {PARAMETERS}/profile {word}) $(cat {PROFILE})\n"
    script += f"tell file $(put {PROFILE} normal) $(cat {PROFILE}) $(cat {PARAMETERS}/profile)\n"
    script += f"tell parameter $(put {PARAMETERS}/profile emergency) $(cat {PROFILE})\n"
    script += f"for word in 0 601 text 600; do tell limit $(put {PARAMETERS}/emergency_limit $word) $(cat {PARAMETERS}/emergency_limit); done\n"
    seen = desk.boot(script, append=["hibernate.profile=emergency", "hibernate.emergency_limit=7"])
    check(seen.has(r"^given normal \[emergency\] emergency 7$"), f"the command line: {seen.has('^given.*')}")
    bad = [text for _, text in seen.words if text.startswith("bad")]
    check(bad == ["bad EINVAL EINVAL normal [emergency]"] * 4, f"nonsense: {bad}")
    check(seen.has(r"^file ok \[normal\] emergency normal$"), f"the file: {seen.has('^file.*')}")
    check(seen.has(r"^parameter ok normal \[emergency\]$"), f"the parameter: {seen.has('^parameter.*')}")
    limits = [text for _, text in seen.words if text.startswith("limit")]
    check(limits == ["limit EINVAL 7", "limit EINVAL 7", "limit EINVAL 7", "limit ok 600"], f"the limit: {limits}")


@case(on="ours", seconds=40, quick=False, plain_only="lockdep warns of fanotify, which waits freezably with locks held")
def emergency_does_not_wait_for_a_file_system(desk):
    """A task inside open(O_TRUNC) keeps an ext4 from coming to rest, for which there is a minute: emergency has 8 s for all waits."""
    desk.standard()
    desk.accepted = r"blocked for more than"
    prime = desk.prime() + "echo old >/mnt/wanted\nlistener start /mnt /mnt/wanted || fail listener\nsleep 1\n" + HURRY
    after = "listener answer\nopened() { [ $(listener done) = yes ]; }\nwait_for 5 opened\n"
    down = resumes(desk, prime, after, append=["hibernate.freeze_fs_limit=60", "hibernate.emergency_limit=8"])
    waited = re.search(r"ext4 on vdb did not come to rest in (\d+) ms and is not held", down.console)
    check(waited, "the file system is not named")
    desk.note(f"waited {waited.group(1)} ms, valid after {valid_after(down):.1f} s")
    check(int(waited.group(1)) < 5000, f"it was waited for {waited.group(1)} ms")


@case(on="ours", seconds=80, quick=False)
def emergency_gives_a_sync_up_early(desk):
    """The server of a file system is in a frozen cgroup: sync is given up after half of the limit, not after 20 s."""
    desk.standard()
    desk.accepted = r"Call Trace"
    add_formatted(desk, "ext4", 64, "served")
    prime = (desk.prime() + SERVED + "mkdir /cg\nmount -t cgroup2 none /cg || fail cgroup\nmkdir /cg/server\ncat /served.pid >/cg/server/cgroup.procs\n"
             "dd if=/dev/urandom of=/mnt2/dirty bs=1M count=4 2>/dev/null\necho 1 >/cg/server/cgroup.freeze\n"
             f"setting $power/pm_freeze_timeout 2000\n{HURRY}tell first $(put $power/state disk)\nsetting {PROFILE} normal\n"
             "echo 0 >/cg/server/cgroup.freeze\nsync\nsetting $power/pm_freeze_timeout 20000\n")
    down = resumes(desk, prime, UNSERVED, append=["hibernate.emergency_limit=6"])
    check(down.has("^first EBUSY"), f"the first attempt gave {down.has('^first.*')}")
    check(re.search("sync wrote nothing for [123] s: going on without it", down.console), "sync was not given up early")
