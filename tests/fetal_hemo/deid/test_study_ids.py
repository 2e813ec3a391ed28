"""New ids: one for each old one, and in no order."""

from __future__ import annotations

import random

from fetal_hemo.deid.study_ids import draw_study_ids
from fetal_hemo.recordings.recording import Recording


def made(count: int) -> list[Recording]:
    return [
        Recording(f"r{n}", f"w{n // 2}", f"v{n}", "", device_id=f"d{n % 3}", site_id=None)
        for n in range(count)
    ]


def test_every_old_id_has_a_new_one_of_its_own() -> None:
    ids = draw_study_ids(made(40))
    assert sorted(ids.recording.values()) == [f"R{n:04d}" for n in range(1, 41)]
    assert sorted(ids.participant.values()) == [f"P{n:04d}" for n in range(1, 21)]
    assert sorted(ids.visit.values()) == [f"V{n:04d}" for n in range(1, 41)]
    assert sorted(ids.device.values()) == ["D01", "D02", "D03"]
    assert ids.site == {}


def test_the_order_is_drawn_anew_each_time() -> None:
    first, second = draw_study_ids(made(40)), draw_study_ids(made(40))
    assert first.recording != second.recording
    old = [f"r{n}" for n in range(40)]
    assert [first.recording[name] for name in old] != sorted(first.recording.values())


def test_every_place_is_as_likely_for_the_first_recording() -> None:
    chance = random.Random(1)
    places = [draw_study_ids(made(4), chance).recording["r0"] for _ in range(4_000)]
    for place in ("R0001", "R0002", "R0003", "R0004"):
        assert 900 < places.count(place) < 1_100  # 1,000, standard deviation 27


def test_ids_grow_when_four_digits_do_not_do() -> None:
    ids = draw_study_ids(made(10_001))
    assert {len(name) for name in ids.recording.values()} == {6}
