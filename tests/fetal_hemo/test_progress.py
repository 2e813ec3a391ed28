"""Progress on a real terminal and in a log: seldom, on stderr, with the time left."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Iterator

import pytest

from fetal_hemo.progress import LINE_S, REFRESH_S, ProgressLine, silent


class Terminal:
    """The near end of a pseudo terminal whose far end is standard error."""

    def __init__(self) -> None:
        self.near, far = os.openpty()
        self.stream = io.TextIOWrapper(os.fdopen(far, "wb", 0), write_through=True)

    def read(self) -> str:
        """What was written since; empty when nothing was."""
        text = b""
        while select.select([self.near], [], [], 0.2)[0]:  # the kernel hands it over in pieces
            text += os.read(self.near, 4_096)
        return text.decode()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal; the test itself puts it in place, since pytest swaps streams between phases."""
    made = Terminal()
    yield made
    made.stream.close()
    os.close(made.near)


def later(line: ProgressLine, seconds: float) -> None:
    """Let `seconds` have passed for `line`."""
    line.start -= seconds
    line.said -= seconds


def test_a_log_gets_a_line_seldom_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine("survey")
    for done in range(50):
        line(done, 100)
    assert capsys.readouterr() == ("", "")
    later(line, LINE_S)
    line(50, 100)
    line(51, 100)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "survey: 50 of 100, 10 s left\n"
    line(100, 100)
    assert capsys.readouterr().err == "survey: 100 of 100, 10 s\n"


def test_what_is_said_stays_and_takes_the_place_of_the_current_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ProgressLine("pretrain").say("epoch 1: loss 2")
    assert capsys.readouterr() == ("", "epoch 1: loss 2\n")
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    line = ProgressLine("pretrain")
    later(line, REFRESH_S)
    line(1, 4)
    line.say("epoch 1: loss 2")
    assert terminal.read().endswith("\r\x1b[2Kepoch 1: loss 2\r\n")


@pytest.mark.parametrize(
    ("passed", "done", "text"),
    [(30, 1, "90 s left"), (30, 3, "10 s left"), (600, 2, "10 min left"), (50, 0, "starting")],
)
def test_time_left_follows_the_pace(
    passed: float, done: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ProgressLine("pretrain")
    line(0, 4)
    later(line, passed)
    if done == 0:
        line.said -= LINE_S
        line.start = line.start + passed
    line(done, 4)
    assert capsys.readouterr().err == f"pretrain: {done} of 4, {text}\n"


def test_a_second_round_starts_its_own_clock(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine("evaluate")
    line(0, 10)
    later(line, 500)
    line(10, 10)
    line(0, 10)
    later(line, LINE_S)
    line(5, 10)
    assert capsys.readouterr().err.splitlines()[-1] == "evaluate: 5 of 10, 10 s left"


def test_a_terminal_keeps_one_line_current(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    line = ProgressLine("simulate")
    line(0, 4)
    assert terminal.read() == ""
    later(line, 3.0)
    line(2, 4)
    line(3, 4)  # too soon
    assert terminal.read() == "\r\x1b[2Ksimulate: 2 of 4, 3 s left"
    assert REFRESH_S < LINE_S
    line(4, 4)
    assert terminal.read().startswith("\r\x1b[2Ksimulate: 4 of 4, ")


def test_a_resumed_run_does_not_count_what_was_done_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ProgressLine("pretrain")
    line(80, 100)
    later(line, LINE_S)
    line(90, 100)
    assert capsys.readouterr().err == "pretrain: 90 of 100, 10 s left\n"


def test_silent_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    silent(1, 2)
    assert capsys.readouterr() == ("", "")
