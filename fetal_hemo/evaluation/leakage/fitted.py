"""On which women every stage of a run was fitted, as the run itself wrote it down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import write_atomically

FITTED = "fitted.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Fitted:
    """A stage (`class prototypes`, `threshold`, ...) and the women whose visits it was fitted on.

    `fold` is where these women should be: `train` or `validation`. `used_labels` says whether the
    stage saw pressures.
    """

    stage: str
    fold: str
    used_labels: bool
    women: tuple[str, ...]

    @property
    def women_sha256(self) -> str:
        """Hash of the sorted participant ids."""
        return women_sha256(self.women)


def women_sha256(women: Iterable[str]) -> str:
    """Hash of a set of participant ids, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(set(women))).encode()).hexdigest()


def write_fitted(path: Path, fitted: Sequence[Fitted]) -> None:
    """Write the stages as JSON, each set of women once under its hash. Raises E-STORAGE."""
    stages: list[dict[str, Any]] = []
    for stage in fitted:
        facts = asdict(stage) | {"women": len(set(stage.women))}
        stages.append(facts | {"women_sha256": stage.women_sha256})
    women = {stage.women_sha256: sorted(set(stage.women)) for stage in fitted}
    document = {"schema_version": SCHEMA_VERSION, "stages": stages, "women": women}
    write_atomically(path, (json.dumps(document, indent=1) + "\n").encode())


def read_fitted(path: Path) -> list[Fitted]:
    """The stages of a run's `fitted.json`; none of a run without one.

    Raises E-RUN for a file that is broken, or whose women are not those that were hashed.
    """
    if not path.exists():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema_version"] != SCHEMA_VERSION:
            raise ValueError
        return [_stage(facts, document["women"]) for facts in document["stages"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        what = "does not say on which women the run was fitted"
        raise FetalHemoError("E-RUN", what, str(path), "train it again") from None


def _stage(facts: dict[str, Any], women: dict[str, list[str]]) -> Fitted:
    digest = facts["women_sha256"]
    stage = Fitted(facts["stage"], facts["fold"], facts["used_labels"], tuple(women[digest]))
    if stage.women_sha256 != digest:
        raise ValueError
    return stage
