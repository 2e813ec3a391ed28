"""What is collected does not depend on how the source was cut, at any rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.audio import Audio, audio_from_samples, to_float
from firmware_bridge.collector import Collector

RATES = (1_000, 4_000, 8_000, 11_025, 44_100)


def choose_last(minute: np.ndarray) -> int:
    """A choice that shows when it was made: it depends on the length of the minute."""
    return int(minute.shape[1] > 200_000)


def sound(rate: int, seconds: float, channels: int, scale: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(rate + channels)
    samples = rng.normal(size=(round(rate * seconds), channels)) * 0.5 * scale
    return np.clip(samples, -scale, scale).astype(np.float32)


def collect(
    samples: np.ndarray, rate: int, cuts: list[int], lost: np.ndarray | None = None
) -> Audio:
    collector = Collector(rate, samples.shape[1], choose_last, "the samples")
    flags = np.zeros(len(samples), bool) if lost is None else lost
    at = sorted(cut % len(samples) for cut in cuts)
    for part, flag in zip(np.split(samples, at), np.split(flags, at), strict=True):
        collector.push(part, flag)
    return collector.finish("")


def assert_same(found: Audio, expected: Audio) -> None:
    for name in ("samples", "clipped_share", "lost_share"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert (found.duration_s, found.channel) == (expected.duration_s, expected.channel)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rate=st.sampled_from(RATES),
    seconds=st.floats(3.76, 12.0),
    cuts=st.lists(st.integers(0, 10**6), max_size=40),
    scale=st.sampled_from([1.0, 32_767.0]),
)
def test_pieces_do_not_change_a_bit(
    rate: int, seconds: float, cuts: list[int], scale: float
) -> None:
    samples = sound(rate, seconds, 1, scale)
    expected = audio_from_samples(samples[:, 0], rate)
    assert_same(collect(samples, rate, cuts), expected)
    assert np.abs(expected.samples).max() < 2.5  # resampling may overshoot a hard clip


@pytest.mark.parametrize("seconds", [40.0, 59.9, 60.0, 60.1, 70.0])
@pytest.mark.parametrize("rate", [4_000, 11_025])
def test_the_channel_is_chosen_at_the_same_moment(rate: int, seconds: float) -> None:
    samples = sound(rate, seconds, 2)
    cuts = np.random.default_rng(1).integers(0, len(samples), 50).tolist()
    expected = audio_from_samples(samples, rate, choose_last)
    assert_same(collect(samples, rate, cuts), expected)


def test_lost_samples_are_counted_in_their_windows() -> None:
    samples = sound(4_000, 12.0, 1)
    lost = np.zeros(len(samples), bool)
    lost[14_990:15_020] = lost[40_000:40_150] = True
    samples[lost] = 0.0
    audio = audio_from_samples(samples[:, 0], 4_000, lost=lost)
    assert audio.lost_share.tolist() == [10 / 15_000, 20 / 15_000, 150 / 15_000]
    assert_same(collect(samples, 4_000, [14_995, 15_000, 40_001], lost), audio)


def test_integers_and_floats_meet_on_one_scale() -> None:
    integers = (sound(8_000, 5.0, 1) * 32_767).astype(np.int16)
    audio = audio_from_samples(integers[:, 0], 8_000)
    as_floats = audio_from_samples(integers[:, 0].astype(np.float32), 8_000)
    assert np.array_equal(audio.samples, as_floats.samples)
    assert to_float(integers).dtype == np.float32
