"""The sizes that `check` and the report print."""

from fetal_hemo.evaluation.development_size import development_size
from fetal_hemo.evaluation.needed_visits import needed_visits
from fetal_hemo.evaluation.sample_size import visits_for_half_width, visits_for_ratio


def test_every_size_is_the_independent_one_times_the_design_effect() -> None:
    found = needed_visits(0.05, 1.5, 4_000)
    auroc, _slope, ratio = found.to_test.values()
    assert auroc == round(1.5 * visits_for_half_width(0.8, 0.05, 0.05))
    assert ratio == round(1.5 * visits_for_ratio(1.2, 0.05))
    assert max(found.to_develop.values()) == round(1.5 * development_size(0.8, 0.05, 10).visits)
    assert development_size(0.8, 0.05, found.parameters).visits <= 4_000


def test_one_class_needs_nothing() -> None:
    assert needed_visits(0.0, 1.0, 100) == ({}, {}, 0)
