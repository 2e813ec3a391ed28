"""Folds of a cross-validation: made of women, stratified, kept in a file with a hash."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import write_atomically

SCHEMA_VERSION = 1
KIND = "k-fold"


@dataclass(frozen=True)
class Folds:
    """`fold_of` each participant: 0 to `k` - 1. A woman is in one fold with all she has."""

    fold_of: Mapping[str, int]
    k: int
    seed: int

    def test_women(self, fold: int) -> list[str]:
        """The participants held out in a fold, sorted."""
        return sorted(woman for woman, its in self.fold_of.items() if its == fold)

    def train_women(self, fold: int) -> list[str]:
        """The participants of all other folds, sorted."""
        return sorted(woman for woman, its in self.fold_of.items() if its != fold)

    @property
    def sha256(self) -> str:
        """Hash of the assignment, k and the seed; the same for the same folds everywhere."""
        text = json.dumps(_content(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def make_folds(stratum_of: Mapping[str, str], k: int, seed: int) -> Folds:
    """`Folds` in which women of every stratum are spread as evenly as they can be.

    `stratum_of` names each woman's stratum (her label, or several joined). Her place follows from
    a hash of (seed, participant id), so the order of rows has no part in it. Raises E-SPLIT for
    `k` below 2 or above the number of women.
    """
    if not 2 <= k <= len(stratum_of):
        what = f"{k} folds of {len(stratum_of)} women"
        raise FetalHemoError("E-SPLIT", what, fix="every fold needs a woman, and two are the least")
    strata: dict[str, list[str]] = defaultdict(list)
    for woman, stratum in stratum_of.items():
        strata[stratum].append(woman)
    # Dealt like cards, each stratum going on where the one before ended: all folds stay even.
    dealt = [
        woman for name in sorted(strata) for woman in sorted(strata[name], key=_shuffled_by(seed))
    ]
    return Folds(dict(sorted((woman, i % k) for i, woman in enumerate(dealt))), k, seed)


def _shuffled_by(seed: int) -> Callable[[str], str]:
    return lambda woman: hashlib.sha256(f"fold:{seed}:{woman}".encode()).hexdigest()


def _content(folds: Folds) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "k": folds.k,
        "seed": folds.seed,
        "folds": {**folds.fold_of},
    }


def write_folds(folds: Folds, path: Path) -> None:
    """Write the folds as JSON with their sha256. Raises E-STORAGE."""
    document = {**_content(folds), "sha256": folds.sha256}
    write_atomically(path, (json.dumps(document, indent=1) + "\n").encode())


def read_folds(path: Path) -> Folds:
    """The folds of a file whose hash fits. Raises E-NOT-FOUND or E-SPLIT."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FetalHemoError("E-NOT-FOUND", "there are no such folds", str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FetalHemoError("E-SPLIT", f"cannot be read ({error})", str(path)) from None
    if not _well_formed(document):
        raise FetalHemoError("E-SPLIT", "not a file of folds of this version", str(path))
    folds = Folds(document["folds"], document["k"], document["seed"])
    if document.get("sha256") != folds.sha256:
        fix = "make them again; folds are never edited by hand"
        raise FetalHemoError("E-SPLIT", "was changed after it was made", str(path), fix)
    return folds


def _well_formed(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    k, seed, fold_of = (document.get(name) for name in ("k", "seed", "folds"))
    return (
        (document.get("schema_version"), document.get("kind")) == (SCHEMA_VERSION, KIND)
        and type(k) is int
        and type(seed) is int
        and isinstance(fold_of, dict)
        and all(type(fold) is int and 0 <= fold < k for fold in fold_of.values())
    )
