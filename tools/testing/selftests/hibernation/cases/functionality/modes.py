# SPDX-License-Identifier: GPL-2.0
"""Every mode, and every test level."""
import re

from case import case, check


@case(seconds=25)
def platform_mode_resumes(desk):
    """S4 through ACPI, resumed by the kernel itself."""
    desk.standard()
    desk.cycle("platform")


@case(seconds=25)
def shutdown_mode_resumes(desk):
    """Power-off without the firmware's S4, resumed by an initramfs."""
    desk.standard()
    desk.cycle("shutdown", resume="initrd")


@case(seconds=25)
def reboot_mode_resumes(desk):
    """Restart instead of power-off."""
    desk.standard()
    desk.cycle("reboot")


@case(seconds=25)
def test_resume_mode_comes_back(desk):
    """The image is written, read and jumped into without a power-off."""
    desk.standard()
    seen = desk.boot(desk.prime() + desk.transition("test_resume") + desk.verdict(), name="test-resume", append=["resume=/dev/vda"])
    desk.came_back(seen)
    desk.swap_sound()


@case(on="ours", seconds=25)
def protect_image_resumes(desk):
    """hibernate=protect_image: loaded pages are read-only until the jump."""
    desk.standard()
    desk.down()
    up = desk.up(append=["hibernate=protect_image"])
    check(re.search(r"(\d+) of \1 loaded pages are read-only", up.console), "the loaded pages were not protected")
    desk.came_back(up)
    desk.swap_sound()


@case(seconds=45)
def test_levels_come_back(desk):
    """All five levels of pm_test return 0 and write no image."""
    desk.standard()
    levels = ["freezer", "devices", "platform", "processors", "core"]
    script = desk.prime() + "".join(f"setting $power/pm_test {level}\nhibernate shutdown\n" for level in levels)
    seen = desk.boot(script + "setting $power/pm_test none\n" + desk.verdict(), name="levels")
    back = [text for _, text in seen.words if text.startswith("hibernated")]
    check(back == ["hibernated ok"] * len(levels), f"levels gave {back}")
    judged = seen.has(rf"^judge nonce={desk.nonce} bytes=\d+ wrong=0")
    check(judged, "memory is not as it was")
    desk.swap_sound()
