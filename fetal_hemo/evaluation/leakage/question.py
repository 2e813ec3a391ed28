"""The answer to one question of the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fetal_hemo.evaluation.leakage.fitted import Fitted
from fetal_hemo.recordings.audit.finding import DEFECT, Finding, defect
from fetal_hemo.recordings.audit.sharing import Shared
from fetal_hemo.recordings.recording import Recording

TOPIC = "leak"


class LeakageInput(NamedTuple):
    """What an audit looks at.

    `fold_of` each participant is `train`, `validation` or `test`; `fitted` is what was fitted on
    whom; `shared` are recordings with the same sound (`find_shared`), None if nobody listened.
    """

    recordings: Sequence[Recording]
    fold_of: Mapping[str, str]
    fitted: Sequence[Fitted]
    shared: Sequence[Shared] | None


@dataclass(frozen=True)
class Answer:
    """A question, what was found, and whether it could be asked at all."""

    question: str
    findings: Sequence[Finding] = field(default_factory=tuple)
    asked: bool = True

    @property
    def clean(self) -> bool | None:
        """Whether no leak was found; None where the question could not be asked."""
        return all(found.level != DEFECT for found in self.findings) if self.asked else None


def leak(text: str) -> Finding:
    """A `Finding` that takes a study its meaning."""
    return defect(TOPIC, text)


def some(names: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
