"""`--source` as it is typed -> the source that it names."""

from __future__ import annotations

import os
import re
import sys

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.link.serial_port import open_port
from firmware_bridge.listen.sources.probe import ProbeSource
from firmware_bridge.listen.sources.raw import RawSource
from firmware_bridge.listen.sources.source import Source

FORMS = "serial:PORT, stdin, wav:FILE, wav:FILE@2x, wav:FILE@max, sounddevice or sounddevice:NAME"
SLOWEST, FASTEST = 0.01, 1e6
SPEED = re.compile(r"(?P<path>.+)@(?:(?P<times>[0-9]+(?:\.[0-9]+)?)x|max)", re.DOTALL)


def open_live(
    text: str, rate_hz: int = 4_000, channels: int = 1, baud: int = 115_200, framed: bool = False
) -> Source:
    """The source that `text` names, not yet started.

    `baud` is a serial port's; `rate_hz` and `channels` are those of raw samples on standard input,
    unless it is `framed` as a probe's link is. Raises `FetalHemoError` E-USAGE, E-SOURCE,
    E-NEEDS-EXTRA and the codes of `open_source`.
    """
    kind, _, rest = text.partition(":")
    if kind == "serial" and rest:
        return ProbeSource("serial", open_port(rest, baud), rest)
    if text == "stdin":
        descriptor = _standard_input()
        if framed:
            return ProbeSource("stdin", descriptor, "standard input")
        return RawSource(descriptor, rate_hz, channels)
    if kind == "wav" and rest:
        return _file(rest)
    if kind == "sounddevice":
        from firmware_bridge.listen.sources.sound_card import CardSource

        return CardSource(rest or None)
    raise FetalHemoError("E-USAGE", "a source of no known form", text, f"give {FORMS}")


def _standard_input() -> int:
    """A descriptor of its own, so that closing the source leaves standard input alone."""
    if sys.stdin is None:  # descriptor 0 may be anything by now
        raise FetalHemoError("E-SOURCE", "it is closed", "standard input")
    return os.dup(sys.stdin.fileno())


def _file(text: str) -> Source:
    from firmware_bridge.listen.sources.sound_file import FileSource

    found = SPEED.fullmatch(text)
    if found is None:
        return FileSource(text)
    times = found["times"]
    if times is not None and not SLOWEST <= float(times) <= FASTEST:
        what = f"a speed from {SLOWEST:g}x to {FASTEST:g}x"
        raise FetalHemoError("E-USAGE", what, text, "give 1x, 2x or max")
    return FileSource(found["path"], None if times is None else float(times))
