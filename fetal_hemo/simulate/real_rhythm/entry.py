"""One real rhythm with what is known of the woman and her newborn, under a neutral name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fetal_hemo.recordings.public.clinical import LABELS, Outcomes
from fetal_hemo.simulate.real_rhythm.series import Series

ID_DIGITS = 12
COLUMN = "rhythm_"  # before the name of every column that a borrowed rhythm adds to a manifest
LABEL_NAMES = ("ph", "hypertension", "preeclampsia", *LABELS)


@dataclass(frozen=True, eq=False)
class Entry:
    """A series, gestational age where known, and the outcomes that its record carries."""

    series: Series
    gestational_age_days: float | None
    outcomes: Outcomes

    @cached_property
    def rhythm_id(self) -> str:
        """A name that follows from the series alone: it tells nothing of the record or its file."""
        return _sha256(self.series.values.tobytes())[:ID_DIGITS]

    @cached_property
    def sha256(self) -> str:
        """Of the series and all that is said of it."""
        facts: dict[str, Any] = {
            "kind": self.series.kind,
            "values": _sha256(self.series.values.tobytes()),
            "gestational_age_days": self.gestational_age_days,
            "labels": self.labels,
        }
        return _sha256(json.dumps(facts, sort_keys=True).encode())

    @property
    def labels(self) -> dict[str, Any]:
        """JSON-ready outcomes by name: pH as a number, the others true, false, or None."""
        return {name: getattr(self.outcomes, name) for name in LABEL_NAMES}

    def cells(self) -> dict[str, str]:
        """Cells of a manifest by column, empty where unknown; every entry has the same columns."""
        days = self.gestational_age_days
        cells = {
            "id": self.rhythm_id,
            "gestational_age_days": "" if days is None else f"{days:g}",
            **self.outcomes.cells(),
        }
        return {COLUMN + name: cell for name, cell in cells.items()}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
