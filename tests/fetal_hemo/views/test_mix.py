"""The ratio of a mixture is the one asked for, by numpy's own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.views.mix import at_ratio


@pytest.mark.parametrize("snr_db", [-10.0, 0.0, 13.0, 40.0])
def test_the_ratio_is_exact_however_loud_the_two_were(snr_db: float) -> None:
    rng = np.random.default_rng(0)
    samples = torch.from_numpy(rng.normal(size=(3, 5_000)) * [[1e-3], [1.0], [30.0]]).float()
    other = torch.from_numpy(rng.normal(size=(3, 5_000)) * [[7.0], [1e-3], [1.0]]).float()
    mixed = at_ratio(other, samples, torch.full((3,), snr_db)).double().numpy()
    rms = [np.sqrt(np.mean(np.square(x), axis=1)) for x in (samples.double().numpy(), mixed)]
    np.testing.assert_allclose(20 * np.log10(rms[0] / rms[1]), snr_db, atol=0.01)


def test_silence_on_either_side_gives_silence() -> None:
    silent, loud, ratio = torch.zeros(1, 100), torch.ones(1, 100), torch.zeros(1)
    assert (at_ratio(loud, silent, ratio) == 0).all()
    assert (at_ratio(silent, loud, ratio) == 0).all()
