"""Who gets which rhythm: from the numbers and the library alone."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks
from fetal_hemo.simulate.real_rhythm import (
    LibraryAt,
    RhythmLibrary,
    borrow,
    entry_of,
    open_rhythm_library,
    usable,
)

SECONDS = 120.0
ADDRESSES = [(woman, visit) for woman in range(6) for visit in range(2)]


def beats_at(at: LibraryAt, address: tuple[int, int]) -> tuple[str, list[float]]:
    """What a worker makes: module level, so that another process finds it."""
    borrowed = borrow(at.open(), 5, *address, SECONDS)
    return borrowed.entry.rhythm_id, borrowed.clock.q_s.tolist()


def test_the_same_beats_in_any_order_on_any_number_of_processes(library: RhythmLibrary) -> None:
    make = partial(beats_at, library.at)
    alone = {address: make(address) for address in reversed(ADDRESSES)}
    together = dict(map_tasks(make, ADDRESSES, 2))
    assert [together[index] for index in range(len(ADDRESSES))] == [alone[a] for a in ADDRESSES]


def test_a_woman_keeps_her_rhythm_and_visits_hear_other_parts(library: RhythmLibrary) -> None:
    for woman in range(10):
        visits = [borrow(library, 0, woman, visit, SECONDS) for visit in range(3)]
        assert len({v.entry.rhythm_id for v in visits}) == 1
        assert len({v.stretch.start_s for v in visits}) == 3


def test_each_rhythm_is_lent_once_before_any_is_lent_again(library: RhythmLibrary) -> None:
    count = len(usable(library, SECONDS))
    lent = [borrow(library, 3, woman, 0, SECONDS).entry.rhythm_id for woman in range(2 * count)]
    assert len(set(lent[:count])) == count
    assert lent[count:] == lent[:count]
    other = [borrow(library, 4, woman, 0, SECONDS).entry.rhythm_id for woman in range(count)]
    assert other != lent[:count]


def test_only_rhythms_that_are_long_enough_are_lent(library: RhythmLibrary) -> None:
    hour = usable(library, 3_600.0)
    assert 0 < len(hour) < len(usable(library, SECONDS))
    assert borrow(library, 0, 0, 0, 3_600.0).clock.q_s[-1] > 3_600.0
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*20000 s"):
        borrow(library, 0, 0, 0, 20_000.0)


def test_labels_travel_into_truth_and_manifest(library: RhythmLibrary) -> None:
    columns = set()
    for woman in range(len(library.entries)):
        borrowed = borrow(library, 0, woman, 0, 30.0)
        truth, cells = json.loads(json.dumps(borrowed.truth())), borrowed.entry.cells()
        assert truth["labels"] == borrowed.entry.labels
        assert entry_of(library, 0, woman, 30.0) is borrowed.entry
        assert cells["rhythm_id"] == truth["id"] == borrowed.entry.rhythm_id
        assert float(cells["rhythm_gestational_age_days"]) == truth["gestational_age_days"]
        ph = truth["labels"]["ph"]
        assert cells["rhythm_ph"] == ("" if ph is None else f"{ph:g}")
        for name in ("hypertension", "preeclampsia", "hypertension_or_preeclampsia", "ph_le_7_05"):
            flag = truth["labels"][name]
            assert cells[f"rhythm_{name}"] == ("" if flag is None else str(int(flag)))
        columns.add(tuple(cells))
    assert len(columns) == 1
    flags = [entry.labels["hypertension_or_preeclampsia"] for entry in library.entries]
    assert {True, False} <= set(flags)


def test_beats_have_no_labels_and_say_so(beats_folder: Path) -> None:
    borrowed = borrow(open_rhythm_library(beats_folder), 0, 0, 0, SECONDS)
    assert borrowed.truth()["kind"] == "beats"
    assert set(borrowed.truth()["labels"].values()) == {None}
    assert {name for name, cell in borrowed.entry.cells().items() if cell} == {"rhythm_id"}
    assert 0.0 <= borrowed.truth()["bridged_share"] <= 0.1
    assert np.diff(borrowed.clock.q_s).min() > 0.28
