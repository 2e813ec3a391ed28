"""A probe on a pseudo-terminal, through the kernel's line discipline, to a result."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from firmware_bridge.link.frames import Header, encode_stream
from firmware_bridge.listen.enough import Limits
from firmware_bridge.listen.events import Ended, Signal, Started, Told, Waiting, WindowDone
from firmware_bridge.listen.session import Session
from firmware_bridge.listen.sources import open_live
from firmware_bridge.listen.sources.probe import ProbeSource
from firmware_bridge.result import Refused, Result, Screened
from firmware_bridge.screen import Screener

FRAME = 100


def heart(seconds: float, rate: int = 4_000, seed: int = 4) -> np.ndarray:
    """`(time,)` int16: noise that swells 140 times a minute."""
    at = np.arange(round(seconds * rate / FRAME) * FRAME) / rate
    loud = 0.03 + np.exp(-(((at * 140 / 60) % 1.0 - 0.3) ** 2) / 0.01)
    noise = np.random.default_rng(seed).normal(size=at.size) * 3_000 * loud
    return np.clip(noise, -32_768, 32_767).astype(np.int16)


def frames_of(samples: np.ndarray, rate: int = 4_000) -> list[bytes]:
    return list(encode_stream(Header(9, rate, 12.0, FRAME), samples))


Hear = Callable[..., tuple[Result, list[Told]]]


@pytest.fixture
def hear(plug: Callable[..., Any]) -> Hear:
    """What is said of a probe that sends the given bytes and is pulled out."""

    def hear_it(
        screener: Screener, wires: list[bytes], limits: Limits | None = None, pause_s: float = 0.0
    ) -> tuple[Result, list[Told]]:
        port, start = plug(wires, pause_s)
        told: list[Told] = []
        source = open_live(f"serial:{port}")
        start()
        return Session(screener, source, told.append, limits).run(), told

    return hear_it


def said(result: Result) -> dict[str, Any]:
    return {**result.to_json(), "timing_s": 0.0}


def test_a_clean_wire_gives_the_offline_result(every_window_counts: Screener, hear: Hear) -> None:
    samples = heart(34.0)
    result, told = hear(every_window_counts, frames_of(samples))
    offline = every_window_counts.screen(samples, 4_000)
    assert isinstance(result, Screened)
    assert said(result) == said(offline)
    started, ended = told[0], told[-1]
    assert started == Started("serial", 4_000, 1, 12.0)
    assert isinstance(ended, Ended)
    assert (ended.why, ended.time_s) == ("source", 34.0)
    assert (ended.counters["good"], ended.counters["lost"]) == (1_360, 0)
    assert sum(isinstance(one, Signal) for one in told) == 122
    windows = [one for one in told if isinstance(one, WindowDone)]
    assert len(windows) == 9
    assert windows[-1].probability == result.probability  # 34 s hold nine whole windows


def test_a_bad_wire_gives_the_offline_result_of_what_arrived(
    every_window_counts: Screener, hear: Hear
) -> None:
    samples = heart(40.0)
    rng = np.random.default_rng(0)
    frames = [w for w in frames_of(samples) if w[1] == 0x53]
    header = frames_of(samples)[0]
    lost = np.zeros(len(frames), bool)
    wires = [header]
    for number, wire in enumerate(frames[:-1]):
        kind = rng.random() if number % 300 > 180 else 1.0  # bad stretches, good ones between
        if kind < 0.03:
            lost[number] = True  # dropped
            continue
        if kind < 0.06:
            lost[number] = True  # a flipped bit
            flipped = bytearray(wire)
            flipped[rng.integers(0, len(wire) - 1)] ^= 1 << rng.integers(0, 8)
            wire = bytes(flipped)
        if kind < 0.10:
            wire = wire * 2  # sent twice
        if 0.10 < kind < 0.13:
            wire = bytes(rng.integers(0, 256, 3_000, dtype=np.uint8)) + b"\0" + wire  # a flood
        wires.append(wire)
    wires.append(frames[-1])
    assert 5 < lost.sum() < 100
    result, told = hear(every_window_counts, wires)
    flags = np.repeat(lost, FRAME)
    concealed = np.where(flags, 0, samples).astype(np.int16)
    assert said(result) == said(every_window_counts.screen(concealed, 4_000, flags))
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert ended.counters["lost"] == lost.sum()
    signals = [one for one in told if isinstance(one, Signal)]
    warned = [one for one in signals if one.sentence.startswith("sound is lost")]
    assert warned
    assert all(one.heart_rate_bpm is None and one.good_signal == 0 for one in warned)


def test_it_stops_by_itself_when_the_answer_is_steady(
    every_window_counts: Screener, hear: Hear
) -> None:
    samples = heart(120.0)
    result, told = hear(every_window_counts, frames_of(samples))
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert (ended.why, ended.missing_s) == ("steady", 0.0)
    assert ended.time_s < 120.0
    assert ended.time_s % 3.75 == 0
    heard = samples[: int(ended.time_s * 4_000)]
    assert said(result) == said(every_window_counts.screen(heard, 4_000))


def test_the_minutes_are_a_limit(screener: Screener, hear: Hear) -> None:
    result, told = hear(screener, frames_of(heart(20.0)), Limits(longest_s=10.0))
    assert isinstance(told[-1], Ended)
    assert (told[-1].why, told[-1].time_s) == ("time", 10.0)
    assert said(result)["recording"]["duration_s"] == 10.0


def test_a_port_that_says_nothing(screener: Screener, hear: Hear) -> None:
    result, told = hear(screener, [b"\0"], Limits(patience_s=1.3), pause_s=2.0)
    assert said(result)["reasons"] == ["E-SOURCE"]
    assert any(isinstance(one, Waiting) for one in told)


def test_a_port_that_speaks_something_else(screener: Screener, hear: Hear) -> None:
    result, _ = hear(screener, [b"$GPGGA,123519,4807.038,N\r\n\0" * 50])
    assert said(result)["reasons"] == ["E-LINK"]


def test_a_probe_that_changes_its_rate_ends_the_recording(screener: Screener, hear: Hear) -> None:
    samples = heart(8.0)
    wires = [*frames_of(samples), *frames_of(samples, rate=8_000)]
    result, told = hear(screener, wires)
    assert isinstance(told[-1], Ended)
    assert told[-1].why == "fault"
    assert said(result) == said(screener.screen(samples, 4_000))


def test_nothing_but_a_few_frames_is_too_short(screener: Screener, hear: Hear) -> None:
    result, _ = hear(screener, frames_of(heart(2.0)))
    assert isinstance(result, Refused)
    assert result.code == "E-TOO-SHORT"


def test_latency_and_the_clock_of_a_probe_in_real_time(screener: Screener, hear: Hear) -> None:
    """Some seconds at the probe's own pace: feedback is late by the steps it comes in, no more."""
    _, told = hear(screener, frames_of(heart(4.5)), pause_s=FRAME / 4_000)
    signals = [one for one in told if isinstance(one, Signal)]
    assert [one.time_s for one in signals] == [3.75 + 0.25 * i for i in range(4)]
    latencies = [one.latency_s for one in signals if one.latency_s is not None]
    assert len(latencies) == 4
    assert np.median(latencies) < 0.5
    assert isinstance(told[-1], Ended)
    assert told[-1].latency_max_s == max(latencies)


def test_a_probe_through_a_pipe(screener: Screener) -> None:
    """What a program for Bluetooth writes to standard input with --framed."""
    reading, writing = os.pipe()
    wires = b"".join(frames_of(heart(5.0)))
    assert os.write(writing, wires) == len(wires)
    os.close(writing)
    told: list[Told] = []
    result = Session(screener, ProbeSource("stdin", reading, "a pipe"), told.append).run()
    assert said(result) == said(screener.screen(heart(5.0), 4_000))
