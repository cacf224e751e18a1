# SPDX-License-Identifier: GPL-2.0
"""Memory that moves under a hibernation: compressed, merged, huge, ballooned, offline, or the target of I/O that is under way.

Cases with kernel="world" want `make kernel-world`, and on the old core a mainline kernel with qemu/world.config.
"""
import fill
from case import MIB, case, check
from second import JUDGE_MORE, MORE_VERDICT, cycle, more, number


def same(down, up, what, least):
    """The guest told the same number before and after, and not less than least."""
    before, after = number(down, f"{what}-before"), number(up, f"{what}-after")
    check(before >= least, f"{what}: only {before}, at least {least} were to be there")
    check(after == before, f"{what}: {before} before and {after} after")


def zram(size):
    """Script lines: swap in memory, preferred to that on the disk, as the area that came first."""
    return (f"setting /sys/block/zram0/comp_algorithm lz4\nsetting /sys/block/zram0/disksize {size}\n"
            "mkswap /dev/zram0 >/dev/null || fail mkswap\nswapoff /dev/vda || fail swapoff\nswap_on /dev/zram0\nswap_on\n")


@case(kernel="world", seconds=40, quick=False)
def zram_in_use_resumes(desk):
    """Swap in memory, preferred to the disk's and in use: its content comes back, and nothing is added to it."""
    setting_up = (zram("300M") +
                  more(desk, "anon=160 kind=paged") + "tell zram-before $(used_swap /dev/zram0)\n")
    down, up = cycle(desk, setting_up, "tell zram-after $(used_swap /dev/zram0)\n")
    same(down, up, "zram", 100 << 10)


@case(kernel="world", on="ours", seconds=40, quick=False)
def nothing_is_swapped_to_memory(desk):
    """A wish for a small image where swap is memory: clean cache goes, and nothing into zram, which would save nothing."""
    setting_up = (zram("600M") +
                  more(desk, "anon=200") + "setting $power/image_size 0\ntell zram-before $(used_swap /dev/zram0)\n")
    looking = ("tell zram-after $(used_swap /dev/zram0)\n"
               "tell gave-way $(awk '/^(dropped|reclaimed)_pages/ { print $2 }' $power/hibernate/stats | tr '\\n' ' ')\n")
    down, up = cycle(desk, setting_up, looking)
    same(down, up, "zram", 0)
    dropped, reclaimed = map(int, up.has(r"^gave-way (\d+) (\d+)").groups())
    check(dropped > 0 and reclaimed == 0, f"{dropped} pages were dropped, {reclaimed} reclaimed")


@case(kernel="world", seconds=40, quick=False)
def zswap_in_use_resumes(desk):
    """Swapped pages that are still in memory, compressed, with their slots in the area that the image goes to."""
    stored = "$(cat /sys/kernel/debug/zswap/stored_pages)"
    setting_up = more(desk, "anon=160 kind=paged") + f"tell stored-before {stored}\ntell slots-before $(used_swap)\n"
    down, up = cycle(desk, setting_up, f"tell stored-after {stored}\ntell slots-after $(used_swap)\n",
                     append=["zswap.enabled=1", "zswap.compressor=lz4", "zswap.max_pool_percent=50"])
    same(down, up, "stored", 20000)
    before, after = number(down, "slots-before"), number(up, "slots-after")
    check(before >= 80 << 10, f"only {before} KiB were swapped")
    check(before * 0.98 < after <= before, f"slots: {before} KiB before and {after} after")


@case(seconds=30, quick=False)
def hugetlb_pages_resume(desk):
    """Some in use, some free."""
    tell = "tell free-{0} $(awk '/^HugePages_Free/ {{ print $2 }}' /proc/meminfo)\n"
    setting_up = ("setting /proc/sys/vm/nr_hugepages 80\n" + more(desk, "anon=100 kind=huge") + tell.format("before"))
    down, up = cycle(desk, setting_up, tell.format("after"))
    same(down, up, "free", 30)


@case(kernel="world", seconds=40, quick=False)
def broken_part_of_a_huge_page_resumes(desk):
    """One page in a huge page has a hardware error: it is not read, the others come back, the first among them."""
    setting_up = ("setting /proc/sys/vm/nr_hugepages 8\nmkdir -p /huge\nmount -t hugetlbfs none /huge || fail mount\n"
                  "hurt make /huge/file 7 || fail hurt\ntell hurt-before $(hurt look /huge/file 7)\n" + more(desk, "anon=20"))
    down, up = cycle(desk, setting_up, "tell hurt-after $(hurt look /huge/file 7)\n")
    for seen, when in ((down, "before"), (up, "after")):
        check(seen.has(rf"^hurt-{when} right=511 refused=1"), f"{when}: not 511 pages are right and one refused")
    if desk.ours:
        check("1 broken page frames of huge pages are not saved" in down.console, "the broken page was not left out")


