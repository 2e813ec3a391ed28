"""A live stream: the same events however it is cut, and the result of screening the same sound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.audio import to_float
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.feedback import Feedback, feedback
from firmware_bridge.listen.live import Event, Live, Progress
from firmware_bridge.result import Result, Screened
from firmware_bridge.screen import Screener


def beats(seconds: float, rate: int, channels: int = 1, seed: int = 4) -> np.ndarray:
    """`(time, channels)` int16: noise that swells 140 times a minute, the last channel clearest."""
    time = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(seed)
    loud = 0.03 + np.exp(-(((time * 140 / 60) % 1.0 - 0.3) ** 2) / 0.01)
    level = [loud + 0.5 * (channels - 1 - index) for index in range(channels)]
    noise = rng.normal(size=(channels, time.size)) * 3_000
    return np.clip(noise * level, -32_768, 32_767).astype(np.int16).T


def listen(
    screener: Screener,
    frames: np.ndarray,
    rate: int,
    cuts: list[int],
    lost: np.ndarray | None = None,
) -> tuple[list[Event], Result]:
    live = Live(screener, rate, frames.shape[1])
    flags = np.zeros(len(frames), bool) if lost is None else lost
    at = sorted(cut % len(frames) for cut in cuts)
    events: list[Event] = []
    for part, flag in zip(np.split(frames, at), np.split(flags, at), strict=True):
        events += live.push(to_float(part), flag)
    assert live.heard_s == len(frames) / rate
    return events, live.finish("0" * 64)


def said(result: Result) -> dict[str, Any]:
    """All of a result but its time and the identity of the bytes."""
    found = result.to_json()
    found["timing_s"] = 0.0
    if found["recording"]:
        found["recording"]["sha256"] = ""
    return found


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rate=st.sampled_from([1_000, 4_000, 11_025]),
    seconds=st.floats(30.1, 34.0),
    cuts=st.lists(st.integers(0, 10**7), max_size=200),
    seed=st.integers(0, 5),
)
def test_the_end_is_the_offline_screening_bit_for_bit(
    every_window_counts: Screener, rate: int, seconds: float, cuts: list[int], seed: int
) -> None:
    frames = beats(seconds, rate, seed=seed)
    offline = every_window_counts.screen(frames[:, 0], rate)
    events, result = listen(every_window_counts, frames, rate, cuts)
    assert isinstance(offline, Screened)
    assert isinstance(result, Screened)
    assert result.probability.hex() == offline.probability.hex()
    assert said(result) == said(offline)
    assert listen(every_window_counts, frames, rate, [])[0] == events


def test_two_channels_and_the_choice_after_a_minute(every_window_counts: Screener) -> None:
    frames = beats(66.0, 8_000, channels=2)
    frames[:, 0] = 500 * np.sign(frames[:, 0])  # a channel without a beat
    frames[: 8_000 * 10, 1] = 0  # and one with a beat that comes later
    cuts = np.random.default_rng(0).integers(0, len(frames), 100).tolist()
    offline = every_window_counts.screen(frames, 8_000)
    _, result = listen(every_window_counts, frames, 8_000, cuts)
    assert said(result) == said(offline)
    assert said(result)["recording"]["channel"] == 1


def test_floats_that_hold_16_bit_values(every_window_counts: Screener) -> None:
    """That is seen only at the first loud sample, and everything before it is done again."""
    frames = beats(40.0, 4_000).astype(np.float32)
    frames[: 15 * 4_000] = np.clip(frames[: 15 * 4_000], -1, 1)
    offline = every_window_counts.screen(frames[:, 0], 4_000)
    assert said(listen(every_window_counts, frames, 4_000, [])[1]) == said(offline)


def test_gaps_are_marked_as_offline(every_window_counts: Screener) -> None:
    frames = beats(45.0, 11_025)
    lost = np.zeros(len(frames), bool)
    for start in (60_000, 61_000, 300_000):
        lost[start : start + 200] = True
    frames[lost] = 0
    offline = every_window_counts.screen(frames[:, 0], 11_025, lost)
    events, result = listen(every_window_counts, frames, 11_025, [1, 5_000, 60_100], lost)
    assert said(result) == said(offline)
    for event in events:
        if isinstance(event, Feedback):
            spans = [(s / 11_025, (s + 200) / 11_025) for s in (60_000, 61_000, 300_000)]
            touched = any(a < event.end_s and b > event.end_s - 3.75 for a, b in spans)
            assert not touched or (event.quality, event.good_signal) == ("silent", 0.0)
            assert not touched or event.heart_rate_bpm is None
            assert touched or event.heart_rate_bpm is not None


def test_feedback_each_quarter_of_a_second_and_progress_each_window(screener: Screener) -> None:
    events, result = listen(screener, beats(12.0, 4_000), 4_000, [])
    ends = [event.end_s for event in events if isinstance(event, Feedback)]
    assert ends == [3.75 + 0.25 * i for i in range(34)]
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.end_s for event in progress] == [3.75, 7.5, 11.25]
    assert said(progress[-1].so_far)["windows"] == said(result)["windows"]


def test_feedback_is_what_the_whole_graph_says_of_each_window(screener: Screener) -> None:
    frames = beats(15.0, 4_000)
    events, _ = listen(screener, frames, 4_000, [333, 40_000])
    found = [event for event in events if isinstance(event, Feedback)]
    samples = to_float(frames)[:, 0]
    for event in found:
        end = round(event.end_s * 4_000)
        outputs = screener.windows.run(samples[None, end - 15_000 : end])
        assert event == feedback(outputs, event.end_s, screener.bundle.manifest)
    assert len({event.probability for event in found}) > 40  # of 46: they were not one window's


def test_a_stream_that_is_too_short_is_refused(screener: Screener) -> None:
    events, result = listen(screener, beats(3.0, 4_000), 4_000, [])
    assert events == []
    assert said(result)["reasons"] == ["E-TOO-SHORT"]


def test_numbers_that_are_none_are_refused(screener: Screener) -> None:
    with pytest.raises(FetalHemoError, match="E-NOT-FINITE"):
        Live(screener, 4_000).push(np.full((200, 1), np.nan, np.float32))


def test_real_clips(screener: Screener, data_dir: Any) -> None:
    import soundfile

    for path in sorted((data_dir / "doppler").glob("quality_*.wav")):
        frames, rate = soundfile.read(path, dtype="int16", always_2d=True)
        offline = screener.screen(frames, rate)
        assert said(listen(screener, frames, rate, [7, 1_000, 20_001])[1]) == said(offline)
