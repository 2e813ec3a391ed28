"""Which fold each woman is in, by a split file or a file of cross-validation folds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audit.finding import Finding, defect, warning, without_place
from fetal_hemo.recordings.folds import KIND, read_folds
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.splits import read_splits


@dataclass
class SplitCheck:
    """`fold_of` each participant, and the women of each fold with and without a positive visit."""

    fold_of: Mapping[str, str] = field(default_factory=dict)
    women: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def check_split(
    path: Path, recordings: Sequence[Recording], positive: Mapping[str, bool]
) -> SplitCheck:
    """The `SplitCheck` of a file of `write_splits` or `write_folds`; nothing is raised.

    `positive` says of each woman with a reading whether she has a positive visit.
    """
    found = SplitCheck()
    try:
        found.fold_of = _read(path, recordings)
        found.findings += [defect("split", text) for text in _named_twice(path)]
    except FetalHemoError as error:
        found.findings.append(defect("split", without_place(error)))
        return found
    here = {r.participant_id for r in recordings}
    for fold in sorted(set(found.fold_of.values())):
        women = [w for w in here if found.fold_of[w] == fold]
        counts = Counter(positive[w] for w in women if w in positive)
        found.women[fold] = {
            "women": len(women),
            "positive_women": counts[True],
            "negative_women": counts[False],
        }
    found.findings += _one_sided(found.women)
    return found


def _read(path: Path, recordings: Sequence[Recording]) -> Mapping[str, str]:
    if _document(path).get("kind") != KIND:
        return read_splits(path, recordings).fold_of
    folds = read_folds(path)
    strangers = {r.participant_id for r in recordings} - set(folds.fold_of)
    if strangers:
        what = f"{len(strangers)} women of the cohort are in no fold"
        raise FetalHemoError("E-SPLIT", what, str(path), "it was made for another cohort")
    return {woman: f"fold {fold}" for woman, fold in folds.fold_of.items()}


def _document(path: Path) -> dict[str, Any]:
    """The JSON object in the file, or an empty one: its reader will say what is wrong."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _named_twice(path: Path) -> list[str]:
    """A woman written under two folds: a JSON reader keeps the last and says nothing."""
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(name for name, _ in found)
        twice.extend(name for name, count in counts.items() if count > 1)
        return dict(found)

    json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=pairs)
    return [f"{len(twice)} women stand in the split more than once"] if twice else []


def _one_sided(women: Mapping[str, Mapping[str, int]]) -> Iterator[Finding]:
    for fold, counts in women.items():
        for kind, word in (("positive_women", "with"), ("negative_women", "without")):
            if not counts[kind]:
                yield warning("split", f"{fold}: no woman {word} a positive visit")