@case(seconds=30, quick=False)
def huge_pages_resume(desk):
    """Transparent ones, below anonymous memory."""
    tell = "tell huge-{0} $(awk '/^AnonHugePages/ {{ print $2 }}' /proc/meminfo)\n"
    down, up = cycle(desk, more(desk, "anon=128 kind=thp") + tell.format("before"), tell.format("after"))
    same(down, up, "huge", 100 << 10)


@case(kernel="world", seconds=40, quick=False)
def merged_pages_resume(desk):
    """One frame for many equal pages (KSM), and the merger at work when tasks freeze."""
    ksm = "/sys/kernel/mm/ksm"
    sharing = f"$(cat {ksm}/pages_sharing)"
    setting_up = (f"setting {ksm}/pages_to_scan 20000\nsetting {ksm}/sleep_millisecs 10\nsetting {ksm}/run 1\n" +
                  more(desk, "anon=128 kind=ksm") +
                  f"merged() {{ [ {sharing} -gt 30000 ]; }}\nwait_for 60 merged\ntell merged-before {sharing}\n")
    down, up = cycle(desk, setting_up, f"tell merged-after {sharing}\n")
    check(number(up, "merged-after") > 30000, f"{number(down, 'merged-before')} merged pages became {number(up, 'merged-after')}")


@case(kernel="world", seconds=40, quick=False)
def memory_cgroup_at_its_limit_resumes(desk):
    """A group that cannot be charged with one page more: the image does not need to, and nobody in it is killed."""
    group = "/cg/tight"
    setting_up = ("mkdir /cg && mount -t cgroup2 none /cg || fail cgroup2\nsetting /cg/cgroup.subtree_control +memory\n"
                  f"mkdir {group}\nsetting {group}/memory.max 120M\n"
                  "dd if=/dev/zero of=/mnt/more bs=1M count=40 2>/dev/null; sync; echo 1 >/proc/sys/vm/drop_caches\n"
                  f"(echo 0 >{group}/cgroup.procs; {more(desk, 'anon=110 kind=locked').strip()}; cat /mnt/more >/dev/null)\n"
                  f"tell charged-before $(cat {group}/memory.current)\n")
    looking = (f"tell charged-after $(cat {group}/memory.current)\n"
               f"tell killed $(awk '/^oom_kill / {{ print $2 }}' {group}/memory.events)\n")
    down, up = cycle(desk, setting_up, looking)
    for seen, when in ((down, "before"), (up, "after")):
        charged = number(seen, f"charged-{when}")
        check(charged > 110 * MIB, f"only {charged >> 20} MiB are charged {when} the hibernation")
    check(number(up, "killed") == 0, "a task of the group was killed")


MOVABLE = "tell movable $(awk '/zone +Movable/ { here = 1 } here && /managed/ { print $2; exit }' /proc/zoneinfo)\n"


def zoned_cycle(desk, append):
    """Fills 80 % of memory with zones as the command line makes them, and back; returns (down, up, memory before)."""
    prime = MOVABLE + fill.prime(desk, 80, "anon")
    down = desk.down("shutdown", prime=prime, after=fill.verdict(desk), append=append)
    before = fill.filled(desk, down, 80)
    up = desk.up(append=append)
    fill.came_back(desk, up, before, "anon")
    desk.swap_sound()
    return down, up, before


@case(on="ours", seconds=70, quick=False)
def movable_zone_80_full_resumes(desk):
    """Most of memory can only be used for what can be moved."""
    fill.standard(desk, 1024)
    down, _, _ = zoned_cycle(desk, ["kernelcore=256M"])
    check(number(down, "movable") > 400 * MIB >> 12, "there is no large movable zone")


@case(kernel="world", on="ours", seconds=70, quick=False)
def movable_zone_and_cma_80_full_resume(desk):
    """The other way to ask for the zone, and a contiguous area that is lent to whoever can be moved."""
    fill.standard(desk, 1024)
    down, _, before = zoned_cycle(desk, ["movablecore=384M", "cma=128M"])
    check(number(down, "movable") > 200 * MIB >> 12, "there is no movable zone")
    check(before.get("CmaTotal", 0) == 128 << 10, f"CMA has {before.get('CmaTotal')} KiB")
    check(before["CmaFree"] < before["CmaTotal"], "CMA is not in use")


