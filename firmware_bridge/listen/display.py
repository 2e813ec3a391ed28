"""What the person with the probe sees: the heart rate in big digits, a bar, one sentence."""

from __future__ import annotations

import os
import shutil
import textwrap
from typing import TextIO

from firmware_bridge.listen.digits import ROWS, WIDTH, big
from firmware_bridge.listen.events import Ended, Signal, Started, Told, Waiting, WindowDone
from firmware_bridge.messages import ENGLISH, text

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # a screen of its own, no cursor
HOME, LINE_END, REST = "\x1b[H", "\x1b[K", "\x1b[J"
GREEN, YELLOW, RED, PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"
GOOD, FAIR = 0.5, 0.25  # of good signal
DIGITS = 3  # of a heart rate
LARGEST = 4


def clock(seconds: float) -> str:
    """Minutes and seconds, such as 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Lines:
    """A line each window; for a log, or a terminal that cannot be drawn on."""

    def __init__(self, out: TextIO, language: str = ENGLISH) -> None:
        self._out, self._language = out, language

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, told: Told) -> None:
        """Write what a line is worth."""
        if isinstance(told, WindowDone):
            line = self._window(told)
        elif isinstance(told, Started):
            values = {"source": told.source, "rate": told.sample_rate_hz}
            line = text("listening", self._language, **values)
        elif isinstance(told, Waiting | Ended):
            line = told.sentence
        else:
            return
        print(line, file=self._out, flush=True)

    def _window(self, told: WindowDone) -> str:
        return text(
            "line",
            self._language,
            time=clock(told.time_s),
            rate=_rate(told.heart_rate_bpm),
            quality=text(f"quality {told.quality}", self._language),
            good=clock(told.good_signal_s),
            sentence=told.sentence,
        )


class Panel:
    """The whole terminal, drawn again four times a second; what was on it comes back at the end."""

    def __init__(self, out: TextIO, language: str = ENGLISH) -> None:
        self._out, self._language = out, language
        encoding = out.encoding or "ascii"
        self._full, self._empty = ("█", "░") if _can_write("█░", encoding) else ("#", ".")
        self._colour = "NO_COLOR" not in os.environ
        self._signal: Signal | None = None
        self._window: WindowDone | None = None

    def __enter__(self) -> Panel:
        self._out.write(ENTER)
        self._draw([text("no sound", self._language)])
        return self

    def __exit__(self, *_: object) -> None:
        self._out.write(LEAVE)
        self._out.flush()

    def tell(self, told: Told) -> None:
        """Draw the newest state."""
        if isinstance(told, Signal):
            self._signal = told
        elif isinstance(told, WindowDone):
            self._window = told
        if isinstance(told, Waiting | Ended):
            self._draw([told.sentence])
        elif self._signal is not None:
            self._draw(self._lines(self._signal))

    def _lines(self, signal: Signal) -> list[str]:
        width, height = self._size()
        good_s = 0.0 if self._window is None else self._window.good_signal_s
        times = {"heard": clock(signal.time_s), "good": clock(good_s)}
        heard = text("heard", self._language, **times) + self._losses()
        texts = (signal.sentence, "", heard, text("ranks", self._language))
        below = [text("beats a minute", self._language), "", self._bar(signal.good_signal, width)]
        below += [line for one in texts for line in textwrap.wrap(one, width) or [""]]
        room = min(width // (2 * WIDTH * DIGITS), (height - len(below)) // ROWS)
        digits = big(
            _rate(signal.heart_rate_bpm).rjust(DIGITS), max(1, min(room, LARGEST)), self._full
        )
        if len(digits) + len(below) > height:
            below = [line for line in below if line]
        return [*digits, *below][:height]

    def _size(self) -> tuple[int, int]:
        """Columns and lines of the terminal that is drawn on."""
        try:
            size = os.get_terminal_size(self._out.fileno())
        except (OSError, ValueError):
            size = shutil.get_terminal_size()
        return size if size.columns else shutil.get_terminal_size()

    def _bar(self, good: float, width: int) -> str:
        room = min(width - 8, 60)
        filled = round(good * room)
        colour = GREEN if good >= GOOD else YELLOW if good >= FAIR else RED
        bar = self._full * filled + self._empty * (room - filled)
        name = text("signal bar", self._language)
        return f"{name} {colour}{bar}{PLAIN}" if self._colour else f"{name} {bar}"

    def _losses(self) -> str:
        counters = {} if self._window is None else self._window.counters
        lost = counters.get("lost", 0) + counters.get("dropped", 0)
        return f", {text('lost', self._language, lost=lost)}" if lost else ""

    def _draw(self, lines: list[str]) -> None:
        drawn = "".join(f"{line}{LINE_END}\r\n" for line in lines)
        self._out.write(HOME + drawn.removesuffix("\r\n") + REST)
        self._out.flush()


def display_on(out: TextIO, language: str = ENGLISH) -> Lines | Panel:
    """The panel where `out` is a terminal that can be drawn on, else lines."""
    can_draw = out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Panel(out, language) if can_draw else Lines(out, language)


def _rate(bpm: float | None) -> str:
    return "---" if bpm is None else f"{bpm:.0f}"


def _can_write(letters: str, encoding: str) -> bool:
    try:
        letters.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
