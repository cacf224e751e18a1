# SPDX-License-Identifier: GPL-2.0
"""Files below /sys/power and the parameters: what they take, what they give back, who may read them."""
import image
import swaparea
from case import case, check

PARAMETERS = "/sys/module/hibernate/parameters"
MODES = {"disk": 644, "resume": 644, "resume_offset": 644, "image_size": 644, "reserved_size": 644, "hibernate/last_error": 444,
         "hibernate/stats": 444, "hibernate/image_info": 400, "hibernate/census": 400}
# File -> what it refuses with EINVAL, what it takes and how that is read back.
VALUES = {
    "$power/disk": (["nonsense", "plat", ""], {"reboot": "reboot]", "shutdown": "[shutdown]"}),
    "$power/resume": (["nonsense", "UUID=nonsense", "UUID=", "LABEL=", "/dev/nothing", "4096:1", "1:2:3:4"], {}),
    "$power/resume_offset": (["x", "-1", "8x"], {"8": "8", "0": "0"}),
    "$power/image_size": (["x", ""], {"4096": "4096"}),
    "$power/reserved_size": (["x"], {"8192": "8192"}),
    f"{PARAMETERS}/compressor": (["gzip", "a-name-that-is-too-long"], {"lzo": "lzo", "auto": "auto"}),
    f"{PARAMETERS}/precopy": (["sometimes"], {"always": "always", "auto": "auto"}),
    f"{PARAMETERS}/verify": (["perhaps"], {"0": "N", "1": "Y"}),
    f"{PARAMETERS}/tries": (["0", "101", "x"], {"100": "100", "2": "2"}),
    f"{PARAMETERS}/memmap": (["lax"], {"strict": "strict", "tolerant": "tolerant"}),
    f"{PARAMETERS}/fail_step": (["sync:0", "sync:99999", "sync:x", "s" * 40], {"none:7": "none:7"}),
}


@case(on="ours", seconds=20)
def files_take_and_give_back(desk):
    """Each file: bad input is EINVAL and changes nothing, good input is read back, modes are as the ABI says."""
    desk.standard()
    script = "".join(f"tell mode {name} $(stat -c %a $power/{name})\n" for name in MODES)
    for file, (bad, good) in VALUES.items():
        script += f"before=$(cat {file})\n"
        script += "".join(f"tell 'bad {file} {value}' $(put {file} '{value}')\n" for value in bad if value)
        script += f"[ \"$before\" = \"$(cat {file})\" ] || fail {file} was changed\n"
        script += "".join(f"tell 'good {file} {value}' $(put {file} {value}) $(cat {file})\n" for value in good)
    script += ("for name in stats census; do tell lines $name $(grep -c . $power/hibernate/$name) "
               "$(grep -cE '^[a-z_]+ [0-9]+$' $power/hibernate/$name); done\n"
               "tell info $(cat $power/hibernate/image_info)\ntell last $(cat $power/hibernate/last_error)\n")
    seen = desk.boot(script, name="files")
    words = [text for _, text in seen.words]
    for name, mode in MODES.items():
        check(f"mode {name} {mode}" in words, f"{name} has another mode than {mode}")
    for file, (bad, good) in VALUES.items():
        for value in filter(None, bad):
            check(f"bad {file} {value} EINVAL" in words, f"{file}: {value} was not refused with EINVAL")
        for value, back in good.items():
            told = [text for text in words if text.startswith(f"good {file} {value} ok ")]
            check(told and back in told[0].split(" ok ")[1], f"{file}: {value} gave {told}, not {back}")
    for name, count in (("stats", 21), ("census", 9)):
        check(seen.has(rf"^lines {name} {count} {count}$"), f"{name} has other lines: {seen.has('^lines ' + name + '.*').group(0)}")
    check(seen.has("^info none") and seen.has("^last none"), "an image, or a transition, out of nothing")


@case(on="ours", seconds=20)
def naming_live_swap_is_no_event(desk):
    """What systemd does before it hibernates: the area, in use as swap, is written to resume. No error line, last_error stays."""
    desk.standard()
    seen = desk.boot("swap_on\nresume_by_hand /dev/vda\ntell first $(cat $power/hibernate/last_error)\ntell info $(cat $power/hibernate/image_info)\n"
                     f"setting {PARAMETERS}/fail_step memory:12\nhibernate shutdown\nresume_by_hand /dev/vda\n"
                     "tell second $(cat $power/hibernate/last_error)\ntell named $(cat $power/resume) $(number_of /dev/vda)\n", name="live")
    check(seen.has("^first none"), "it was taken for a failed resume")
    check(seen.has("^info none"), "an image was seen in live swap")
    check(seen.has("^second phase=hibernate step=memory errno=-12"), "the last failure was forgotten")
    named = seen.has(r"^named (\S+) (\S+)")
    check(named and named.group(1) == named.group(2), "the place was not taken")
    check("phase=resume" not in seen.console and "cannot be opened" not in seen.console, "the log complains")


# Disk -> fields forged, what image_info says.
FORGED = {
    "ready": ({}, "state ready tries 0 created {digits} kernel 6.{any} pages {digits} bytes {digits} resumable yes"),
    "limit": ({"state": 2, "tries": 2}, "state loading tries 2 created {any} resumable image state: loading began too often {any}"),
    "jumping": ({"state": 3}, "state jumping {any} resumable image state: jumped to before{any}"),
    "kept": ({"state": 5}, "state kept {any} resumable image state: not to be resumed{any}"),
    "lines": ({"release": "6.12\\nresumable yes"}, "unreadable -74 header: header release"),
}


@case(on="ours", seconds=40)
def image_info_tells_each_state(desk):
    """Copies of one image in each state, claimed while they are named, so that they are not resumed: told, not changed, not kept open."""
    desk.standard(swap_mib=400)
    for name in FORGED:  # there from the start, or firmware lays out memory anew
        desk.add_swap(400, name=name)
    desk.down("shutdown")
    script = ""
    for index, (name, (fields, _)) in enumerate(FORGED.items()):
        path, disk = desk.folder / f"{name}.img", f"/dev/vd{'cdefg'[index]}"
        swaparea.copy(desk.swap.path, path)
        image.forge(desk.folder, path, **fields, **({} if fields else {"tries": 0}))
        script += (f"dd if={disk} of=/before bs=4096 count=1 2>/dev/null\nclaim {disk} put $power/resume $(number_of {disk})\n"
                   f"tell last $(cat $power/hibernate/last_error)\ntell info {name} $(cat $power/hibernate/image_info)\n"
                   f"cat $power/hibernate/image_info >/dev/null\ndd if={disk} of=/after bs=4096 count=1 2>/dev/null\n"
                   f"cmp /before /after || fail {name} was changed\nmkswap {disk} >/dev/null && swapon {disk} && swapoff {disk} || fail {name} is still claimed\n")
    seen = desk.boot(script, name="info")
    check(seen.has("^last phase=resume step=open errno=-16"), "the claimed device was opened")
    for name, (_, wanted) in FORGED.items():
        told = seen.has(f"^info {name} (.*)")
        pattern = wanted.replace("{digits}", "[0-9]+").replace("{any}", ".*")
        check(seen.has(f"^info {name} {pattern}$"), f"{name}: {told and told.group(1)}")
