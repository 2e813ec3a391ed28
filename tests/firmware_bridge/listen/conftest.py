"""A probe at the other end of a pseudo-terminal, and a screener that takes any window."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable

import pytest

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.screen import Screener

# The port's name, and what starts the sending.
Plugged = tuple[str, Callable[[], None]]


@pytest.fixture
def plug() -> Callable[..., Plugged]:
    """Plugs a probe in that sends the given bytes, and is pulled out after the last ones.

    An impatient one does as a UART does: what the other side does not take is lost.
    """

    def plug_in(wires: Iterable[bytes], pause_s: float = 0.0, impatient: bool = False) -> Plugged:
        master, slave = os.openpty()
        os.set_blocking(master, not impatient)

        def send() -> None:
            for wire in wires:
                view = memoryview(wire)
                with contextlib.suppress(BlockingIOError):
                    while view:
                        view = view[os.write(master, view) :]
                time.sleep(pause_s)
            time.sleep(0.3)  # the other side has read all
            os.close(slave)
            os.close(master)

        return os.ttyname(slave), threading.Thread(target=send, daemon=True).start

    return plug_in


@pytest.fixture
def every_window_counts(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> Screener:
    """The screener with every quality usable, so that random weights reach a probability."""
    usable = {**screener.bundle.manifest["decision"]}
    usable["usable_quality"] = list(QUALITY_CLASSES)
    monkeypatch.setitem(screener.bundle.manifest, "decision", usable)
    return screener
