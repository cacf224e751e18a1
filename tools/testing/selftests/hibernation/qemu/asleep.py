# SPDX-License-Identifier: GPL-2.0
"""Suspend to memory, and the host that ends it."""

TO_MEMORY = "setting $power/mem_sleep deep\n"


def waking(run, name, message):
    """The host presses the button as soon as the machine sleeps."""
    if name == "SUSPEND":
        run.ask("system_wakeup")
