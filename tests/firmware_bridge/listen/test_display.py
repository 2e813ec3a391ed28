"""What stands on the terminal, read back by a terminal emulator."""

from __future__ import annotations

import io

import pyte
import pytest

from firmware_bridge.listen.digits import SHAPES, big
from firmware_bridge.listen.display import Lines, Panel, clock, display_on
from firmware_bridge.listen.events import Ended, Signal, Started, Waiting, WindowDone

SENTENCE = "hold it there: 40 s more of good signal needed"


class Terminal(io.StringIO):
    """Text that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def signal(bpm: float | None = 148.3, good: float = 0.75) -> Signal:
    return Signal(18.25, "good", 0.9, good, bpm, 0.04, SENTENCE)


def window(lost: int = 0) -> WindowDone:
    counters = {"good": 700, "lost": lost}
    return WindowDone(18.75, "good", True, 148.0, None, (), 15.0, 45.0, False, counters, "45 s")


def screen_of(out: io.StringIO, columns: int, rows: int) -> list[str]:
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(out.getvalue())
    return [line.rstrip() for line in screen.display]


@pytest.mark.parametrize(
    ("columns", "rows", "scale"), [(80, 24, 3), (40, 15, 1), (30, 14, 1), (200, 50, 4)]
)
def test_the_panel_fills_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: int, rows: int, scale: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(rows))
    out = Terminal()
    panel = Panel(out)
    with panel:
        panel.tell(Started("serial", 4_000, 1, None))
        panel.tell(window(lost=3))
        panel.tell(signal())
        shown = screen_of(out, columns, rows)
    assert shown[: 5 * scale] == big("148", scale, "█")
    text = "\n".join(shown)
    words = " ".join(text.split())
    assert SENTENCE in words
    assert "0:18 heard, 0:15 good, 3 lost on the way" in words
    assert "it is not a diagnosis." in words
    filled, empty = text.count("█") - "".join(shown[: 5 * scale]).count("█"), text.count("░")
    assert filled == pytest.approx(0.75 * (filled + empty), abs=1)
    assert all(len(line) <= columns for line in shown)


def test_nothing_of_an_older_state_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    out, fresh = Terminal(), Terminal()
    for terminal, before in ((out, [signal(199.0, 1.0)]), (fresh, [])):
        panel = Panel(terminal)
        with panel:
            for one in [*before, signal(None, 0.1)]:
                panel.tell(one)
            assert "---" not in terminal.getvalue()
            shown = screen_of(terminal, 80, 24)
        assert shown[:15] == big("---", 3, "█")
    assert screen_of(out, 80, 24) == screen_of(fresh, 80, 24)


def test_the_terminal_is_given_back_even_after_an_error() -> None:
    out = Terminal()
    with pytest.raises(RuntimeError), Panel(out):
        raise RuntimeError
    assert out.getvalue().endswith("\x1b[?25h\x1b[?1049l")


def test_a_terminal_that_knows_only_ascii() -> None:
    out = Terminal()
    out.encoding = "ascii"
    panel = Panel(out)
    with panel:
        panel.tell(signal())
    assert out.getvalue().isascii()


def test_no_colour_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    with Panel(out) as panel:
        panel.tell(signal())
    assert "\x1b[3" not in out.getvalue()


def test_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    assert isinstance(display_on(out), Lines)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(display_on(Terminal()), Lines)
    lines = Lines(out)
    for one in (Started("wav", 4_000, 1, None), signal(), window(), Waiting(2.0, {}, "waiting")):
        lines.tell(one)
    lines.tell(Ended("source", 20.0, 15.0, 45.0, 0.1, {}, "the sound has ended"))
    assert out.getvalue().splitlines() == [
        "listening to wav at 4000 Hz",
        "0:18  148 bpm  good  0:15 good; 45 s",
        "waiting",
        "the sound has ended",
    ]


def test_the_panel_and_the_lines_speak_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "15")
    out, log = Terminal(), io.StringIO()
    with Panel(out, "es") as panel:
        panel.tell(window(lost=3))
        panel.tell(signal())
        words = " ".join(" ".join(screen_of(out, 40, 15)).split())
    assert "latidos por minuto señal █" in words
    assert "0:18 de sonido, 0:15 bien, 3 perdidos en el camino" in words
    assert "no es un diagnóstico." in words
    lines = Lines(log, "es")
    lines.tell(Started("wav", 4_000, 1, None))
    lines.tell(window())
    assert log.getvalue().splitlines() == [
        "escuchando wav a 4000 Hz",
        "0:18  148 lpm  buena  0:15 bien; 45 s",
    ]


def test_digits_differ_and_have_one_size() -> None:
    shapes = {letter: tuple(big(letter, 1, "#")) for letter in SHAPES}
    assert len(set(shapes.values())) == len(SHAPES)
    assert all(len(lines) == 5 for lines in shapes.values())


def test_clock() -> None:
    assert [clock(seconds) for seconds in (0.0, 59.9, 65.0, 3_600.0)] == [
        "0:00",
        "0:59",
        "1:05",
        "60:00",
    ]
