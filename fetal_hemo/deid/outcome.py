"""What a de-identification did: counts, speech by study id, failures by row, what to look at."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from fetal_hemo.deid.risk import Risk
from fetal_hemo.deid.speech import Span
from firmware_bridge.constants import WINDOW_S
from firmware_bridge.errors import EXIT_OK, EXIT_PARTIAL


@dataclass(frozen=True)
class SpeechHeard:
    """Where people talk in a new recording."""

    recording_id: str
    spans: tuple[Span, ...]

    @property
    def windows(self) -> int:
        """How many 3.75 s windows of a screening hold some of it."""
        held = (
            range(int(span.start_s // WINDOW_S), math.ceil(span.stop_s / WINDOW_S))
            for span in self.spans
        )
        return len(set().union(*held))

    @property
    def seconds(self) -> float:
        """How long all stretches last."""
        return sum(span.stop_s - span.start_s for span in self.spans)


@dataclass(frozen=True)
class Failure:
    """A row of the source that is left out, and why."""

    row: int
    code: str
    what: str

    def line(self) -> str:
        """The failure as one line."""
        return f"row {self.row}: {self.code}: {self.what}; left out"


@dataclass(frozen=True)
class Deidentified:
    """A new cohort and what is known of it; nothing of the source but row numbers of failures."""

    recordings: int
    women: int
    visits: int
    dropped_columns: int
    silenced: str | None
    speech: tuple[SpeechHeard, ...]
    failures: tuple[Failure, ...]
    risk: Risk

    @property
    def exit_status(self) -> int:
        """0, or 7 when recordings were left out."""
        return EXIT_PARTIAL if self.failures else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The outcome as JSON-ready values."""
        speech = [
            {**asdict(one), "windows": one.windows, "seconds": one.seconds} for one in self.speech
        ]
        return {**asdict(self), "speech": speech}

    def text(self) -> str:
        """The outcome for a person."""
        lines = [
            f"de-identified: {self.recordings} recordings of {self.women} women, "
            f"{self.visits} visits; {self.dropped_columns} columns dropped",
            *(
                f"speech: {one.recording_id}: {one.windows} windows, {one.seconds:.1f} s"
                for one in self.speech
            ),
            *(f"look at: {warning}" for warning in self.risk.warnings),
            self._advice(),
        ]
        return "\n".join(lines)

    def _advice(self) -> str:
        seconds = sum(one.seconds for one in self.speech)
        found = f"speech heard in {len(self.speech)} recordings, {seconds:.0f} s"
        if not self.speech:
            return "no speech heard; the ear is a machine's: listen before you share"
        if self.silenced:
            return f"{found}, silenced ({self.silenced}); listen before you share"
        return f"{found}, STILL IN THE AUDIO: listen, or run again with --silence-speech"
