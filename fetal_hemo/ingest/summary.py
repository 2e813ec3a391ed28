"""What an ingest did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError


@dataclass(frozen=True)
class PassedOver:
    """A source that is not in the cohort; `place` counts sources, or rows of a manifest, from 1."""

    place: int
    source: Path
    code: str
    what: str
    fix: str
    same_as: str | None = None  # the recording that has the same content

    def line(self) -> str:
        """One line for a person; it names the source."""
        if self.code == "E-BUG":
            return self.what
        return FetalHemoError(self.code, self.what, str(self.source), self.fix).line()

    def facts(self) -> dict[str, Any]:
        """What may be stored: the source's place and not its name."""
        same = {"same_as": self.same_as} if self.same_as else {}
        return {"place": self.place, "code": self.code, **same}


@dataclass(frozen=True)
class IngestSummary:
    """A cohort after an ingest; `made` of its recordings are new."""

    folder: Path
    recordings: int
    made: int
    hours: float
    passed_over: tuple[PassedOver, ...]
    changed: tuple[str, ...]  # recordings whose source has changed, copied again
    several_channels: int  # recordings of which the channel that is heard best was taken
    numbered: bool  # ids were made up: the women must be filled in
    kept_columns: tuple[str, ...]  # columns of the source manifest that are not known here
    simulated: bool
    unlisted: tuple[Path, ...] = ()  # sound in the source folder that no row of its manifest names

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON-ready values; no source is named."""
        return {
            "recordings": self.recordings,
            "made": self.made,
            "hours": self.hours,
            "passed_over": [p.facts() for p in self.passed_over],
            "changed": list(self.changed),
            "several_channels": self.several_channels,
            "numbered": self.numbered,
            "kept_columns": list(self.kept_columns),
            "simulated": self.simulated,
            "unlisted": len(self.unlisted),
        }
