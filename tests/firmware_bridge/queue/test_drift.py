"""Drift counters: what is counted, and when it counts as drift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from firmware_bridge.queue.drift import as_text, counts_of, drift_of, stability_index
from firmware_bridge.result import Abstained, Refused, Screened

SHARES = {
    "outcome": [0.7, 0.3],
    "quality": [0.5, 0.2, 0.1, 0.05, 0.05, 0.05, 0.05],
    "rate": [0.02, 0.03, 0.05, 0.15, 0.25, 0.25, 0.15, 0.05, 0.03, 0.02],
    "distance": [0.25, 0.25, 0.25, 0.25],
}
REFERENCE: dict[str, Any] = {"recordings": 200, "distance_edges": [0.5, 1.0, 2.0], **SHARES}


def counted(recordings: int, seed: int, **other: list[float]) -> list[tuple[str, str, int, int]]:
    """Counters of recordings drawn from the reference's shares, or from `other` ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for measure, shares in {**SHARES, **other}.items():
        counts = rng.multinomial(recordings, shares)
        rows += [("m", measure, place, int(count)) for place, count in enumerate(counts)]
    return rows


def verdicts(rows: list[tuple[str, str, int, int]]) -> dict[str, str]:
    found = drift_of(rows, "m", REFERENCE)["measures"]
    return {measure: said["verdict"] for measure, said in found.items()}


def test_same_distribution_is_steady() -> None:
    calm = [set(verdicts(counted(100, seed)).values()) for seed in range(40)]
    assert sum(said == {"steady"} for said in calm) >= 34
    assert not any("drifted" in said for said in calm)


def test_another_distribution_has_drifted() -> None:
    worse = [0.1, 0.1, 0.5, 0.1, 0.1, 0.05, 0.05]
    found = verdicts(counted(100, 0, quality=worse))
    assert found["quality"] == "drifted"
    assert found["rate"] == "steady"


def test_too_few_say_nothing() -> None:
    assert verdicts(counted(49, 0))["outcome"] == "too few: 49 of 50 recordings"


def test_a_person_sees_what_chance_gives() -> None:
    """Else "steady, PSI 0.264" contradicts the bounds that the manual names."""
    said = {"counts": [3, 4], "psi": 0.264, "by_chance": 0.21, "verdict": "steady"}
    assert as_text(said) == "steady, PSI 0.264 of which chance gives 0.210 (counts 3 4)"
    assert as_text(drift_of([], "m", None)["measures"]["rate"]).startswith("no reference (counts 0")


def test_index_without_drift_follows_chi_square() -> None:
    """Yurdakul 2018: (1/n)^-1 PSI is near chi-square with bins - 1 degrees of freedom."""
    rng, n = np.random.default_rng(0), 500
    shares = SHARES["rate"]
    found = [n * stability_index(rng.multinomial(n, shares).tolist(), shares) for _ in range(2_000)]
    assert np.mean(found) == pytest.approx(9, rel=0.1)
    assert np.mean(np.array(found) > chi2.ppf(0.95, 9)) == pytest.approx(0.05, abs=0.02)


def test_index_by_hand() -> None:
    counts, shares = [500_000, 500_000], [0.25, 0.75]
    expected = 0.25 * np.log(2) + 0.25 * np.log(1.5)
    assert stability_index(counts, shares) == pytest.approx(expected, abs=1e-5)
    assert np.isfinite(stability_index([0, 10], [1.0, 0.0]))


def test_only_counts_of_this_model(screened: Screened | Abstained) -> None:
    rows = [*counted(60, 0), ("other", "outcome", 0, 999)]
    assert drift_of(rows, "m", REFERENCE)["recordings"] == 60
    assert drift_of(rows, "m", None)["measures"]["quality"]["verdict"] == "no reference"


def test_what_a_result_adds(screened: Screened | Abstained, screener: Any) -> None:
    counts = counts_of(screened, {"reference": REFERENCE})
    assert [name for name, _ in counts].count("quality") == len(screened.evidence.windows) == 4
    assert counts[0] == ("outcome", ("screened", "abstained").index(screened.outcome))
    refused = screener.screen(np.zeros(10), 4_000)
    assert isinstance(refused, Refused)
    assert counts_of(refused, {}) == [("outcome", 2)]
