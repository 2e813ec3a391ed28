"""Which stretches of a recording are worth a closer look."""

from __future__ import annotations

from dataclasses import dataclass

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.report.recording_rows import Windows

STRETCH_WINDOWS = 4  # 15 s: single beats are still told apart on a page


@dataclass(frozen=True)
class Stretch:
    """Neighbouring windows; `kind` says why they are shown."""

    kind: str
    first: int
    count: int

    @property
    def start_s(self) -> float:
        """Where it begins in the recording."""
        return self.first * WINDOW_S

    @property
    def end_s(self) -> float:
        """Where it ends."""
        return (self.first + self.count) * WINDOW_S

    @property
    def title(self) -> str:
        """Why it is shown, and when it was."""
        return f"{self.kind}: {clock(self.start_s)} to {clock(self.end_s)}"

    def parts(self, windows: int) -> list[Stretch]:
        """The same in pieces of at most `windows` windows, for a narrow screen."""
        ends = self.first + self.count
        firsts = range(self.first, ends, windows)
        return [Stretch(self.kind, first, min(windows, ends - first)) for first in firsts]


def stretches(windows: Windows) -> list[Stretch]:
    """The clearest and the least clear 15 s, or the whole of a shorter recording.

    Windows that are digital silence say nothing about the signal: the least clear stretch is
    looked for where there is sound.
    """
    if len(windows) <= STRETCH_WINDOWS:
        return [Stretch("The whole recording", 0, len(windows))] if windows else []
    firsts = range(len(windows) - STRETCH_WINDOWS + 1)
    clear = [_clarity(windows[first : first + STRETCH_WINDOWS]) for first in firsts]
    heard = [first for first in firsts if _has_sound(windows[first : first + STRETCH_WINDOWS])]
    best = max(firsts, key=lambda first: clear[first])
    worst = min(heard or firsts, key=lambda first: clear[first])
    found = [Stretch("Clearest stretch", best, STRETCH_WINDOWS)]
    if worst != best:
        found.append(Stretch("Least clear sound", worst, STRETCH_WINDOWS))
    return found


def clock(seconds: float) -> str:
    """Minutes and seconds, `2:07`; with the fraction if there is one, `2:03.75`."""
    minutes, rest = divmod(seconds, 60)
    text = f"{rest:05.2f}".rstrip("0").rstrip(".")
    return f"{minutes:.0f}:{text}"


def _clarity(windows: Windows) -> float:
    """Good windows with a rate first, then by how certain the rates are."""
    heard = sum(window["heart_rate_bpm"] is not None for window in windows)
    good = sum(window["quality"] == "good" for window in windows)
    return heard + good + sum(window["confidence"] for window in windows)


def _has_sound(windows: Windows) -> bool:
    return all(window["dead_share"] < 0.5 for window in windows)
