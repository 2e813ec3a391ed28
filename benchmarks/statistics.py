"""Whether the intervals keep their promise on repeat visits, and what a whole study costs.

    python -m benchmarks.statistics [--studies 1000] [--json]

`coverage_clustered` and `coverage_delong` are the shares of simulated studies whose 95 % interval
holds the true AUROC, `ms_per_auc` is one clustered AUROC with its interval at 8,170 visits,
`report_seconds` everything from a score table of that size to the page, `report_bytes` the page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from fetal_hemo.evaluation import (
    ControlFeatures,
    ScoreTable,
    StudyInput,
    controls,
    fit_controls,
    run_study,
)
from fetal_hemo.evaluation.auroc import clustered_auroc, placements
from fetal_hemo.report.study_report import write_study_report

WOMEN, VISITS = 3_255, 8_170  # of AutoHyPE
EFFECT = 1.19  # AUROC 0.80
TRUE_AUROC = float(norm.cdf(EFFECT / np.sqrt(2)))
OWN = 0.6  # share of a score's variance that is the woman's, all of a label's
SHARE = 0.1


class Cohort(NamedTuple):
    """Rows of one simulated study: woman, label and score of each visit."""

    women: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1_000, help="simulated for the coverage")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    args = parser.parse_args()
    print(json.dumps(measure(args.studies)))


def measure(studies: int) -> dict[str, float]:
    """All figures; the coverage over `studies` of 300 women with 1 to 4 visits."""
    generator = np.random.default_rng(0)
    many = [cohort(generator, 300) for _ in range(studies)]
    with tempfile.TemporaryDirectory() as folder:
        seconds, size = report(study(generator), Path(folder) / "report.html")
    return {
        "coverage_clustered": round(float(np.mean([clustered_covers(c) for c in many])), 3),
        "coverage_delong": round(float(np.mean([delong_covers(c) for c in many])), 3),
        "studies": studies,
        "ms_per_auc": round(1_000 * seconds_per_auroc(whole(generator)), 2),
        "report_seconds": round(seconds, 2),
        "report_bytes": size,
    }


def cohort(generator: np.random.Generator, women: int) -> Cohort:
    """1 to 4 visits a woman; label and most of the score are hers."""
    return _visits(generator, generator.integers(1, 5, women))


def whole(generator: np.random.Generator) -> Cohort:
    """8,170 visits of 3,255 women."""
    visits = 1 + np.bincount(generator.integers(WOMEN, size=VISITS - WOMEN), minlength=WOMEN)
    return _visits(generator, visits)


def _visits(generator: np.random.Generator, visits: np.ndarray) -> Cohort:
    women = len(visits)
    woman = np.repeat(np.arange(women), visits)
    labels = (generator.random(women) < SHARE)[woman].astype(np.int64)
    own = np.sqrt(OWN) * generator.normal(size=women)[woman]
    noise = np.sqrt(1 - OWN) * generator.normal(size=len(woman))
    return Cohort(woman, labels, own + noise + EFFECT * labels)


def clustered_covers(one: Cohort) -> bool:
    """Whether Obuchowski's interval holds the truth."""
    return clustered_auroc(one.scores, one.labels, one.women).covers(TRUE_AUROC)


def delong_covers(one: Cohort) -> bool:
    """Whether DeLong's does, which takes visits for independent."""
    auroc, values = placements(one.scores, one.labels)
    parts = [values[one.labels == label] for label in (0, 1)]
    error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    return bool(abs(auroc - TRUE_AUROC) <= norm.ppf(0.975) * error)


def seconds_per_auroc(one: Cohort, runs: int = 20) -> float:
    """Median seconds of one clustered AUROC with its interval."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        clustered_auroc(one.scores, one.labels, one.women)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def report(given: StudyInput, out: Path) -> tuple[float, int]:
    """Seconds from score table to page, and the page's bytes."""
    start = time.perf_counter()
    write_study_report(run_study(given), given.test, out)
    return time.perf_counter() - start, out.stat().st_size


def study(generator: np.random.Generator, columns: int = 128) -> StudyInput:
    """A study whose test women make 8,170 visits; the controls are fitted on as many others."""
    test, train, validation = (whole(generator) for _ in range(3))

    def noise(width: int) -> ControlFeatures:
        return ControlFeatures(
            generator.normal(size=(len(train.labels), width)),
            generator.normal(size=(len(test.labels), width)),
        )

    table = score_table(generator, test, "test")
    names = (controls.CLINICAL, controls.RHYTHM, controls.QUALITY, controls.GESTATION)
    beside = {name: noise(3) for name in names}
    beside |= {controls.RANDOM: noise(columns), controls.EMBEDDING: noise(columns)}
    return StudyInput(
        test=table,
        beside=fit_controls(beside, train.labels),
        train_labels=train.labels,
        train_women=np.array([f"T{woman}" for woman in train.women]),
        embeddings_test=beside[controls.EMBEDDING].test,
        specificity=0.9,
        prevalence=0.05,
        threshold=float(np.quantile(table.probability[test.labels == 0], 0.9)),
        simulated=True,
        validation=score_table(generator, validation, "validation"),
    )


def score_table(generator: np.random.Generator, one: Cohort, fold: str) -> ScoreTable:
    """Calibrated probabilities of the visits, and pressures that fit their labels."""
    rows, raised = len(one.women), one.labels == 1
    line = EFFECT * one.scores - EFFECT**2 / 2 + np.log(SHARE / (1 - SHARE))
    return ScoreTable(
        recording_id=np.array([f"{fold}{row}" for row in range(rows)]),
        participant_id=np.array([f"{fold}{woman}" for woman in one.women]),
        visit_id=np.array([f"V{row}" for row in range(rows)]),
        split=np.array([fold] * rows),
        device_id=np.array([f"D{woman % 3}" for woman in one.women]),
        site_id=np.array([f"S{woman % 2}" for woman in one.women]),
        label=one.labels,
        bp_class=np.where(raised, generator.integers(2, 4, rows), generator.integers(0, 2, rows)),
        abstained=generator.random(rows) < 0.05,
        probability=1 / (1 + np.exp(-line)),
        margin=one.scores,
        logits=generator.normal(size=(rows, 4)) + np.eye(4)[2 * one.labels],
        gestational_age_days=generator.uniform(80, 290, rows),
        maternal_age_years=generator.uniform(15, 45, rows),
        bmi_kg_m2=generator.normal(25, 4, rows),
        parity=generator.integers(0, 5, rows).astype(np.float64),
        sbp_mmhg=np.where(raised, generator.normal(146, 4, rows).clip(140), 110.0),
        dbp_mmhg=generator.normal(70, 5, rows).clip(40, 89),
        mean_bpm=generator.normal(140, 8, rows),
        short_term_variation_ms=generator.normal(7, 2, rows),
        long_term_variation_ms=generator.normal(30, 8, rows),
        usable_share=generator.uniform(0.4, 1.0, rows),
    )


if __name__ == "__main__":
    main()
