"""A serial port as a file descriptor of raw bytes, by the standard library alone."""

from __future__ import annotations

import fcntl
import os
import termios

from firmware_bridge.errors import FetalHemoError

USUAL_BAUD = 115_200
BITS_PER_BYTE = 10  # 8N1: start, eight, stop
IFLAG, OFLAG, CFLAG, LFLAG, ISPEED, OSPEED, CC = range(7)  # of termios.tcgetattr


def open_port(path: str, baud: int = USUAL_BAUD) -> int:
    """A descriptor that gives the port's bytes as they are: 8N1, no flow control, not blocking.

    Nobody else can open the port meanwhile. Raises `FetalHemoError` E-SOURCE.
    """
    speed = getattr(termios, f"B{baud}", None)
    if speed is None:
        raise FetalHemoError("E-SOURCE", f"{baud} baud is no speed that ports have here", path)
    try:
        port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        fix = "is the probe plugged in, and may you use the port?"
        raise FetalHemoError("E-SOURCE", f"cannot be opened ({reason})", path, fix) from None
    try:
        fcntl.ioctl(port, termios.TIOCEXCL)
        termios.tcsetattr(port, termios.TCSANOW, _raw(termios.tcgetattr(port), speed))
        termios.tcflush(port, termios.TCIFLUSH)
    except (OSError, termios.error):
        os.close(port)
        raise FetalHemoError("E-SOURCE", "not a serial port", path, "name a /dev/tty...") from None
    return port


def _raw(settings: list, speed: int) -> list:
    """Settings under which no byte is changed, swallowed or waited for."""
    settings = list(settings)
    settings[IFLAG] = settings[OFLAG] = settings[LFLAG] = 0
    settings[CFLAG] = termios.CS8 | termios.CREAD | termios.CLOCAL
    settings[ISPEED] = settings[OSPEED] = speed
    settings[CC] = list(settings[CC])
    settings[CC][termios.VMIN], settings[CC][termios.VTIME] = 0, 0
    return settings
