"""Which women train, validate and test: made once, stored with a hash, never by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.bp import class_of, is_positive
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels, SplitShares
from firmware_bridge.store import write_atomically

FOLDS = ("train", "validation", "test")
SCHEMA_VERSION = 1
OTHER_SPLIT = "add recordings, or choose another seed in [split]"  # what to do about one


@dataclass(frozen=True)
class Splits:
    """`fold_of` each participant: train, validation or test."""

    fold_of: Mapping[str, str]
    seed: int

    def women(self, fold: str) -> list[str]:
        """The participants of a fold, sorted."""
        return sorted(woman for woman, its in self.fold_of.items() if its == fold)

    def recordings(self, fold: str, recordings: Iterable[Recording]) -> list[Recording]:
        """Those recordings whose woman is in the fold, in their order."""
        return [r for r in recordings if self.fold_of[r.participant_id] == fold]

    @property
    def sha256(self) -> str:
        """Hash of the assignment and its seed; the same for the same split everywhere."""
        return hashlib.sha256(_canonical(self).encode()).hexdigest()


def make_splits(
    recordings: Sequence[Recording], labels: Labels, shares: SplitShares, seed: int
) -> Splits:
    """Women shared out by `shares`, with and without a positive visit apart.

    A woman's place follows from a hash of (seed, participant_id), so the order of rows has no
    part in it. Women without any reading train. Raises E-SPLIT if fewer than three women have,
    or have not, a positive visit, since every fold needs one of each.
    """
    strata = _strata(recordings, labels)
    for name in ("with", "without"):
        if len(strata[name]) < len(FOLDS):
            what = f"{len(strata[name])} women {name} a positive visit, and each fold needs one"
            fix = f"at least {len(FOLDS)} women {name} one are needed"
            raise FetalHemoError("E-SPLIT", what, fix=fix)
    fold_of = dict.fromkeys(strata["unlabelled"], "train")
    for name in ("with", "without"):
        fold_of.update(_share_out(strata[name], shares, seed))
    return Splits(dict(sorted(fold_of.items())), seed)


def unlabelled_splits(women: Sequence[str], shares: SplitShares, seed: int) -> Splits:
    """Women of whom no reading is known, shared out as those of one kind are. Raises E-SPLIT."""
    if len(women) < len(FOLDS):
        what = f"{len(women)} women, and each fold needs one"
        raise FetalHemoError("E-SPLIT", what, fix=f"at least {len(FOLDS)} are needed")
    return Splits(dict(sorted(_share_out(list(women), shares, seed).items())), seed)


def _strata(recordings: Iterable[Recording], labels: Labels) -> dict[str, list[str]]:
    """Women with a positive visit, without one, and without any reading."""
    visits: dict[str, list[bool | None]] = {}
    for r in recordings:
        visits.setdefault(r.participant_id, []).append(is_positive(class_of(r, labels)))
    strata: dict[str, list[str]] = {"with": [], "without": [], "unlabelled": []}
    for woman, outcomes in visits.items():
        known = [outcome for outcome in outcomes if outcome is not None]
        strata["unlabelled" if not known else "with" if any(known) else "without"].append(woman)
    return strata


def _share_out(women: list[str], shares: SplitShares, seed: int) -> dict[str, str]:
    """Folds of at least three women; no fold stays empty."""
    ordered = sorted(women, key=lambda woman: place_of(seed, woman))
    test = max(1, round(shares.test * len(women)))
    validation = max(1, round(shares.validation * len(women)))
    while test + validation >= len(women):
        test, validation = (test - 1, validation) if test > validation else (test, validation - 1)
    train = len(women) - test - validation
    folds = ["test"] * test + ["validation"] * validation + ["train"] * train
    return dict(zip(ordered, folds, strict=True))


def place_of(seed: int, woman: str) -> str:
    """By what women are put in order: a hash of (seed, participant id)."""
    return hashlib.sha256(f"{seed}:{woman}".encode()).hexdigest()


def _canonical(splits: Splits) -> str:
    content = {"schema_version": SCHEMA_VERSION, "seed": splits.seed, "folds": {**splits.fold_of}}
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def write_splits(splits: Splits, path: Path) -> None:
    """Write the split as JSON with its sha256, whole or not at all. Raises E-STORAGE."""
    document = {**json.loads(_canonical(splits)), "sha256": splits.sha256}
    write_atomically(path, (json.dumps(document, indent=1) + "\n").encode())


def read_splits(path: Path, recordings: Iterable[Recording]) -> Splits:
    """The split of a file, whose hash fits and which covers every woman of the recordings.

    Raises E-NOT-FOUND or E-SPLIT.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FetalHemoError("E-NOT-FOUND", "there is no such split", str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FetalHemoError("E-SPLIT", f"cannot be read ({error})", str(path)) from None
    splits = _from_document(document, str(path))
    strangers = {r.participant_id for r in recordings} - set(splits.fold_of)
    if strangers:
        what = f"{len(strangers)} women of the cohort are in no fold"
        raise FetalHemoError("E-SPLIT", what, str(path), "it was made for another cohort")
    return splits


def _from_document(document: object, where: str) -> Splits:
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise FetalHemoError("E-SPLIT", "not a split file of this version", where)
    folds, seed = document.get("folds"), document.get("seed")
    if (
        not isinstance(folds, dict)
        or type(seed) is not int
        or any(fold not in FOLDS for fold in folds.values())
    ):
        raise FetalHemoError("E-SPLIT", "not a well-formed split file", where)
    splits = Splits(folds, seed)
    if document.get("sha256") != splits.sha256:
        fix = "make it again; a split is never edited by hand"
        raise FetalHemoError("E-SPLIT", "was changed after it was made", where, fix)
    return splits
