"""Sources other than a probe: what is typed, files, raw samples, a sound card's callback."""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.listen.sources import Source, open_live
from firmware_bridge.listen.sources.raw import RawSource
from firmware_bridge.listen.sources.sound_card import RING_S, BlockRing
from firmware_bridge.listen.sources.sound_file import FileSource

RATE = 8_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two seconds of two channels of noise, 16 bit, under a name with an @."""
    path = tmp_path / "a@home.wav"
    noise = np.random.default_rng(0).normal(size=(2 * RATE, 2)) * 0.1
    soundfile.write(path, noise, RATE, subtype="PCM_16")
    return path


def hear_all(source: Source) -> np.ndarray:
    """All frames of a source, until it has ended."""
    source.start()
    heard = []
    end = time.monotonic() + 20
    while not source.ended:
        assert time.monotonic() < end
        heard += [one.frames for one in source.read()]
        time.sleep(0.002)
    source.close()
    return np.concatenate(heard)


def test_a_file_as_fast_as_possible(path: Path) -> None:
    source = open_live(f"wav:{path}@max")
    expected, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(hear_all(source), expected)
    assert (source.rate_hz, source.channels, source.paced) == (RATE, 2, False)


@pytest.mark.parametrize(("speed", "seconds"), [("@4x", 0.5), ("", 2.0)])
def test_a_file_at_a_pace(path: Path, speed: str, seconds: float) -> None:
    started = time.monotonic()
    frames = hear_all(open_live(f"wav:{path}{speed}"))
    assert len(frames) == 2 * RATE
    assert seconds * 0.95 < time.monotonic() - started < seconds + 5


def test_a_file_that_ends_early_says_so(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5_000])
    with pytest.raises(FetalHemoError, match="E-TRUNCATED"):
        open_live(f"wav:{path}")
    flac = path.with_suffix(".flac")
    soundfile.write(flac, np.random.default_rng(0).normal(size=20 * RATE) * 0.1, RATE)
    flac.write_bytes(flac.read_bytes()[:-60_000])
    source = FileSource(flac, None)
    assert len(hear_all(source)) > 0
    assert source.error is not None
    assert source.error.code in ("E-TRUNCATED", "E-DAMAGED")


def test_closing_a_file_that_still_plays(path: Path) -> None:
    source = FileSource(path, 0.01)
    source.start()
    started = time.monotonic()
    source.close()
    assert time.monotonic() - started < 4  # a piece of 0.05 s would last 5 s at this pace


def test_raw_samples_cut_anywhere() -> None:
    reading, writing = os.pipe()
    frames = np.random.default_rng(0).integers(-32_768, 32_767, (20_000, 2)).astype("<i2")
    source = RawSource(reading, 4_000, 2)  # 80 kB go through a ring of 64 kB
    source.start()
    data = frames.tobytes() + b"\x01\x02\x03"  # a part of a frame at the end is no frame
    heard = []
    for start in range(0, len(data), 777):
        os.write(writing, data[start : start + 777])
        heard += source.read()
    os.close(writing)
    while not source.ended:
        heard += source.read()
    source.close()
    assert np.array_equal(np.concatenate([one.frames for one in heard]), frames)


@pytest.mark.parametrize(("rate", "channels"), [(100, 1), (4_000, 0), (4_000, 9)])
def test_raw_layouts_that_no_recording_has(rate: int, channels: int) -> None:
    with pytest.raises(FetalHemoError, match=r"E-SAMPLE-RATE|E-CHANNELS"):
        RawSource(0, rate, channels)


@pytest.mark.parametrize(
    "text",
    ["", "serial:", "serial", "radio", "wav:", "stdin:x", "wav:a@0x", "wav:a@0.0000000000001x"],
)
def test_sources_of_no_known_form(text: str) -> None:
    with pytest.raises(FetalHemoError, match="E-USAGE"):
        open_live(text)


def test_files_that_are_not_there() -> None:
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        open_live("wav:/nowhere.wav@1x")


def test_a_sound_card_needs_its_library() -> None:
    try:
        import sounddevice  # noqa: F401
    except (ImportError, OSError):
        with pytest.raises(FetalHemoError, match="E-NEEDS-EXTRA"):
            open_live("sounddevice")
    else:
        with pytest.raises(FetalHemoError, match="E-SOURCE"):
            open_live("sounddevice:no card has this name")


def test_the_callback_of_a_sound_card_drops_and_says_where() -> None:
    """Called as PortAudio does: raw buffers, and a flag when the card itself was too late."""
    blocks = BlockRing(RATE)
    size = RATE // 10
    fine, late = SimpleNamespace(input_overflow=False), SimpleNamespace(input_overflow=True)
    sent = np.arange(1, 11)
    for number in sent:
        status = late if number == 4 else fine
        buffer = bytearray(np.full(size, number, np.int16).tobytes())
        blocks.callback(buffer, size, None, status)
    heard = blocks.read()
    values = [(int(one.frames[0, 0]), one.lost, len(one.frames)) for one in heard]
    expected = [(int(n), False, size) for n in sent]
    expected.insert(3, (0, True, size))
    assert values == expected
    assert blocks.dropped == size


def test_a_listener_that_sleeps_loses_blocks_but_not_time() -> None:
    blocks = BlockRing(RATE)
    fine = SimpleNamespace(input_overflow=False)
    block = memoryview(np.ones(RATE, np.int16)).cast("B")
    for _ in range(RING_S + 5):  # seconds
        blocks.callback(block, RATE, None, fine)
    heard = blocks.read()
    blocks.callback(block, RATE, None, fine)
    heard += blocks.read()
    assert sum(len(one.frames) for one in heard) == (RING_S + 6) * RATE
    assert sum(len(one.frames) for one in heard if one.lost) == blocks.dropped
    assert 5 * RATE <= blocks.dropped <= 6 * RATE


def test_an_hour_that_a_listener_slept_takes_no_memory() -> None:
    blocks = BlockRing(48_000)
    block = memoryview(np.ones(48_000, np.int16)).cast("B")
    for _ in range(3_600):  # seconds
        blocks.callback(block, 48_000, None, SimpleNamespace(input_overflow=False))
    blocks.read()
    blocks.callback(block, 48_000, None, SimpleNamespace(input_overflow=False))
    tracemalloc.start()
    silence, last = blocks.read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert silence.lost
    assert silence.frames.shape == (blocks.dropped, 1)
    assert blocks.dropped > 3_500 * 48_000
    assert len(last.frames) == 48_000
    assert peak < 1_000_000
