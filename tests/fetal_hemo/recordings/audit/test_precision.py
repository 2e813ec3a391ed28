"""What a cohort can measure, told and warned of."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.evaluation.development_size import development_size, parameters_supported
from fetal_hemo.evaluation.sample_size import auroc_half_width, visits_for_half_width
from fetal_hemo.recordings.audit.precision import precision_findings, precision_of


def test_independent_visits() -> None:
    found = precision_of([1] * 81 + [0] * 1_553, np.arange(1_634), test_share=0.2)
    assert (found.visits, found.women, found.positive_visits) == (1_634, 1_634, 81)
    assert found.prevalence == pytest.approx(81 / 1_634)
    assert found.label_correlation is None
    assert found.effective_visits == 1_634
    assert found.half_width_all == pytest.approx(auroc_half_width(0.8, 81, 1_553))
    assert found.half_width_test == pytest.approx(auroc_half_width(0.8, 16.2, 310.6))
    assert found.parameters_supported == parameters_supported(0.8, 81 / 1_634, 1_634)
    assert max(found.needed_to_develop.values()) == development_size(0.8, 81 / 1_634, 10).visits
    first = next(iter(found.needed.values()))
    assert first == visits_for_half_width(0.8, 0.05, 81 / 1_634)


def test_repeat_visits_cost_size_and_raise_the_need() -> None:
    women = np.repeat(np.arange(200), 3)
    found = precision_of(np.repeat(np.arange(200) % 5 == 0, 3), women, test_share=0.2)
    assert found.label_correlation == pytest.approx(1)
    assert found.design_effect == pytest.approx(3)
    assert found.effective_visits == pytest.approx(200)
    alone = visits_for_half_width(0.8, 0.05, 0.2)
    assert next(iter(found.needed.values())) == 3 * alone


@pytest.mark.parametrize("labels", [[], [0] * 9, [1] * 9])
def test_without_both_labels_nothing_is_claimed(labels: list[int]) -> None:
    found = precision_of(labels, [f"w{i}" for i in range(len(labels))], test_share=0.2)
    assert found.half_width_all is None
    assert found.needed == found.needed_to_develop == {}
    assert list(precision_findings(found)) == []


def test_a_blunt_cohort_is_warned_of_and_a_sharp_one_is_not() -> None:
    few = precision_of([1] * 10 + [0] * 90, np.arange(100), test_share=0.2)
    (finding,) = precision_findings(few)
    assert finding.level == "warning"
    assert "1140 labelled visits in the test women would give 0.05" in finding.text
    none = precision_of([1] * 3 + [0] * 90, np.arange(93), test_share=0.2)
    assert "less than one positive visit" in next(precision_findings(none)).text
    many = precision_of([1] * 1_000 + [0] * 9_000, np.arange(10_000), test_share=0.2)
    assert list(precision_findings(many)) == []
