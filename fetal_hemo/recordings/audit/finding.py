"""One thing that is wrong or doubtful in a cohort, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fetal_hemo.errors import FetalHemoError

DEFECT, WARNING = "defect", "warning"
MOST_STEPS = 3

# What comes first is also to be mended first: the rest depends on it.
STEPS = {
    "manifest": "Correct the manifest where the defects name row and column.",
    "units": "Convert the named columns to the unit in their name and save the manifest again.",
    "audio": "Replace, convert or remove the named recordings that cannot be used as they are.",
    "integrity": "Restore the named audio from its source, or ingest it again.",
    "split": "Make the split again; a split is never edited by hand.",
    "leak": "Repair the split or the stage that is named, and train and evaluate again.",
    "channels": "Ingest the recordings: of several channels it keeps the one with the heart.",
    "shared audio": "Find out whose the shared sound is; keep it once, with the right visit.",
    "women": "Give a woman one participant_id wherever she appears, or confirm they are two.",
    "too few women": "Collect more women, above all with a raised blood pressure.",
    "shortcuts": "Balance or stratify what goes with the label; compare the controls of the study.",
    "order": "Correct visit_order or gestational_age_days of the named visits.",
    "pressures": "Look up the cuff readings of the named visits.",
    "length": "Record at least 30 s, better 2 min, where a probability is wanted.",
    "missing": "Fill in what is known; leave empty what is not.",
    "precision": "Plan more women: this cohort cannot measure an AUROC sharply.",
}


@dataclass(frozen=True)
class Finding:
    """`level` is `defect` (stops training) or `warning`; `topic` is a key of `STEPS`."""

    level: str
    topic: str
    text: str

    def __post_init__(self) -> None:
        if self.level not in (DEFECT, WARNING) or self.topic not in STEPS:
            raise ValueError(f"{self.level} of {self.topic}")

    @property
    def step(self) -> str:
        """What to do, in plain words."""
        return STEPS[self.topic]


def defect(topic: str, text: str) -> Finding:
    """A `Finding` that stops training."""
    return Finding(DEFECT, topic, text)


def warning(topic: str, text: str) -> Finding:
    """A `Finding` that does not."""
    return Finding(WARNING, topic, text)


def without_place(error: FetalHemoError) -> str:
    """`E-CODE: what happened; what to do`: a page that is passed on names no folder."""
    return f"{error.code}: {error.what}" + (f"; {error.fix}" if error.fix else "")


def next_steps(findings: Iterable[Finding]) -> list[str]:
    """The three most important things to do: those about defects first, in the order of `STEPS`."""
    order = list(STEPS)
    ranked = sorted(findings, key=lambda f: (f.level != DEFECT, order.index(f.topic)))
    return list(dict.fromkeys(finding.step for finding in ranked))[:MOST_STEPS]


def rows_text(rows: Iterable[int], most: int = 5) -> str:
    """`row 7` or `rows 2, 3, 5 and 9 more`."""
    numbers = sorted(set(rows))
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    shown = ", ".join(str(number) for number in numbers[:most])
    return f"rows {shown}" + (f" and {len(numbers) - most} more" if len(numbers) > most else "")
