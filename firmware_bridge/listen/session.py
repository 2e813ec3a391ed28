"""From a source to a result: hear, tell, and stop when it is enough."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.audio import to_float
from firmware_bridge.errors import EXIT_DATA, FetalHemoError
from firmware_bridge.listen.enough import Limits
from firmware_bridge.listen.events import Told
from firmware_bridge.listen.live import Live, Progress
from firmware_bridge.listen.sources import Heard, Source
from firmware_bridge.listen.teller import Teller
from firmware_bridge.listen.telling import Telling
from firmware_bridge.messages import ENGLISH
from firmware_bridge.result import Result
from firmware_bridge.screen import Screener

LOOK_S = 0.02  # between two looks at the source
TELL_S = 1.0  # between two events while nothing comes


class Session:
    """One listening. `stop` may be set by a signal handler; `tell` gets every event.

    What `tell` raises is kept as `telling.error`: there is a result all the same.
    """

    def __init__(
        self,
        screener: Screener,
        source: Source,
        tell: Callable[[Told], None],
        limits: Limits | None = None,
        language: str = ENGLISH,
    ) -> None:
        self.stop = False
        self.why = ""
        self._screener, self._source = screener, source
        self._limits = limits or Limits()
        self.telling = Telling(tell, kept=self._limits.untold)
        self._teller = Teller(source, self.telling, screener.bundle.manifest, language)
        self._live: Live | None = None
        self._fault: FetalHemoError | None = None
        self._sha256 = hashlib.sha256()

    def run(self) -> Result:
        """The result of all that was heard; `Refused` when that is too little."""
        try:
            self._source.start()
            self.why = self._hear()
        finally:
            self._source.close()
        result = self._result()
        self._teller.ended(self.why, 0.0 if self._live is None else self._live.heard_s)
        return result

    def _hear(self) -> str:
        """Why it was stopped."""
        last = told = time.monotonic()
        while True:
            heard = self._source.read()
            for one in heard:
                why = self._take(one)
                if why:
                    return why
            why = self._end()
            if why:
                return why
            now = time.monotonic()
            if heard:
                last = told = now
                continue
            if now - last > self._limits.patience_s:
                return "silence"
            if now - told > TELL_S:
                told = now
                self._teller.waiting(now - last)
            time.sleep(LOOK_S)

    @property
    def _is_stopped(self) -> bool:
        return self.stop or self.telling.is_over

    def _end(self) -> str:
        """Why nothing more will come, if so."""
        if self._is_stopped:
            return "stopped"
        if self._source.ended:
            return "source" if self._source.error is None else "fault"
        return ""

    def _take(self, heard: Heard) -> str:
        """Why to stop among these frames, if so; they go in steps, so the place is exact."""
        live = self._live or self._begin()
        frames = heard.frames
        while len(frames):
            if live.heard_s >= self._limits.longest_s:
                return "time"
            step, frames = frames[: live.step_left], frames[live.step_left :]
            why = self._push(live, step, heard.lost)
            if why or self._is_stopped:
                return why or "stopped"
        return ""

    def _push(self, live: Live, frames: np.ndarray, lost: bool) -> str:
        """Why to stop after these frames of one step, if so."""
        self._sha256.update(frames.tobytes())
        if lost:
            self._teller.lost(live.heard_s)
        try:
            events = live.push(to_float(frames), np.full(len(frames), lost))
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:
                raise
            self._fault = error
            return "fault"
        for event in events:
            self._teller.event(event, live.heard_s)
        at_window = any(isinstance(event, Progress) for event in events)
        steady = at_window and self._limits.until_steady and self._teller.enough.steady
        return "steady" if steady else ""

    def _begin(self) -> Live:
        source = self._source
        assert source.rate_hz is not None  # frames have come
        self._live = Live(self._screener, source.rate_hz, source.channels)
        self._teller.started(source.rate_hz)
        return self._live

    def _result(self) -> Result:
        """A file that breaks off is refused, as `screen` does; of a probe what was heard counts."""
        error = self._fault or self._source.error
        whole_file = self._source.sha256 is not None
        if error is not None and (whole_file or self._live is None):
            return self._screener.refuse(error)
        if self._live is None:
            return self._screener.refuse(self._source.nothing_came())
        # a file's own name stands for all of it, not for the part that was enough
        own = self._source.sha256 if self.why == "source" else None
        return self._live.finish(own or self._sha256.hexdigest(), self._source.band_limit_hz)
