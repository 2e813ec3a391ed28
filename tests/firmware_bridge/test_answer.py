"""Conformal abstention and predictive values on made-up numbers."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.answer import is_uncertain, predictive_value
from firmware_bridge.decide import ABOVE, BELOW, band


def manifest(
    positive: float, negative: float, threshold: float = 0.5, prevalence: float = 0.1
) -> dict[str, object]:
    """Quantiles of 1 - probability of the own class."""
    shares = {
        "positive": {"above": 0.6, "below": 0.2},
        "negative": {"above": 0.1, "below": 0.5},
    }
    return {
        "decision": {"threshold": threshold, "prevalence": prevalence},
        "answers": {
            "error": {"positive": 0.2, "negative": 0.1},
            "quantile": {"positive": positive, "negative": negative},
            "shares": shares,
        },
    }


@pytest.mark.parametrize(
    ("probability", "uncertain"),
    [
        (0.1, False),  # only negative is likely enough
        (0.29, False),
        (0.3, True),  # 1 - 0.3 is no more than 0.7: both are
        (0.5, True),
        (0.6, True),
        (0.61, False),  # only positive
        (1.0, False),
    ],
)
def test_overlapping_classes(probability: float, uncertain: bool) -> None:
    assert is_uncertain(probability, manifest(positive=0.7, negative=0.6)) is uncertain


def test_in_a_gap_between_the_classes_the_threshold_decides() -> None:
    apart = manifest(positive=0.3, negative=0.2)
    assert not any(is_uncertain(p, apart) for p in np.linspace(0, 1, 101))


def test_an_answer_against_the_set_is_not_given() -> None:
    """A threshold inside the negatives' side: the band would say above, the set says negative."""
    assert is_uncertain(0.35, manifest(positive=0.3, negative=0.4, threshold=0.3))


def test_without_quantiles_never() -> None:
    plain = {"decision": {"threshold": 0.5, "prevalence": 0.1}}
    off = manifest(positive=0.0, negative=0.0)
    assert not any(is_uncertain(p, off) for p in np.linspace(0, 1, 11))
    assert not any(is_uncertain(p, plain) for p in np.linspace(0, 1, 11))
    assert predictive_value(ABOVE, plain) is None


def test_predictive_values_by_counting_women() -> None:
    """Of 1,000 women 100 are positive: 60 of them and 90 others are answered above."""
    found = manifest(0.7, 0.6)
    above, below = predictive_value(ABOVE, found), predictive_value(BELOW, found)
    assert above is not None
    assert below is not None
    assert (above.value, above.prevalence) == (pytest.approx(60 / 150), 0.1)
    assert below.value == pytest.approx(450 / 470)


def test_nobody_is_answered_so() -> None:
    assert predictive_value(ABOVE, manifest(0.7, 0.6, prevalence=0.0)) is not None
    silent = manifest(0.7, 0.6)
    for shares in silent["answers"]["shares"].values():  # type: ignore[index]
        shares["above"] = 0.0
    assert predictive_value(ABOVE, silent) is None


def test_the_band_goes_with_the_set() -> None:
    found = manifest(positive=0.7, negative=0.6)
    certain = [p for p in np.linspace(0, 1, 101) if not is_uncertain(p, found)]
    assert {band(p, found) for p in certain} == {ABOVE, BELOW}
