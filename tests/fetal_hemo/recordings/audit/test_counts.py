"""Counting visits and women by class."""

from __future__ import annotations

from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.audit.counts import count


def test_the_highest_reading_of_a_visit_counts(recording) -> None:
    rows = [
        recording(2, "a", "a1", sbp_mmhg=110, dbp_mmhg=70),
        recording(3, "a", "a1", sbp_mmhg=150, dbp_mmhg=80),
        recording(4, "a", "a2", sbp_mmhg=110, dbp_mmhg=70),
        recording(5, "b", "b1", sbp_mmhg=110, dbp_mmhg=85),
        recording(6, "c", "c1"),
    ]
    found = count(rows, load_recipe().labels)
    assert (found.recordings, found.women, found.visits, len(found.labelled)) == (5, 3, 4, 3)
    assert {v.visit_id: v.positive for v in found.labelled} == {
        "a1": True,
        "a2": False,
        "b1": False,
    }
    assert found.positive_of == {"a": True, "b": False}
    assert found.classes["normal"] == {"visits": 2, "women": 1}
    assert found.classes["elevated"] == {"visits": 1, "women": 1}
