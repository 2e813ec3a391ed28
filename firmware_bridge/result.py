"""What comes out of a screening: Screened, Abstained or Refused. Never None, never NaN."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from firmware_bridge import messages
from firmware_bridge.answer import PredictiveValue
from firmware_bridge.decide import ABOVE
from firmware_bridge.rhythm.baseline import Excursion

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Window:
    """What is said of one window of 3.75 s."""

    start_s: float
    quality: str
    heart_rate_bpm: float | None
    confidence: float  # probability that the rate is within 4 %, also where none is given
    attention: float | None  # share of the probability's attention; None where not used
    dead_share: float  # of the window that is digital silence
    clipped_share: float
    usable: bool


@dataclass(frozen=True)
class HeartRate:
    """Summary over the windows that have a rate; variation over those that are good or poor."""

    mean_bpm: float | None = None
    baseline_bpm: float | None = None  # its mean over the recording
    short_term_variation_ms: float | None = None
    long_term_variation_ms: float | None = None
    signal_loss_share: float | None = None  # of the windows that have no fetal rate
    slow_rhythm_s: float | None = None  # of a clear rhythm below 110 bpm, not given as fetal
    accelerations: tuple[Excursion, ...] = ()
    decelerations: tuple[Excursion, ...] = ()


@dataclass(frozen=True)
class Recording:
    """What identifies a recording: its bytes, never its name or its owner."""

    sha256: str
    duration_s: float
    sample_rate_hz: int
    band_limit_hz: float
    channels: int
    channel: int


@dataclass(frozen=True)
class Model:
    """What identifies the bundle that was used."""

    name: str
    version: str
    sha256: str
    simulated: bool
    raised_from_mmhg: tuple[float, float]  # systolic, diastolic; either is enough


@dataclass(frozen=True)
class Evidence:
    """What every result on a readable recording holds."""

    index: int
    recording: Recording
    model: Model
    notice: str
    threshold: float
    heart_rate: HeartRate
    beats_s: tuple[float, ...]  # of one moment of the cycle, in windows with a rate
    windows: tuple[Window, ...]
    good_signal_s: float  # in usable windows
    needed_signal_s: float  # for a probability
    embedding_distance: float | None  # from the validation women's; None without a reference
    timing_s: float

    def to_json(self) -> dict[str, Any]:
        """The evidence as plain JSON values."""
        return _plain(asdict(self))


@dataclass(frozen=True)
class Screened:
    """A calibrated probability of blood pressure raised at this visit, with its evidence."""

    outcome: ClassVar[str] = "screened"
    evidence: Evidence
    probability: float
    band: str
    predictive_value: PredictiveValue | None = None  # None where the bundle does not say

    def to_json(self, language: str = messages.ENGLISH) -> dict[str, Any]:
        """The result as plain JSON values, see schemas/result.schema.json."""
        sentence = messages.text("above" if self.band == ABOVE else "below", language)
        sentence += messages.slow_rhythm(self.evidence.heart_rate.slow_rhythm_s, (), language)
        found: dict[str, Any] = {"probability": self.probability, "band": self.band}
        if self.predictive_value is not None:
            found["predictive_value"] = self.predictive_value._asdict()
        return {**_head(self.outcome, (), sentence), **self.evidence.to_json(), **found}


@dataclass(frozen=True)
class Abstained:
    """No probability, because the recording does not carry one; the heart rate may still do."""

    outcome: ClassVar[str] = "abstained"
    evidence: Evidence
    reasons: tuple[str, ...]

    def to_json(self, language: str = messages.ENGLISH) -> dict[str, Any]:
        """The result as plain JSON values, see schemas/result.schema.json."""
        signal = self.evidence.good_signal_s, self.evidence.needed_signal_s
        slow_s = self.evidence.heart_rate.slow_rhythm_s
        sentence = messages.abstained(self.reasons, *signal, language)
        sentence += messages.slow_rhythm(slow_s, self.reasons, language)
        return {**_head(self.outcome, self.reasons, sentence), **self.evidence.to_json()}


@dataclass(frozen=True)
class Refused:
    """The input is not a recording that can be screened."""

    outcome: ClassVar[str] = "refused"
    index: int
    model: Model
    notice: str
    threshold: float
    code: str
    what: str
    fix: str
    timing_s: float

    def to_json(self, language: str = messages.ENGLISH) -> dict[str, Any]:
        """The result as plain JSON values, see schemas/result.schema.json."""
        sentence = messages.refused(self.code, self.what, self.fix, language)
        return {
            **_head(self.outcome, (self.code,), sentence),
            "message": self.what,
            "index": self.index,
            "model": _plain(asdict(self.model)),
            "notice": self.notice,
            "threshold": self.threshold,
            "timing_s": self.timing_s,
        }


Result = Screened | Abstained | Refused


def _head(outcome: str, reasons: tuple[str, ...], sentence: str) -> dict[str, Any]:
    """The keys of every result, empty where nothing is known."""
    return {
        "schema_version": SCHEMA_VERSION,
        "outcome": outcome,
        "index": 0,
        "reasons": list(reasons),
        "message": None,
        "sentence": sentence,
        "probability": None,
        "band": None,
        "predictive_value": None,
        "threshold": None,
        "heart_rate": _plain(asdict(HeartRate())),
        "recording": None,
        "model": None,
        "notice": "",
        "timing_s": 0.0,
        "good_signal_s": 0.0,
        "needed_signal_s": None,
        "embedding_distance": None,
        "beats_s": [],
        "windows": [],
    }


def _plain(value: Any) -> Any:
    """The same with lists for tuples, as JSON gives them back."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
