"""Columns and facts of the audio that go with the label."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from fetal_hemo.recordings.audit.columns import Columns, collect_clinical, collect_columns
from fetal_hemo.recordings.audit.counts import LabelledVisit
from fetal_hemo.recordings.audit.facts import AudioFacts
from fetal_hemo.recordings.audit.landmarks import Landmarks
from fetal_hemo.recordings.audit.shortcuts import (
    Shortcut,
    find_shortcuts,
    holm,
    shortcut_findings,
)

NONE = Landmarks(np.empty(0, np.uint32), np.empty(0, np.float32))


def facts(**values: object) -> AudioFacts:
    usual = {
        "sha256": "", "duration_s": 60.0, "source_rate_hz": 4_000, "channels": 1,
        "file_type": "flac", "band_limit_hz": 2_000.0, "level_dbfs": -20.0,
        "bandwidth_hz": 500.0, "clipped_share": 0.0, "dead_share": 0.0, "landmarks": NONE,
    }  # fmt: skip
    return AudioFacts(**(usual | values))  # type: ignore[arg-type]


def visits(count: int = 60) -> list[LabelledVisit]:
    """One visit a woman; every fifth is positive."""
    return [LabelledVisit(f"v{i}", f"w{i}", 2 if i % 5 == 0 else 0) for i in range(count)]


def rows(make, count: int = 60, **columns):
    return [
        make(i, f"w{i}", f"v{i}", **{name: values[i] for name, values in columns.items()})
        for i in range(count)
    ]


def test_columns_that_can_be_a_shortcut_are_collected(recording) -> None:
    extra = [{"operator_id": f"o{i % 4}", "serial": f"s{i}", "room": str(20 + i % 15), "one": "x"}
             for i in range(60)]  # fmt: skip
    made = rows(recording, device_id=["A", "B"] * 30, extra=extra, bmi_kg_m2=[None, 25.0] * 30)
    lengths = {
        i: facts(duration_s=60.0 + i, file_type="wav" if i % 3 else "mp3") for i in range(60)
    }
    found = collect_columns(made, lengths)
    assert set(found.texts) == {"device_id", "operator_id", "missing bmi_kg_m2", "file type"}
    assert set(found.numbers) == {"room", "duration"}
    assert found.numbers["room"]["v3"] == 23
    assert found.texts["operator_id"]["v5"] == "o1"


def test_recordings_of_a_visit_are_summed_up(recording) -> None:
    made = [recording(i, f"w{i // 3}", f"v{i // 3}", device_id="AAB"[i % 3]) for i in range(30)]
    made += [recording(i, f"w{i}", f"v{i}", device_id="B") for i in range(30, 33)]
    found = collect_columns(made, {i: facts(level_dbfs=-float(i % 3)) for i in range(30)})
    assert found.texts["device_id"]["v0"] == "A"
    assert found.numbers["level"]["v0"] == -1


def test_clinical_columns_stand_apart(recording) -> None:
    made = rows(
        recording, gestational_age_days=[float(120 + i) for i in range(60)], parity=[1] * 60
    )
    assert set(collect_clinical(made).numbers) == {"gestational_age_days"}
    assert collect_columns(made, {}).numbers == {}


def test_a_level_and_a_number_that_give_the_label_away() -> None:
    labelled = visits()
    texts = {v.visit_id: "new" if v.positive else "old" for v in labelled}
    numbers = {v.visit_id: i + 100.0 * v.positive for i, v in enumerate(labelled)}
    found = find_shortcuts(Columns({"device_id": texts}, {"duration": numbers}), labelled)
    strength = {its.name: its.strength for its in found}
    assert strength == {"device_id": pytest.approx(1), "duration": pytest.approx(1)}
    assert all(its.suspicious and its.visits == its.women == 60 for its in found)
    first, second = (f.text for f in shortcut_findings(found))
    assert first.startswith("device_id goes with the label (Cramer's V 1.00): a model can learn it")
    assert second.startswith("duration goes with the label (AUROC 1.00)")


def test_chance_is_no_shortcut_even_in_many_columns() -> None:
    rng = np.random.default_rng(0)
    labelled = visits(100)
    ids = [visit.visit_id for visit in labelled]
    alarms = 0
    for _ in range(5):
        texts = {
            f"t{k}": dict(zip(ids, rng.choice(list("abc"), 100), strict=True)) for k in range(8)
        }
        numbers = {f"n{k}": dict(zip(ids, rng.normal(size=100), strict=True)) for k in range(8)}
        alarms += any(its.suspicious for its in find_shortcuts(Columns(texts, numbers), labelled))
    assert alarms <= 1


def test_nothing_to_compare_gives_nothing() -> None:
    labelled = visits()
    same = {visit.visit_id: "A" for visit in labelled}
    healthy = [visit for visit in labelled if not visit.positive]
    varied = {visit.visit_id: visit.visit_id[-1] for visit in labelled}
    assert find_shortcuts(Columns({"a": same}, {}), labelled) == []
    assert find_shortcuts(Columns({"a": varied}, {}), healthy) == []
    assert find_shortcuts(Columns({"a": varied}, {"b": dict.fromkeys(varied, 1.0)}), []) == []
    assert find_shortcuts(Columns(), labelled) == []


def test_holm_is_that_of_statsmodels() -> None:
    p_values = [0.001, 0.04, 0.04, 0.02, 0.9]
    made = [
        Shortcut(f"c{i}", "category", 9, 9, 2, 0.5, None, None, p) for i, p in enumerate(p_values)
    ]
    expected = sorted(multipletests(p_values, method="holm")[1])
    assert [its.p_holm for its in holm(made)] == pytest.approx(expected)


def test_a_trifle_is_not_suspicious_however_small_its_p() -> None:
    trifle = Shortcut("device_id", "category", 9_000, 4_000, 2, 0.06, None, None, 0.0005, 0.001)
    assert not trifle.suspicious
