# SPDX-License-Identifier: GPL-2.0
"""hibimg on images that a kernel wrote: what it says is what is there, and what it gives back is swap."""
import re
from dataclasses import replace

import image
import initramfs
import swaparea
import vm
from case import case, check

PAGE = 4096


def told(desk, code, *words):
    """What hibimg says; it must exit with this code, and complain just when something is wrong."""
    run = image.hibimg(*words)
    check(run.returncode == code, f"hibimg {words[0]}: exit {run.returncode}, not {code}: {run.stderr.strip()}")
    check(bool(run.stderr) == (code != image.SOUND), f"hibimg {words[0]}: exit {code} and says {run.stderr.strip()!r}")
    return run.stdout


def described(desk, *words):
    """The lines of `hibimg describe`, name -> value."""
    return dict(line.split(": ", 1) for line in told(desk, image.SOUND, "describe", *words).splitlines() if ": " in line)


def memory_extracted(desk, swap, frames):
    """All pages of the image in a file as long as memory; a page alone is the same as there."""
    whole = desk.folder / "memory.img"
    whole.unlink(missing_ok=True)
    nr_pages = sum(nr for _, nr in frames)
    check(told(desk, image.SOUND, "extract", "--all", "--output", whole, swap) == f"pages: {nr_pages} of {nr_pages} written\n",
          "not all pages were extracted")
    check(whole.stat().st_size == sum(frames[-1]) * PAGE, "the file does not end with the last frame")
    with open(whole, "rb") as memory:
        for pfn in (frames[0][0], sum(frames[len(frames) // 2]) - 1, sum(frames[-1]) - 1):
            memory.seek(pfn * PAGE)
            page = image.hibimg("extract", "--pfn", pfn, swap, text=False)
            check(page.returncode == image.SOUND and page.stdout == memory.read(PAGE), f"frame {pfn} is another page alone")
    return whole


@case(on="ours", seconds=50)
def hibimg_reads_what_was_written(desk):
    """An image that has precopied pages is sound, and its memory holds what the judge does; discarded, the area is as mkswap made it."""
    desk.standard(swap_mib=512)
    down = desk.down("shutdown", append=["hibernate.precopy=always"])
    swap = desk.swap.path
    desk.note(told(desk, image.SOUND, "verify", swap).strip())
    lines = described(desk, swap)
    check(lines["state"] == "ready" and lines["resumable"] == "yes" and lines["arch"].startswith("x86-64"), f"described as {lines}")
    check("(precopy) (guard)" in lines["must_know"] and int(lines["nr_precopied"]) > 0, "no page was written early")
    check(f"Linux version {lines['release']}" in down.console, f"release {lines['release']} was not what ran")
    check("same-filled" in told(desk, image.SOUND, "map", swap), "no page is same-filled")
    memory = memory_extracted(desk, swap, image.Image(swap).frames)
    check(f"Linux version {lines['release']}".encode() in memory.read_bytes(), "the kernel's banner is not in its memory")
    memory.unlink()

    spare = replace(desk.swap, path=desk.folder / "discarded.img")
    swaparea.copy(swap, spare.path)
    check("discarded" in told(desk, image.SOUND, "discard", spare.path), "nothing was discarded")
    check(spare.page() == spare.header, "the header is not as mkswap made it")
    told(desk, image.NO_IMAGE, "discard", spare.path)
    seen = desk.up(name="discarded", machine=replace(desk.machine, disks=[vm.Disk(spare.path), desk.machine.disks[1]]))
    check(seen.has(r"^fresh swap=usable"), "the discarded area is no usable swap")

    desk.came_back(desk.up())
    check(told(desk, image.NO_IMAGE, "describe", swap) == "state: none\n", "there still is an image")
    desk.swap_sound()


@case(on="ours", seconds=10)
def hibimg_reports_a_failure(desk):
    """What a user sends: after a refusal the report has the result, the reason, each file of the core, and the lines of the log."""
    desk.standard()
    files = initramfs.linked_files([image.program()])
    seen = desk.boot("hibernate shutdown\nhibimg report > /report || fail report\ncat /report\n"
                     "for file in $power/hibernate/*; do case $(stat -c %a $file) in [4-7]*) tell readable $file ;; esac; done\n", files=files)
    report = seen.console[seen.console.index("/proc/version:"):].replace("\r", "")
    for line in (r"/sys/power/hibernate/last_error:\n    phase=hibernate step=preflight errno=-19 reason=swap:",
                 r"/proc/version:\n    Linux version", r"/proc/cmdline:\n    \S", r"/sys/module/hibernate/parameters/compressor:\n    \w+",
                 r"/dev/kmsg:\n(    .*\n)*    \[ *\d+\.\d{6}\] PM: hibernation: result phase=hibernate"):
        check(re.search(line, report), f"the report has no {line}")
    readable = [text.split()[1] for _, text in seen.words if text.startswith("readable ")]
    missing = [file for file in readable if f"{file}:" not in report]
    check(len(readable) > 5 and not missing, f"the report does not have {missing}")
