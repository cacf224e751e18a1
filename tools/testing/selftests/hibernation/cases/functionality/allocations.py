# SPDX-License-Identifier: GPL-2.0
"""What is allocated while an image is written: memory is copied by then, and there may be little that is free."""
import re
from collections import Counter

from case import case, check
from steps import ARM, WAKE
from tracedisk import TRACING, Trace

LINE = re.compile(r"^ *(?P<task>.+)-(?P<pid>\d+) +\[\d+\] \S+ +\d+\.\d+: (?P<text>.*)$")
SITE = re.compile(r"(?:kmalloc|kmem_cache_alloc): call_site=(\w+)")
EVENTS = ["hibernation", "kmem/mm_page_alloc", "kmem/kmalloc", "kmem/kmem_cache_alloc"]
STACKS = f"{TRACING}/events/kmem/mm_page_alloc/trigger"
# Bios and a driver's requests: one or more for each write, from pools, and free again when it ends.
WRITES = {"mempool_alloc_slab", "mempool_alloc", "bvec_alloc", "virtqueue_add_split"}
# Objects that are allocated once for an image, however large it is: what shows how far it is, and what its line on the screen
# covers; the list of threads, the list of ranges that the machine's memory map is coded from, and the look at file systems, each
# of them in a thread.
ONCE = {"hib_report_meter_start", "hib_screen_show", "hib_pipeline_run", "hib_arch_ident_describe_machine", "hib_volume_job_create",
        "__kthread_create_on_node", "__d_alloc", "alloc_empty_file_noaccount"}
MOST_ONCE = 16
# Pages that the allocator of objects and that of stacks take.
PAGES = {"allocate_slab", "new_slab", "__vmalloc_node_range_noprof", "hib_volume_job_create"}
MOST_PAGES = 64


def stretch(text, begin, end):
    """What was traced from the first of an event to the next of another one."""
    check(begin in text, f"not traced: {begin}")
    text = text[text.index(begin):]
    check(end in text, f"not traced: {end}")
    return text[:text.index(end)]


def allocated(text):
    """Two lists: (task, function) of each object, and (task, functions of the stack) of each page."""
    objects, pages, open_pages, stack = [], [], {}, None
    for line in text.splitlines():
        if stack is not None and line.startswith(" => "):
            stack.append(line[4:].split("+")[0].strip())
            continue
        match = LINE.match(line)
        if not match:
            continue
        stack, task, what = None, (match["task"], match["pid"]), match["text"]
        site = SITE.match(what)
        if site:
            objects.append((task, site.group(1)))
        elif what.startswith("mm_page_alloc:"):
            pages.append((task, []))
            open_pages[task] = pages[-1][1]
        elif what == "<stack trace>" and task in open_pages:
            stack = open_pages.pop(task)
    return objects, pages


def ours(task, hibernates):
    """The task that hibernates, or a thread of the core's."""
    return task == hibernates or task[0].startswith("hib-")


@case(cpus=2, on="ours", seconds=30, quick=False)
def nothing_allocated_for_each_page_after_the_copy(desk):
    """From the copy to the commit: bios and requests, which end with each write, and a few objects by name, whatever the image's size."""
    desk.standard(smp=2)
    trace = Trace(desk, 64)
    begin = f"setting {TRACING}/buffer_size_kb 16384\necho stacktrace >{STACKS} || fail stacks\n" + trace.begin(EVENTS)
    down = desk.boot(desk.prime() + begin + f"{ARM}setting {WAKE} commit\nhibernate platform\n" + trace.end() + desk.verdict(), name="down")
    desk.result(down, step="commit", errno=-16)
    text = trace.text()
    check("LOST" not in text, "events were lost")
    after = stretch(text, "hibernation_step_begin: step=syscore way=leave", "hibernation_step_end: step=commit way=enter")
    step = re.search(r"^ *(.+)-(\d+) +\[\d+\] \S+ +[\d.]+: hibernation_step_begin: step=write way=enter$", after, re.M)
    check(step, "the image was not written")
    hibernates = step.groups()

    objects, pages = allocated(after[step.end():])
    mine = Counter(site for task, site in objects if ours(task, hibernates))
    check(mine["mempool_alloc_slab"] > 100, f"no bios were traced: {mine}")
    check(any(task[0].startswith("hib-write") for task, _ in objects), "no worker was traced")
    strange = sorted(set(mine) - WRITES - ONCE)
    check(not strange, f"allocated after the copy, and not known: {[(site, mine[site]) for site in strange]}")
    often = [(site, mine[site]) for site in ONCE if mine[site] > MOST_ONCE]
    check(not often, f"allocated more than once: {often}")
    odd = [stack for task, stack in pages if ours(task, hibernates) and not PAGES & set(stack)]
    check(not odd, f"{len(odd)} pages allocated after the copy, the first by {' '.join(odd[0][:12]) if odd else ''}")
    own = [site for _, site in allocated(after[:step.start()])[0] if site.startswith("hib_")]
    check(not own, f"allocated between the copy and the writing: {own}")
    check(len(pages) <= MOST_PAGES, f"{len(pages)} pages were allocated while the image was written")
    desk.note(f"{sum(mine.values())} objects, {sum(mine[site] for site in ONCE)} of them not of writes, {len(pages)} pages")
