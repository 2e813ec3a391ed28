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
from fetal_hemo.signals.front_end import log_scalogram

TIME = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
CENTRES = band_centres_hz()
CLIPS = ["quality_good", "quality_poor", "quality_interference", "quality_talking", "autofhr_1"]
INNER = slice(60, -60)  # frames that no edge reaches: the widest kernel is 0.13 s


def magnitudes(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of the module under test."""
    with torch.inference_mode():
        return AnalyticFilterbank()(torch.from_numpy(samples.astype(np.float32))[None])[0].numpy()


def direct(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of a full-rate convolution with Morlet wavelets six deviations long."""
    beyond = 4_000  # reflected samples each side, more than the widest wavelet needs
    reflected = np.pad(samples.astype(np.float64), beyond, mode="reflect")
    rows = []
    for centre in CENTRES:
        sigma = 6.0 / (2 * np.pi * centre)
        at = np.arange(-round(6 * sigma * 4_000), round(6 * sigma * 4_000) + 1) / 4_000
        wavelet = np.exp(-0.5 * (at / sigma) ** 2 + 2j * np.pi * centre * at)
        wavelet /= np.exp(-0.5 * (at / sigma) ** 2).sum() / 2
        found = np.abs(signal.fftconvolve(reflected, wavelet, mode="same"))
        rows.append(found[beyond:-beyond:FRAME_SAMPLES])
    return np.array(rows)


def by_pywavelets(samples: np.ndarray) -> np.ndarray:
    """`(bands, frames)` of `cmor` with the same shape: B = 2 makes its deviation one scale unit.

    It integrates the wavelet over each sample, which tilts the top bands, and looks the wavelet
    up in a table, which adds noise. Four samples for each of ours and a long table cure both.
    """
    beyond, finer, cycles = 2_000, 4, 6.0 / (2 * np.pi)
    dense = signal.resample(
        np.pad(samples.astype(np.float64), beyond, mode="reflect"),
        finer * (len(samples) + 2 * beyond),
    )
    scales = cycles * finer * SAMPLE_RATE_HZ / CENTRES
    wavelet = f"cmor2.0-{cycles:.12f}"
    found, _ = pywt.cwt(dense, scales, wavelet, method="fft", precision=20)
    step = finer * FRAME_SAMPLES
    inside = np.abs(found)[:, finer * beyond : -finer * beyond : step]
    return inside / (np.sqrt(scales) / 2)[:, None]


def correlations(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Pearson's r of each band over the frames."""
    return np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(found, expected, strict=True)])


@pytest.fixture(scope="module")
def sweep() -> np.ndarray:
    """A unit chirp from below the lowest to above the highest band."""
    return signal.chirp(TIME, 20.0, TIME[-1], 1_600.0, method="logarithmic")


def test_chirp_agrees_with_direct_convolution_up_to_the_edges(sweep: np.ndarray) -> None:
    assert np.abs(magnitudes(sweep) - direct(sweep)).max() < 1e-3


@pytest.mark.parametrize("name", CLIPS)
def test_real_clip_agrees_with_direct_convolution_up_to_the_edges(
    name: str, clip: Callable[[str], Tensor]
) -> None:
    samples = clip(name)[0].numpy()
    samples = (samples - samples.mean()) / samples.std()
    found, expected = magnitudes(samples), direct(samples)
    assert np.abs(found - expected).max() < 3e-3
    logs = [log_scalogram(torch.tensor(m)[None]).numpy() for m in (found, expected)]
    error = np.abs(logs[0] - logs[1])
    assert error.mean() < 1e-3
    assert error.max() < 0.1


@pytest.mark.parametrize("name", CLIPS)
def test_every_band_of_a_real_clip_runs_as_pywavelets_has_it(
    name: str, clip: Callable[[str], Tensor]
) -> None:
    samples = clip(name)[0].numpy()
    samples = samples - samples.mean()
    assert correlations(magnitudes(samples), by_pywavelets(samples)).min() > 0.998


def test_every_band_of_a_chirp_runs_as_pywavelets_has_it(sweep: np.ndarray) -> None:
    found, expected = magnitudes(sweep), by_pywavelets(sweep)
    assert correlations(found, expected).min() > 0.9999
    assert np.abs(found - expected)[:, INNER].max() < 0.02  # its integral: 1 % at 1,500 Hz


@pytest.mark.parametrize(
    "hz", [20.0, 47.0, 110.0, 230.0, 301.0, 350.0, 520.0, 730.0, 910.0, 1390.0]
)
def test_a_tone_reaches_every_band_as_the_gaussian_says_and_folds_back_on_none(hz: float) -> None:
    found = magnitudes(np.cos(2 * np.pi * hz * TIME))[:, INNER]
    expected = np.exp(-0.5 * (6.0 * (hz / CENTRES - 1)) ** 2)
    below_mirror = hz + CENTRES < 0.62 * SAMPLE_RATE_HZ  # what lies above hears 4,000 - hz too
    error = np.abs(found - expected[:, None])[below_mirror]
    assert error.max() < 1e-3


@pytest.mark.parametrize("band", range(0, BANDS, 3))
def test_unit_cosine_at_a_centre_has_magnitude_one_there(band: int) -> None:
    found = magnitudes(np.cos(2 * np.pi * CENTRES[band] * TIME + 0.3))[:, INNER]
    np.testing.assert_allclose(found[band], 1.0, atol=5e-4)
    assert found.max(axis=1).argmax() == band


@pytest.mark.parametrize("offset", [0.7, -1.0])
def test_an_offset_leaves_no_trace(offset: float) -> None:
    assert magnitudes(np.full(WINDOW_SAMPLES, offset)).max() <= 2 * FLOOR


def test_an_offset_beneath_a_tone_leaves_no_trace_at_the_edges() -> None:
    tone = np.cos(2 * np.pi * 100 * TIME)
    assert np.abs(magnitudes(tone + 0.9) - magnitudes(tone)).max() < 1e-5


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
