"""The filterbank against a direct convolution, PyWavelets and signals whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import pywt
import torch
from scipy import signal
from torch import Tensor

from fetal_hemo.constants import BANDS, FRAME_SAMPLES, FRAMES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.signals.filterbank import FLOOR, OMEGA, AnalyticFilterbank, band_centres_hz

TIME = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
CENTRES = band_centres_hz()
INNER = slice(60, -60)  # frames that no edge reaches: the widest kernel is 0.13 s


def magnitudes(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of the module under test."""
    with torch.inference_mode():
        return AnalyticFilterbank()(torch.from_numpy(samples.astype(np.float32))[None])[0].numpy()


def direct(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of a full-rate convolution with Morlet wavelets six deviations long."""
    rows = []
    for centre in CENTRES:
        sigma = 6.0 / (2 * np.pi * centre)
        at = np.arange(-round(6 * sigma * 4_000), round(6 * sigma * 4_000) + 1) / 4_000
        wavelet = np.exp(-0.5 * (at / sigma) ** 2 + 2j * np.pi * centre * at)
        wavelet /= np.exp(-0.5 * (at / sigma) ** 2).sum() / 2
        rows.append(np.abs(signal.fftconvolve(samples, wavelet, mode="same"))[::FRAME_SAMPLES])
    return np.array(rows)


def by_pywavelets(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of `cmor` with the same shape: B = 2 makes its deviation one scale unit."""
    cycles = 6.0 / (2 * np.pi)
    scales = cycles * SAMPLE_RATE_HZ / CENTRES
    wavelet = f"cmor2.0-{cycles:.12f}"
    found, _ = pywt.cwt(samples, scales, wavelet, method="fft", precision=16)
    gain = np.sqrt(scales) / 2 * np.sinc(CENTRES / SAMPLE_RATE_HZ)  # it integrates over a sample
    return (np.abs(found) / gain[:, None])[:, ::FRAME_SAMPLES]


@pytest.fixture(scope="module")
def sweep() -> np.ndarray:
    """A unit chirp from below the lowest to above the highest band."""
    return signal.chirp(TIME, 20.0, TIME[-1], 1_600.0, method="logarithmic")


def test_chirp_agrees_with_direct_convolution(sweep: np.ndarray) -> None:
    """Exactly, but near 200 Hz, where the decimator's slope costs up to 2 %."""
    error = np.abs(magnitudes(sweep) - direct(sweep))[:, INNER].max(axis=1)
    assert error.max() < 0.02
    assert error[CENTRES >= 210].max() < 1e-3


def test_real_clip_agrees_with_direct_convolution_in_every_band(
    clip: Callable[[str], Tensor],
) -> None:
    samples = clip("quality_good")[0].numpy()
    expected = direct(samples - samples.mean())[:, INNER]
    error = np.abs(magnitudes(samples)[:, INNER] - expected).max(axis=1)
    strong = expected.max(axis=1) > 1e-2 * expected.max()  # bands that hold more than leakage
    assert strong.sum() > BANDS / 2
    assert (error[strong] < 0.02 * expected.max(axis=1)[strong]).all()
    assert error.max() < 0.01 * expected.max()


def test_chirp_agrees_with_pywavelets(sweep: np.ndarray) -> None:
    """Near the top the correction of its gain holds only at the centre itself."""
    error = np.abs(magnitudes(sweep) - by_pywavelets(sweep))[:, INNER].max(axis=1)
    assert error.max() < 0.04
    assert error[CENTRES < 1_000].max() < 0.02


@pytest.mark.parametrize("band", range(0, BANDS, 3))
def test_unit_cosine_at_a_centre_has_magnitude_one_there(band: int) -> None:
    found = magnitudes(np.cos(2 * np.pi * CENTRES[band] * TIME + 0.3))[:, INNER]
    np.testing.assert_allclose(found[band], 1.0, atol=0.006)
    assert found.max(axis=1).argmax() == band


@pytest.mark.parametrize("offset", [0.7, -1.0])
def test_an_offset_leaves_no_trace(offset: float) -> None:
    assert magnitudes(np.full(WINDOW_SAMPLES, offset)).max() <= 2 * FLOOR


def test_size_and_floor_in_silence() -> None:
    silent = magnitudes(np.zeros(WINDOW_SAMPLES))
    assert silent.shape == (BANDS, FRAMES) == (32, 750)
    np.testing.assert_array_equal(silent, np.float32(FLOOR))


def test_a_click_of_one_millisecond_stays_below_ten_milliseconds() -> None:
    """Clicks one sample apart give the envelope at full rate, not only every 5 ms."""
    clicks = np.zeros((FRAME_SAMPLES, WINDOW_SAMPLES), dtype=np.float32)
    for shift in range(FRAME_SAMPLES):
        clicks[shift, 7_500 - shift : 7_504 - shift] = 1.0
    with torch.inference_mode():
        found = AnalyticFilterbank()(torch.from_numpy(clicks)).numpy()
    envelope = found.transpose(1, 2, 0).reshape(BANDS, WINDOW_SAMPLES)  # time runs on with shift
    above_half = envelope >= envelope.max(axis=1, keepdims=True) / 2
    width_ms = above_half.sum(axis=1) / SAMPLE_RATE_HZ * 1_000
    assert (width_ms[CENTRES >= 280] < 10).all()
    sigma_ms = OMEGA / (2 * np.pi * CENTRES) * 1_000
    wide = CENTRES < 280  # where 1 ms is short beside the wavelet, theory gives 2.355 sigma
    np.testing.assert_allclose(width_ms[wide], 2.355 * sigma_ms[wide], rtol=0.06)
    peak = envelope.argmax(axis=1)
    assert (np.abs(peak - 7_501.5) <= 4).all()  # no band is late by more than 1 ms


def test_centres_are_spaced_evenly_in_octaves() -> None:
    np.testing.assert_allclose(np.diff(np.log2(CENTRES)), np.log2(60) / 31, rtol=1e-12)
    assert (CENTRES[0], CENTRES[-1]) == (pytest.approx(25), pytest.approx(1_500))
