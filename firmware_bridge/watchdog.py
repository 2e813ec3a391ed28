"""Tells systemd that the work goes on: sd_notify's datagrams, without its library.

A unit with `Type=notify` and `WatchdogSec=` restarts the program when these stop coming. They are
sent from the loop that does the work, so one that hangs is noticed.
"""

from __future__ import annotations

import contextlib
import os

READY, ALIVE = b"READY=1", b"WATCHDOG=1"


def ready() -> None:
    """Say that the model has passed its self-test; nothing happens without a supervisor."""
    _notify(READY)


def still_alive() -> None:
    """Say that one more piece of work is done; nothing happens without a supervisor."""
    _notify(ALIVE)


def _notify(message: bytes) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    import socket  # takes longer to import than all of this

    if address.startswith("@"):  # a name in the kernel, not in the file system
        address = "\0" + address[1:]
    # The work matters more than the news of it: a supervisor that is gone is not an error.
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.setblocking(False)
        to.sendto(message, address)
