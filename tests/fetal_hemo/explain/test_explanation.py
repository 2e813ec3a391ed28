"""Explanations find what was planted, and are destroyed where nothing was learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import welch

from fetal_hemo.constants import SAMPLE_RATE_HZ, VIEWS, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.explain import explain
from fetal_hemo.explain.hearing import Heard, Hearing, Weighed
from fetal_hemo.explain.inside_beat import PHASES, inside_beat
from fetal_hemo.explain.occlusion import (
    BANDS_HZ,
    band_effects,
    beat_effects,
    without_band,
    without_beat,
)
from fetal_hemo.explain.sanity import sanity

STEPS, COUNT, PERIOD_S = 125, 4, 0.43
BEATS_S = np.arange(0.2, COUNT * WINDOW_S - 0.2, PERIOD_S)


@dataclass(frozen=True)
class Planted:
    """Adds up the energy of each band by known weights: what it needs is known."""

    weights: tuple[float, ...]
    learns: bool = True

    def hear(self, windows: NDArray[np.float32]) -> Heard:
        hz = np.fft.rfftfreq(windows.shape[1], 1 / SAMPLE_RATE_HZ)
        power = np.abs(np.fft.rfft(windows)) ** 2 / len(hz)
        bands = [power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in BANDS_HZ]
        embeddings = np.repeat(np.stack(bands, axis=1)[:, None], len(VIEWS), axis=1)
        even = np.full((len(windows), 2, STEPS), 1 / STEPS)
        return Heard(embeddings.astype(np.float32), even.astype(np.float32))

    def weigh(self, embeddings: NDArray[np.float32], usable: NDArray[np.bool_]) -> Weighed:
        margin = (embeddings[usable, 0] @ np.array(self.weights)).mean()
        share = usable / usable.sum()
        views = np.full((len(usable), len(VIEWS)), 1 / len(VIEWS))
        return Weighed(float(margin), share.astype(np.float32), views.astype(np.float32))

    def randomised(self, seed: int) -> Hearing:
        if not self.learns:
            return self
        weights = np.random.default_rng(seed).normal(size=len(self.weights))
        return Planted(tuple(weights.tolist()))


@pytest.fixture(scope="module")
def windows() -> NDArray[np.float32]:
    """Noise in all bands, three times louder at every beat but the fifth."""
    noise = np.random.default_rng(0).normal(size=COUNT * WINDOW_SAMPLES)
    time = np.arange(len(noise)) / SAMPLE_RATE_HZ
    loud = np.ones(len(noise))
    for number, beat in enumerate(BEATS_S):
        loud += 2 * (np.abs(time - beat) < 0.05) * (number != 5)
    return (0.01 * noise * loud).astype(np.float32).reshape(COUNT, WINDOW_SAMPLES)


def weights(band: int) -> tuple[float, ...]:
    return tuple(float(number == band) for number in range(len(BANDS_HZ)))


def test_the_band_that_is_needed_is_found(windows: NDArray[np.float32]) -> None:
    usable = np.ones(COUNT, dtype=bool)
    for band in (1, 4):
        falls = band_effects(Planted(weights(band)), windows, usable)
        assert np.argmax(falls) == band
        assert falls[band] > 10 * np.delete(np.abs(falls), band).max()


def test_a_band_is_20_db_lower_and_nothing_else(windows: NDArray[np.float32]) -> None:
    low, high = BANDS_HZ[3]
    hz, before = welch(windows[0], SAMPLE_RATE_HZ, nperseg=1024)
    _, after = welch(without_band(windows, low, high)[0], SAMPLE_RATE_HZ, nperseg=1024)
    change = 10 * np.log10(after / before)
    assert change[(hz > low + 10) & (hz < high - 10)] == pytest.approx(-20, abs=0.5)
    assert change[((hz > 5) & (hz < low - 30)) | (hz > high + 30)] == pytest.approx(0, abs=0.1)


def test_the_beat_that_is_missing_is_needed_least(windows: NDArray[np.float32]) -> None:
    first = BEATS_S[BEATS_S < WINDOW_S]
    falls = beat_effects(Planted(weights(2)), windows, np.ones(COUNT, bool), first.tolist())
    assert np.argmin(falls) == 5
    assert (falls > 0).all()


def test_a_beat_at_the_edge_is_damped_in_what_there_is_of_it(windows: NDArray[np.float32]) -> None:
    for beat_s in (0.0, 0.01, WINDOW_S / 2, WINDOW_S - 0.001):
        quieter = without_beat(windows[0], beat_s)
        changed = np.flatnonzero(quieter != windows[0])
        assert 0 < len(changed) <= 0.3 * SAMPLE_RATE_HZ
        assert np.abs(changed / SAMPLE_RATE_HZ - beat_s).max() <= 0.151
        assert (np.abs(quieter) <= np.abs(windows[0])).all()


def test_randomised_weights_destroy_the_map_and_only_they(windows: NDArray[np.float32]) -> None:
    usable = np.ones(COUNT, dtype=bool)

    def of(hearing: Hearing) -> NDArray[np.float64]:
        return band_effects(hearing, windows, usable)

    learned, fixed = Planted(weights(2)), Planted(weights(2), learns=False)
    assert sanity(learned, of, of(learned)).destroyed
    survived = sanity(fixed, of, of(fixed))
    assert survived.correlation == pytest.approx(1.0)
    assert not survived.destroyed
    assert sanity(learned, of, np.zeros(7)).correlation is None
    assert not sanity(learned, of, np.zeros(7)).destroyed


def test_attention_on_a_phase_of_the_cycle_is_found_there(windows: NDArray[np.float32]) -> None:
    at = (np.arange(COUNT * STEPS) + 0.5) * WINDOW_S / STEPS
    phase = ((at - BEATS_S[0]) / PERIOD_S) % 1.0
    peak = np.exp(-0.5 * ((phase - 0.6) / 0.1) ** 2).reshape(COUNT, 1, STEPS)
    attention = np.concatenate([peak, np.ones_like(peak)], axis=1)
    attention = (attention / attention.sum(axis=2, keepdims=True)).astype(np.float32)
    found = inside_beat(attention, windows, BEATS_S.tolist())
    assert found is not None
    assert np.argmax(found.attention[0]) == pytest.approx(0.6 * PHASES, abs=1)
    assert found.attention[1] == pytest.approx(1.0, abs=1e-3)
    assert found.beats == len(BEATS_S) - 1
    assert found.envelope[0] > 1.5 * found.envelope[PHASES // 2]
    assert inside_beat(attention, windows, [1.0]) is None
    assert inside_beat(attention, windows, [1.0, 3.0]) is None  # a gap is no cycle


def test_a_whole_explanation(windows: NDArray[np.float32]) -> None:
    usable = np.array([False, True, True, True])
    found = explain(Planted(weights(1)), windows, usable, BEATS_S.tolist())
    assert found.window == 1
    assert all(WINDOW_S <= beat < 2 * WINDOW_S for beat in found.beats_s)
    assert len(found.beat_falls) == len(found.beats_s) == 8
    assert found.band_sanity.destroyed
    assert found.inside is not None
    assert found.inside.beats < len(BEATS_S) - 8  # none of the first window
    nobody = explain(Planted(weights(1)), windows, usable, [])
    assert nobody.inside is None
    assert nobody.beat_sanity.correlation is None
