# SPDX-License-Identifier: GPL-2.0
"""Memory that an image needs: reclaimed, lent, added, or taken by others."""
import re

import fill
from case import MIB, case, check
from figures import PAGES, STATS, cached_desk, stats
from fill import precopied
from second import cycle, more, number

PAGE = 4096


@case(on="ours", seconds=40)
def image_size_zero_makes_it_small(desk):
    """bound: reclaim ran twenty rounds for a wish that could not be met.

    0: as small as can be; anonymous memory goes to swap.
    """
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


@case(seconds=30)
def small_memory_resumes(desk):
    """bound: frames that are free by the sums could not be allocated.

    512 MiB with 200 filled: a mirror does not fit, so that a little must be reclaimed.
    """
    desk.standard(mem=512)
    desk.cycle("shutdown", swap_used=True)


@case(on="ours", seconds=30, plain_only="memory is to be too full, of a size that is worked out")
def memory_that_drivers_took_is_left_to_them(desk):
    """bound: drivers found no memory after the copy.

    A driver finds too little memory when devices come back from the copy: what it took is left to it from then on.

    How much it wanted nobody knows, so the second time it may still be short; by the third it has all.
    """
    desk.standard(mem=1024)
    driver, fail_step = "/sys/kernel/debug/hib_poke/thaw", "/sys/module/hibernate/parameters/fail_step"
    wanted = 550 * MIB // PAGE
    down = desk.down("shutdown", prime=desk.prime() + f"setting {driver} {wanted}\nsetting {fail_step} write\n"
                     f"tell first $(put $power/state disk)\ntell_stats first\nsetting {driver} {wanted}\n"
                     f"put $power/state disk >/dev/null\nsetting {driver} {wanted}\nsetting {fail_step} none\n",
                     after="tell_stats after\n" + desk.verdict())
    up = desk.up()
    desk.came_back(up, swap_used=True)  # the driver leaves so little that pages may be swapped
    desk.swap_sound()
    took = [int(pages) for pages in re.findall(rf"thaw: (\d+) pages of {wanted}", down.console)]
    check(len(took) == 3, f"the driver took memory {len(took)} times")
    check(down.has("^first EIO"), f"the first attempt gave {down.has('^first .*')}")
    check(took[0] < wanted * 9 // 10, f"there was enough the first time: {took}")
    check(took[1] >= took[0], f"less was left the second time: {took}")
    check(took[2] == wanted, f"too little was left the third time: {took}")
    first, after = fill.stats(desk, down, "first"), fill.stats(desk, up)
    check(first.get("precopied_pages") == 0, f"the first attempt needed precopy: {first}")
    check(abs(first.get("thaw_pages", 0) - took[0]) < 16 * MIB // PAGE, f"{took[0]} pages were taken, statistics: {first}")
    check(abs(after.get("thaw_pages", 0) - wanted) < 16 * MIB // PAGE, f"{wanted} pages were taken on the way up, statistics: {after}")


ADDED = ("for block in /sys/devices/system/memory/memory[0-9]*; do\n"
         "  [ \"$(cat $block/state)\" = offline ] && setting $block/state online_movable && added=\"$added $block\"\ndone\n"
         "[ \"$added\" ] || fail no memory was added\n")


@case(on="ours", seconds=20)
def memory_that_user_space_put_online_refused(desk):
    """added: the next boot lacked the memory and retired the image.

    The next boot would not have it when it looks for the image: said at once, and not any more once it is offline.
    """
    desk.standard(extra=["-m", "slots=1,maxmem=2G", "-object", "memory-backend-ram,id=more,size=256M", "-device", "pc-dimm,memdev=more"])
    seen = desk.boot("swap_on\n" + ADDED + "hibernate shutdown\nfor block in $added; do setting $block/state offline; done\n"
                     "swapoff /dev/vda\nhibernate shutdown\n", append=["memhp_default_state=offline"])
    desk.result(seen, errno=-95, phase="hibernate", step="preflight", reason="memory")
    # The look at memory is passed, the next one says what it finds.
    desk.result(seen, errno=-19, phase="hibernate", step="preflight", reason="swap")
    check("256 MiB that came online late" in seen.console, "the memory was not named")


@case(on="ours", seconds=40)
def memory_that_the_kernel_put_online_resumes(desk):
    """bound: memory that was added made image_size a limit.

    Added memory, but each boot has it: it is saved and comes back.
    """
    desk.standard(mem=512, extra=["-m", "slots=1,maxmem=2G", "-object", "memory-backend-ram,id=more,size=512M", "-device", "pc-dimm,memdev=more"])
    online = "tell added $(grep -c online /sys/devices/system/memory/memory[0-9]*/state | wc -l)\n"
    desk.cycle("platform", prime=desk.prime(anon=400) + online, append=["memhp_default_state=online"])


@case(on="ours", cpus=2, seconds=40)
def caller_in_a_cpuset_gets_all_memory(desk):
    """aside: the cpuset of the caller confined allocation and reclaim.

    Who hibernates may use one node only. Both have room for copies, and nothing is reclaimed.
    """
    desk.standard(smp=2, mem=1024, numa=True)
    confined = ("mount -t cgroup2 none /sys/fs/cgroup || fail cgroup\n"
                "echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control; mkdir /sys/fs/cgroup/one\n"
                "echo 0 > /sys/fs/cgroup/one/cpuset.mems || fail cpuset\n"
                "echo $$ > /sys/fs/cgroup/one/cgroup.procs || fail joining\n"
                "tell allowed $(grep Mems_allowed_list /proc/self/status)\n")
    down = desk.down("shutdown", prime=desk.prime(anon=300, procs=2) + confined, append=["hibernate.precopy=never"],
                     after="tell_stats after\n" + desk.verdict())
    check(down.has(r"^allowed Mems_allowed_list:\s0$"), "the script may use both nodes")
    up = desk.up(append=["hibernate.precopy=never"])
    desk.came_back(up)
    figures = up.has(r"^stats after (.*)").group(1).split()
    figures = dict(zip(figures[::2], map(int, figures[1::2])))
    check(figures["dropped_pages"] == 0 and figures["reclaimed_pages"] == 0, f"something gave way: {figures}")
    desk.swap_sound()


@case(on="ours", seconds=40, quick=False)
def unused_huge_pages_are_lent(desk):
    """pool: an array that moved bounded how many huge pages were lent.

    The boot that loads the image has put most of its memory aside as huge pages, as this one had, and used it.
    """
    append = ["hugepages=200"]
    setting_up = more(desk, "anon=380 kind=huge") + "tell huge $(awk '/^HugePages_Total/ { print $2 }' /proc/meminfo)\n"
    down, _ = cycle(desk, setting_up, append=append)
    check(number(down, "huge") == 200, "huge pages were not put aside")


@case(on="ours", seconds=30, quick=False)
def boot_kernel_too_big_is_refused(desk):
    """pagecache: the list of super blocks was made when no memory was left.

    The boot that finds the image has taken so much memory that the two do not fit: refused before page data is read.
    """
    desk.standard()
    desk.down("shutdown")
    big = ("mount -o remount,size=100% /tmp\n"
           "dd if=/dev/zero of=/tmp/big bs=1M count=$(room_for 85) 2>/dev/null || fail taking memory\n"
           "resume_by_hand /dev/vda\nrm /tmp/big\nfresh\n")
    up = desk.up(big, resume="script")
    check(not up.has("^judge "), "was resumed")
    desk.result(up, phase="resume", errno=-12, reason="memory")
    check(re.search(r"result phase=resume .*\b\d+ MiB", up.console), f"nobody says how many MiB are missing: {desk.last_result(up)}")
    check("Loading image data pages" not in up.console, "page data was read before it was refused")
    check(up.has(r"^fresh swap=usable"), "no clean start with usable swap")
    desk.swap_sound()


@case(on="ours", seconds=20, quick=False)
def noise_among_one_word_pages_resumes(desk):
    """stream: gathered pages were looked for where they had been before.

    Pages that do not shrink and pages of one word in turn, written early: what is left of each chunk is moved together.
    """
    desk.standard()
    look = "$(md5sum </tmp/mixed)"
    mixed = ("for i in $(seq 2000); do head -c 4096 /dev/urandom; head -c 4096 /dev/zero; done >/tmp/mixed\n"
             f"tell mixed before {look}\n")
    down = desk.down("shutdown", prime=desk.prime() + mixed, after=f"tell mixed after {look}\n" + desk.verdict(),
                     append=["hibernate.precopy=always"])
    up = desk.up()
    desk.came_back(up)
    before, after = down.has("^mixed before (.*)"), up.has("^mixed after (.*)")
    check(before and after and before.group(1) == after.group(1), f"the file is another one: {before} {after}")
    check((precopied(down) or 0) > 4000, f"{precopied(down)} pages were precopied")


@case(on="ours", kernel="world", seconds=50, quick=False)
def error_beside_held_file_systems_refuses_once(desk):
    """broken: asked with tasks frozen, under a mutex of who may wait for them.

    A second huge page breaks between the asking and the freezing: EBUSY, nothing is lost, and the next try leaves both frames out.
    """
    desk.accepted = r"blocked for more than"
    setting_up = ("setting /proc/sys/vm/nr_hugepages 8\nmkdir -p /huge\nmount -t hugetlbfs none /huge || fail mount\n"
                  "hurt make /huge/file 7 || fail hurt\necho old >/mnt/wanted\nlistener start /mnt /mnt/wanted || fail listener\nsleep 1\n"
                  "( wait_for 30 sh -c \"dmesg | grep -q 'Filesystems sync'\"; hurt make /huge/other 9 || fail hurt; tell broke in-between ) &\n"
                  "tell first $(put $power/state disk) $(cat $power/hibernate/last_error)\nlistener answer\n" + more(desk, "anon=20"))
    looking = "tell one $(hurt look /huge/file 7)\ntell other $(hurt look /huge/other 9)\n"
    down, up = cycle(desk, setting_up, looking, append=["hibernate.freeze_fs_limit=16"])
    check(down.has("^broke in-between"), "no page broke while file systems were held")
    check(down.has("^first EBUSY phase=hibernate step=memory errno=-16 .*a huge page has a hardware error"), f"{down.has('^first.*')}")
    check("2 broken page frames of huge pages are not saved" in down.console, "the second try does not know of both")
    for name in ("one", "other"):
        check(up.has(rf"^{name} right=511 refused=1"), f"{name}: not 511 pages are right and one refused")


@case(on="ours", kernel="world", seconds=40, quick=False)
def error_at_the_copy_is_another_attempt(desk):
    """broken: went through all frames with interrupts off if the kernel counted another error.

    A page breaks while devices freeze. The next attempt sees that it is in no huge page, and leaves it out.
    """
    down, up = cycle(desk, "setting /sys/kernel/debug/hib_poke/break 1\n" + more(desk, "anon=20"), "tell_stats after\n")
    check("attempt 1 of 3 failed: memory: a hardware error at the atomic point" in down.console, "the error was not seen")
    check("recovery action" in down.console, "no page broke")
    check(fill.stats(desk, up)["attempts"] == 2, f"attempts: {fill.stats(desk, up)}")
