"""What `check` found, as a dictionary for machines and one sentence for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from fetal_hemo.recordings.association import Association
from fetal_hemo.recordings.audio_check import AudioCheck

SHORT_S = 30.0  # eight windows


@dataclass
class CheckReport:
    """Counts, defects (they stop training) and warnings (they do not)."""

    simulated: bool = False
    data_sha256: str | None = None
    recordings: int = 0
    women: int = 0
    visits: int = 0
    labelled_visits: int = 0
    positive_women: int = 0
    negative_women: int = 0
    classes: dict[str, dict[str, int]] = field(default_factory=dict)  # visits and women of each
    missing: dict[str, float] = field(default_factory=dict)  # share of rows without the value
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)  # smallest and largest
    audio: AudioCheck = field(default_factory=AudioCheck)
    associations: list[Association] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether training can begin."""
        return not self.defects

    @property
    def verdict(self) -> str:
        """`ready to train` with the counts, or `not ready` with the first defect."""
        if self.ready:
            kind = "simulated women" if self.simulated else "women"
            return (
                f"ready to train: {self.women} {kind}, {self.visits} visits, "
                f"{self.positive_women} women with a positive visit"
            )
        more = f" (and {len(self.defects) - 1} more)" if len(self.defects) > 1 else ""
        return f"not ready: {self.defects[0]}{more}"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        values = asdict(self)
        if not self.audio.readable:
            values["audio"]["shortest_s"] = None
        return {"verdict": self.verdict, "ready": self.ready, **values}
