"""Ctrl-C, also while a native package is imported, which tells it as an ImportError."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupt_noted() -> Iterator[Callable[[BaseException], bool]]:
    """A function that says of an error whether Ctrl-C is behind it, inside the `with`.

    numpy and onnxruntime are initialised in C: a KeyboardInterrupt there comes out as "import numpy
    failed", with nothing left of its cause. Where Ctrl-C is ignored or handled already, and in
    other threads than the main one, nothing is changed.
    """
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield lambda error: pressed or isinstance(error, KeyboardInterrupt)
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
