"""What happens in a stream -> the events that are told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from firmware_bridge.feedback import Feedback
from firmware_bridge.listen import guidance
from firmware_bridge.listen.enough import Enough
from firmware_bridge.listen.events import Ended, Signal, Started, Told, Waiting, WindowDone
from firmware_bridge.listen.live import Event, Progress
from firmware_bridge.listen.sources import Source
from firmware_bridge.messages import ENGLISH, text
from firmware_bridge.result import Abstained, Screened

GAP_TOLD_S = 3.75  # how long lost sound stays in the advice: as long as it is in the window


class Teller:
    """Keeps what several events need: how much is enough, the latency, the last gap."""

    def __init__(
        self,
        source: Source,
        tell: Callable[[Told], None],
        manifest: Mapping[str, Any],
        language: str = ENGLISH,
    ) -> None:
        self.enough = Enough(manifest)
        self._source, self._tell, self._language = source, tell, language
        self._latency_s = 0.0
        self._lost_at_s = -GAP_TOLD_S

    def started(self, rate_hz: int) -> None:
        """The first sound has come."""
        source = self._source
        self._tell(Started(source.kind, rate_hz, source.channels, source.gain_db))

    def waiting(self, waited_s: float) -> None:
        """No sound has come for so long."""
        sentence = text("waiting", self._language)
        self._tell(Waiting(waited_s, self._source.counters(), sentence))

    def lost(self, at_s: float) -> None:
        """Sound was lost there; it is part of the advice for a while."""
        self._lost_at_s = at_s

    def event(self, event: Event, heard_s: float) -> None:
        """Feedback or progress, when so many seconds have been heard."""
        if isinstance(event, Progress):
            self._tell(self._window(event))
        else:
            self._tell(self._signal(event, heard_s))

    def ended(self, why: str, heard_s: float) -> None:
        """Nothing more is heard."""
        self._tell(
            Ended(
                why=why,
                time_s=heard_s,
                good_signal_s=self.enough.good_s,
                missing_s=self.enough.missing_s,
                latency_max_s=self._latency_s if self._source.paced else None,
                counters=self._source.counters(),
                sentence=guidance.ending(why, self.enough.missing_s, self._language),
            )
        )

    def _signal(self, now: Feedback, heard_s: float) -> Signal:
        latency = None
        if self._source.paced:
            latency = max(0.0, heard_s + self._source.waiting_s - now.end_s)
            self._latency_s = max(self._latency_s, latency)
        gap = now.end_s - self._lost_at_s < GAP_TOLD_S
        return Signal(
            time_s=now.end_s,
            quality=now.quality,
            quality_probability=now.probability,
            good_signal=now.good_signal,
            heart_rate_bpm=now.heart_rate_bpm,
            latency_s=latency,
            sentence=guidance.advice(now, self.enough.missing_s, gap, self._language),
        )

    def _window(self, progress: Progress) -> WindowDone:
        so_far = progress.so_far
        self.enough.add(so_far)
        window = so_far.evidence.windows[-1]
        return WindowDone(
            time_s=progress.end_s,
            quality=window.quality,
            usable=window.usable,
            heart_rate_bpm=window.heart_rate_bpm,
            probability=so_far.probability if isinstance(so_far, Screened) else None,
            reasons=so_far.reasons if isinstance(so_far, Abstained) else (),
            good_signal_s=self.enough.good_s,
            missing_s=self.enough.missing_s,
            steady=self.enough.steady,
            counters=self._source.counters(),
            sentence=guidance.missing(self.enough.missing_s, self._language),
        )
