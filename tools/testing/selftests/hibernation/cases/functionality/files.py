# SPDX-License-Identifier: GPL-2.0
"""Files below /sys/power and the parameters: what they take, what they give back, who may read them."""
from case import case, check

PARAMETERS = "/sys/module/hibernate/parameters"
MODES = {"disk": 644, "resume": 644, "resume_offset": 644, "image_size": 644, "reserved_size": 644, "hibernate/last_error": 444,
         "hibernate/stats": 444, "hibernate/image_info": 400, "hibernate/census": 400, "hibernate/target": 644, "hibernate/discard": 200,
         "hibernate/log": 444, "hibernate/areas": 400, "hibernate/available": 400, "hibernate/estimate": 400, "hibernate/resume_armed": 400}
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
    f"{PARAMETERS}/areas": (["0", "17", "x"], {"1": "1", "16": "16"}),
    f"{PARAMETERS}/require_armed": (["perhaps"], {"1": "Y", "0": "N"}),
    f"{PARAMETERS}/live_resume": (["perhaps"], {"1": "Y", "0": "N"}),
    f"{PARAMETERS}/guard": (["perhaps"], {"strict": "strict", "off": "off", "wait": "wait"}),
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
               "$(grep -cE '^[a-z_0-9]+ [0-9]+$' $power/hibernate/$name); done\n"
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
    for name, count in (("stats", 26), ("census", 9)):
        check(seen.has(rf"^lines {name} {count} {count}$"), f"{name} has other lines: {seen.has('^lines ' + name + '.*').group(0)}")
    check(seen.has("^info none") and seen.has("^last none"), "an image, or a transition, out of nothing")
