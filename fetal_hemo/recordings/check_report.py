"""What `check` found, as a dictionary for machines and one sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fetal_hemo.recordings.audit.audio_check import AudioCheck
from fetal_hemo.recordings.audit.counts import Counts
from fetal_hemo.recordings.audit.finding import DEFECT, WARNING, Finding, next_steps
from fetal_hemo.recordings.audit.precision import Precision
from fetal_hemo.recordings.audit.sharing import Shared
from fetal_hemo.recordings.audit.shortcuts import Shortcut
from fetal_hemo.recordings.audit.split_check import SplitCheck
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels

SCHEMA_VERSION = 1


@dataclass
class CheckReport:
    """Counts and findings of a cohort; `rows` are its recordings, which `to_dict` leaves out."""

    labels: Labels
    simulated: bool = False
    data_sha256: str | None = None
    rows: Sequence[Recording] = ()
    counts: Counts = field(default_factory=Counts)
    missing: dict[str, float] = field(default_factory=dict)  # share of rows without the value
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)  # smallest and largest
    audio: AudioCheck = field(default_factory=AudioCheck)
    shared: list[Shared] = field(default_factory=list)
    split: SplitCheck | None = None
    shortcuts: list[Shortcut] = field(default_factory=list)
    clinical: list[Shortcut] = field(default_factory=list)
    precision: Precision | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def defects(self) -> list[str]:
        """What stops training."""
        return [f.text for f in self.findings if f.level == DEFECT]

    @property
    def warnings(self) -> list[str]:
        """What does not."""
        return [f.text for f in self.findings if f.level == WARNING]

    @property
    def ready(self) -> bool:
        """Whether training can begin."""
        return not self.defects

    @property
    def state(self) -> str:
        """`ready`, `ready with warnings` or `not ready`."""
        if not self.ready:
            return "not ready"
        return "ready with warnings" if self.warnings else "ready"

    @property
    def next_steps(self) -> list[str]:
        """The three most important things to do, in plain words."""
        steps = next_steps(self.findings)
        return steps or ["Nothing to mend: train with `fetal-hemo pretrain`."]

    @property
    def verdict(self) -> str:
        """`ready to train` with the counts, or `not ready` with the first defect."""
        if not self.ready:
            more = f" (and {len(self.defects) - 1} more)" if len(self.defects) > 1 else ""
            return f"not ready: {self.defects[0]}{more}"
        kind = "simulated women" if self.simulated else "women"
        several = "s" if len(self.warnings) > 1 else ""
        but = f" with {len(self.warnings)} warning{several}" if self.warnings else ""
        return (
            f"ready to train{but}: {self.counts.women} {kind}, {self.counts.visits} visits, "
            f"{self.positive_women} women with a positive visit"
        )

    @property
    def positive_women(self) -> int:
        """Women with a positive visit."""
        return sum(self.counts.positive_of.values())

    @property
    def negative_women(self) -> int:
        """Women with readings, none of them positive."""
        return len(self.counts.positive_of) - self.positive_women

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values, without a participant's id or path."""
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": self.verdict,
            "state": self.state,
            "ready": self.ready,
            "next_steps": self.next_steps,
            "simulated": self.simulated,
            "data_sha256": self.data_sha256,
            "recordings": self.counts.recordings,
            "women": self.counts.women,
            "visits": self.counts.visits,
            "labelled_visits": len(self.counts.labelled),
            "positive_women": self.positive_women,
            "negative_women": self.negative_women,
            "classes": self.counts.classes,
            "missing": self.missing,
            "ranges": self.ranges,
            "audio": {
                "readable": self.audio.readable,
                "seconds": self.audio.seconds,
                "shortest_s": self.audio.shortest_s,
            },
            "shared_audio": [_shared(pair) for pair in self.shared],
            "split": None if self.split is None else self.split.women,
            "shortcuts": [_shortcut(its) for its in self.shortcuts],
            "clinical": [_shortcut(its) for its in self.clinical],
            "precision": None if self.precision is None else asdict(self.precision),
            "defects": self.defects,
            "warnings": self.warnings,
            "findings": [{**asdict(f), "step": f.step} for f in self.findings],
        }


def _shared(pair: Shared) -> dict[str, Any]:
    twin = None
    if pair.twin is not None:
        twin = {k: v for k, v in asdict(pair.twin).items() if k not in ("first", "second")}
    rows = {"first_row": pair.first.row, "second_row": pair.second.row}
    return {**rows, "relation": pair.relation, "same_bytes": twin is None, "difference": twin}


def _shortcut(its: Shortcut) -> dict[str, Any]:
    return {**asdict(its), "suspicious": its.suspicious}