@case(kernel="world", seconds=40, quick=False)
def balloon_resumes(desk):
    """A balloon has taken memory; its driver gives it back when devices freeze, that is after the precopy."""
    mem, inflated = 1280, 256
    desk.machine.extra = ["-device", "virtio-balloon-pci"]
    free = "$(awk '/^MemFree/ { print $2 }' /proc/meminfo)"
    setting_up = (more(desk, "anon=20") + f"before={free}\ntell free-before $before\ntell inflate\n"
                  f"inflated() {{ [ {free} -lt $((before - {inflated - 16 << 10})) ]; }}\nwait_for 60 inflated\ntell free-inflated {free}\n")

    def host(run, text):
        if text == "inflate":
            run.ask("balloon", value=(mem - inflated) * MIB)

    desk.standard(mem=mem)
    after = (f"back() {{ [ {free} -gt $((before - {inflated // 8 << 10})) ]; }}\nwait_for 30 back\n"
             f"tell free-after {free}\n" + MORE_VERDICT + desk.verdict())
    down = desk.down("shutdown", prime=JUDGE_MORE + desk.prime() + setting_up, after=after, on_word=host, append=["resume=/dev/vda"])
    check(number(down, "free-inflated") < number(down, "free-before") - (200 << 10), "the balloon took no memory")
    up = desk.up()
    desk.came_back(up)
    check(up.has(r"^judge nonce=2 bytes=\d+ wrong=0"), "no right answer of the second judge")
    check(number(up, "free-after") > number(down, "free-inflated") + (200 << 10), "the balloon's memory did not come back")
    desk.swap_sound()


@case(seconds=40, quick=False)
def offline_memory_resumes(desk):
    """A block of memory is offline: it is still so after the resume, and can be used again."""
    setting_up = ("for block in $(ls -d /sys/devices/system/memory/memory[0-9]* | sort -r); do\n"
                  "  [ \"$(put $block/state offline)\" = ok ] && break\n  block=\ndone\n"
                  "[ \"$block\" ] || fail no block can be taken offline\ntell offline $block $(cat $block/state)\n" +
                  more(desk, "anon=20"))
    looking = "tell still $(cat $block/state)\nsetting $block/state online\ntell again $(cat $block/state)\n"
    _, up = cycle(desk, setting_up, looking, append=["kernelcore=400M"])
    check(up.has("^still offline"), f"the block is {up.has('^still.*')} after the resume")
    check(up.has("^again online"), f"the block is {up.has('^again.*')} when it is to be used again")


@case(seconds=50, quick=False)
def direct_io_under_way_resumes(desk):
    """Reads into memory, past the page cache, that are under way when tasks freeze: the disk answers after the precopy."""
    setting_up = more(desk, "anon=20") + f"rush start seed={desk.seed} mib=24 folder=/mnt || fail rush\n"
    desk.standard()
    desk.machine.disks[1].bps_read = 3 * MIB
    options = ["hibernate.precopy=always"] if desk.ours else []
    after = "rush verify || fail direct I/O\nrush stop\n" + MORE_VERDICT + desk.verdict()
    desk.down("shutdown", prime=JUDGE_MORE + desk.prime() + setting_up, after=after, append=options)
    up = desk.up(append=options)
    desk.came_back(up)
    done = up.has(r"^rush reads=(\d+) writes=\d+ early=(\d+) wrong=(\d+)")
    check(done and done.group(3) == "0", f"direct I/O: {done and done.group(0)}")
    check(int(done.group(2)) < 24 + 12, f"most requests were over before the hibernation began: {done.group(0)}")
    desk.swap_sound()
    desk.files_sound()


@case(kernel="world", seconds=30, quick=False)
def secret_memory_forbids_hibernation(desk):
    """While a program has secret memory there is no hibernation; when it is gone, there is."""
    desk.standard()
    script = (JUDGE_MORE + desk.prime() + "setting $power/disk shutdown\n" + more(desk, "anon=4 kind=secret") +
              "tell modes $(cat $power/disk)\ntell secret $(put $power/state disk)\n"
              "judge_more verify || fail secret memory\njudge_more stop\ntell modes-again $(cat $power/disk)\nhibernate\n")
    down = desk.boot(script + desk.verdict(), name="down")
    check(down.has(r"^modes \[disabled\]"), f"modes are {down.has('^modes.*')}")
    check(down.has("^secret EPERM"), f"hibernation gave {down.has('^secret .*')}")
    check(down.has(r"^modes-again .*\[shutdown\]"), f"modes stay {down.has('^modes-again.*')}")
    desk.came_back(desk.up())
    desk.swap_sound()
