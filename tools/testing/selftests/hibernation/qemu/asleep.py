# SPDX-License-Identifier: GPL-2.0
"""Suspend to memory, and the host that ends it; keys that the host presses."""
import time

TO_MEMORY = "setting $power/mem_sleep deep\n"


def press(run, key):
    """Presses and releases a key of the keyboard, or the button of the case; returns the host's time."""
    if key == "power":
        run.ask("system_powerdown")
    else:
        run.ask("send-key", keys=[{"type": "qcode", "data": key}])
    return time.monotonic()


def waking(run, name, message):
    """The host presses the button as soon as the machine sleeps."""
    if name == "SUSPEND":
        run.ask("system_wakeup")


def power_lost(run, name, message):
    """The power goes while the machine sleeps. QEMU is killed, so it flushes nothing that the guest did not flush."""
    if name == "SUSPEND":
        run.kill()
