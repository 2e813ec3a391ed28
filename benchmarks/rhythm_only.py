"""Real signal, CTU-UHB: is acidosis or maternal hypertension in the rhythm of labour?

    python -m benchmarks.rhythm_only --from FOLDER [--out results.json] [--json]

Four rows on five folds of women, three seeds; out-of-fold scores are pooled. Each network is
pretrained inside its fold, on the unlabelled rhythm of that fold's training women. One record is
one woman, so DeLong's interval and the clustered one agree. Heart rate only, in labour, at term: it
cannot show whether hypertension is heard in Doppler sound.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.labour.features import minirocket, rhythm_logistic
from benchmarks.labour.network import from_scratch, pretrained
from benchmarks.labour.series import Record, read_records
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.recordings.folds import Folds
from fetal_hemo.recordings.public import RhythmCohort, make_ctu_uhb, open_rhythm_cohort
from fetal_hemo.training.run_folder import versions

RESULTS = Path(__file__).parent / "results" / "rhythm_only.json"
Row = Callable[[Sequence[Record], np.ndarray, Sequence[Record], int], np.ndarray]
BASELINE = "rhythm_logistic"
ROWS: dict[str, Row] = {
    BASELINE: rhythm_logistic,
    "minirocket": minirocket,
    "ours_from_scratch": from_scratch,
    "ours_pretrained": pretrained,
}
SEEDS = (0, 1, 2)


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    text = "folder with the .hea and .dat files of CTU-UHB"
    parser.add_argument("--from", dest="folder", type=Path, required=True, help=text)
    parser.add_argument("--out", type=Path, default=RESULTS, help="results file")
    parser.add_argument("--json", action="store_true", help="one JSON object (always printed)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as work:
        make_ctu_uhb(work, args.folder)
        cohort = open_rhythm_cohort(work)
        found = measure(cohort, SEEDS)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))


def measure(cohort: RhythmCohort, seeds: Sequence[int]) -> dict[str, Any]:
    """By label and row the AUROC with its interval, and its difference to the logistic row."""
    records = read_records(cohort)
    labels = {name: cohort.labels(name) for name in cohort.card["labels"]}
    return {
        "simulated": False,
        "source": cohort.card["source"],
        "licence": cohort.card["licence"]["name"],
        "attribution": cohort.card["attribution"],
        "folds_sha256": cohort.folds.sha256,
        "seeds": list(seeds),
        "versions": versions(),
        "labels": {
            name: _of_label(records, values, cohort.folds, seeds) for name, values in labels.items()
        },
    }


def _of_label(
    records: Sequence[Record], values: np.ndarray, folds: Folds, seeds: Sequence[int]
) -> dict[str, Any]:
    """The rows on the women whose label is known."""
    known = [record for record, value in zip(records, values, strict=True) if np.isfinite(value)]
    labels = values[np.isfinite(values)].astype(int)
    women = [record.woman for record in known]
    by_seed, seconds = {}, {}
    for name, row in ROWS.items():
        start = time.monotonic()
        by_seed[name] = [out_of_fold(row, known, labels, folds, seed) for seed in seeds]
        seconds[name] = round(time.monotonic() - start, 1)
        print(f"{name}: {seconds[name]:.0f} s", file=sys.stderr)
    pooled = {name: np.mean(scores, axis=0) for name, scores in by_seed.items()}
    rows = {}
    for name, score in pooled.items():
        rows[name] = {
            "auroc": clustered_auroc(score, labels, women).to_json(),
            "auroc_by_seed": [clustered_auroc(s, labels, women).value for s in by_seed[name]],
            "minus_rhythm_logistic": paired_clustered_difference(
                score, pooled[BASELINE], labels, women
            ).to_json(),
            "seconds": seconds[name],
        }
    return {"women": len(known), "positive": int(labels.sum()), "rows": rows}


def out_of_fold(
    row: Row, records: Sequence[Record], labels: np.ndarray, folds: Folds, seed: int
) -> np.ndarray:
    """Scores `(women,)`, each by what never saw her, in standard deviations of its fold's scores.

    Folds are trained apart, so their scores have scales of their own until they are set alike. Mean
    and deviation are of that fold's training women, as it scores these: nobody who is tested has a
    part in what she, or anyone else, is measured by.
    """
    found = np.zeros(len(records))
    fold_of = np.array([folds.fold_of[record.woman] for record in records])
    for fold in range(folds.k):
        inside, outside = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        test, train = ([records[i] for i in part] for part in (inside, outside))
        scores = row(train, labels[outside], [*train, *test], seed)
        known = scores[: len(train)]
        found[inside] = (scores[len(train) :] - known.mean()) / max(float(known.std()), 1e-9)
    return found


if __name__ == "__main__":
    main()
