"""A probe on no heart: finite sounds of any length that repeat by seed, and no rhythm in them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.signals import FrontEnd
from fetal_hemo.simulate import handling

SOUNDS = (handling.rubbing, handling.quiet_room, handling.coloured, handling.in_the_air)


@pytest.mark.parametrize("sound", SOUNDS)
def test_sounds_are_finite_and_repeat_by_seed(sound) -> None:
    one, again, other = (sound(4_000, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.dtype == np.float32
    assert one.shape == (4_000,)
    assert np.isfinite(one).all()
    assert one.std() > 0
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("sound", [handling.coloured, handling.in_the_air])
def test_no_fetal_rhythm_is_in_them(sound) -> None:
    windows = np.stack([sound(15_000, np.random.default_rng(seed)) for seed in range(30)])
    with torch.no_grad():
        confidence = FrontEnd()(torch.from_numpy(windows)).confidence
    assert float(confidence.median()) < 0.3
