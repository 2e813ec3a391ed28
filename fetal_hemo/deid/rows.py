"""One row of the new manifest: study ids, rounded measurements, nothing else by default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from fetal_hemo.deid.clean_audio import CleanAudio
from fetal_hemo.deid.study_ids import StudyIds
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording

# Digits behind the point. A cell of twelve digits could hold a telephone number, and an age with
# decimals a birthday. Cut, not rounded: 139.96 mmHg must not become 140.0, another class.
DECIMALS = {
    "gestational_age_days": 1,
    "sbp_mmhg": 1,
    "dbp_mmhg": 1,
    "maternal_age_years": 0,
    "bmi_kg_m2": 1,
    "parity": 0,
    "visit_order": 0,
}


@dataclass(frozen=True)
class Band:
    """Values replaced by the middle of bands of `width`; the ends are open."""

    low: float
    high: float
    width: float

    def middle(self, value: float) -> float:
        """The middle of the band of a value; what lies outside belongs to the outermost band."""
        inside = min(max(value, self.low), self.high - self.width)
        return self.low + (inside - self.low) // self.width * self.width + self.width / 2


COARSE = {
    "maternal_age_years": Band(15, 50, 5),
    "bmi_kg_m2": Band(15, 45, 5),
    "parity": Band(-0.5, 5.5, 1),  # 5 stands for 5 and more
}


def new_row(
    recording: Recording, ids: StudyIds, audio: CleanAudio, keep: Sequence[str], coarsen: bool
) -> dict[str, str]:
    """Cells of the new manifest by column; what is unknown is empty."""
    return {
        **dict.fromkeys(KNOWN_COLUMNS, ""),
        **{name: _number(recording, name, coarsen) for name in DECIMALS},
        "recording_id": ids.recording[recording.recording_id],
        "participant_id": ids.participant[recording.participant_id],
        "visit_id": ids.visit[recording.visit_id],
        "device_id": ids.device.get(recording.device_id or "", ""),
        "site_id": ids.site.get(recording.site_id or "", ""),
        "path": audio_name(ids.recording[recording.recording_id]),
        "sha256": audio.sha256,
        "n_samples": str(audio.n_samples),
        "sample_rate_hz": str(audio.rate_hz),
        **{name: recording.extra[name] for name in keep},
    }


def audio_name(recording_id: str) -> str:
    """Path of the recording's audio in the new cohort."""
    return f"audio/{recording_id}.flac"


def _number(recording: Recording, name: str, coarsen: bool) -> str:
    value = getattr(recording, name)
    if value is None:
        return ""
    if coarsen and name in COARSE:
        value = COARSE[name].middle(value)
    step = Decimal(1).scaleb(-DECIMALS[name])
    cut = Decimal(repr(value)).quantize(step, rounding=ROUND_DOWN)
    return f"{cut:f}".removesuffix(".0")
