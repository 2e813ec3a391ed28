"""Movements and breathing: as often as published, and what they leave of the beam."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.movement import Movements, draw_movements, thumps
from fetal_hemo.simulate.recording import simulate_recording
from fetal_hemo.simulate.rhythm import BeatClock

MINUTES = 10


def drawn(state: int, activity: float = 1.0, seeds: int = 20) -> list[Movements]:
    seconds = 60.0 * MINUTES
    beats = np.arange(-0.2, seconds + 1, 0.43)
    clock = BeatClock(beats, np.full(len(beats), state), ())
    return [
        draw_movements(
            clock, activity, int(seconds * SAMPLE_RATE_HZ), seconds, np.random.default_rng(seed)
        )
        for seed in range(seeds)
    ]


def share(spans: tuple[tuple[float, float], ...]) -> float:
    return sum(stop - start for start, stop in spans) / (60.0 * MINUTES)


def test_an_active_fetus_moves_as_much_as_published_and_a_sleeping_one_hardly() -> None:
    active = np.mean([share(moves.movements_s) for moves in drawn(1)])
    asleep = np.mean([share(moves.movements_s) for moves in drawn(0)])
    assert 0.08 < active < 0.28  # 18 +- 10 % of the time over all states
    assert asleep < 0.4 * active


def test_an_ill_fetus_moves_less() -> None:
    well, ill = (sum(len(m.movements_s) for m in drawn(1, a)) for a in (1.0, 0.5))
    assert ill < 0.75 * well


def test_breathing_takes_about_a_third_of_the_time_at_48_breaths_a_minute() -> None:
    moves = drawn(1, seeds=60)
    assert np.mean([share(m.breathing_s) for m in moves]) == pytest.approx(0.38, abs=0.08)
    rates = []
    for one in moves:
        for start, stop in one.breathing_s:
            if stop - start > 30:
                part = one.breath[int(1_000 * start) : int(1_000 * stop)]
                rates.append(60 * np.sum((part[:-1] < 0) & (part[1:] >= 0)) / (stop - start))
    assert np.mean(rates) == pytest.approx(48, abs=5)


def test_the_beam_is_whole_between_movements_and_lost_in_part_within() -> None:
    for moves in drawn(1, seeds=5):
        moving = np.zeros(len(moves.kept), bool)
        for start, stop in moves.movements_s:
            moving[int(1_000 * start) : int(1_000 * stop) + 1] = True
        assert (moves.kept[~moving] == 1).all()
        assert moves.kept[moving].min() < 0.7
        assert moves.kept.min() > 0


def test_thumps_are_heard_where_the_body_moves() -> None:
    moves = drawn(1, seeds=1)[0]
    sound = thumps(moves, 60 * MINUTES * SAMPLE_RATE_HZ, np.random.default_rng(0))
    track = np.repeat(moves.thump, 4)[: len(sound)]
    assert np.abs(sound[track == 0]).max() < 0.02  # a line to the next control point
    assert sound[track > 0.5].std() > 0.3


def test_a_window_that_movement_took_is_not_called_good() -> None:
    taken = 0
    for woman in range(12):
        made = simulate_recording(8, woman, 0, minutes=4)
        kept = made.movements.kept[: 3_750 * len(made.quality)].reshape(-1, 3_750).mean(axis=1)
        assert (made.quality[kept < 0.8] != 0).all()
        taken += int((kept < 0.8).sum())
    assert taken > 10
