"""A phone across a room: echoes after the sound, low notes lost."""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.phone_room import across_a_room


def test_a_click_rings_on_for_as_long_as_a_room_does() -> None:
    click = np.zeros(8_000, np.float32)
    click[1_000] = 1.0
    for seed in range(5):
        heard = across_a_room(click, np.random.default_rng(seed))
        assert heard.dtype == np.float32
        assert len(heard) == len(click)
        energy = heard.astype(np.float64) ** 2
        assert energy[:990].sum() < 1e-2 * energy.sum()
        late = energy[1_100:].sum() / energy.sum()  # 25 ms after
        assert 0.002 < late < 0.5
        assert energy[4_000:].sum() < 1e-3 * energy.sum()


def test_low_notes_are_lost() -> None:
    time = np.arange(16_000) / 4_000
    for seed in range(5):
        low, high = (
            across_a_room(
                np.sin(2 * np.pi * hz * time).astype(np.float32), np.random.default_rng(seed)
            ).std()
            for hz in (30, 400)
        )
        assert low < 0.25 * high
