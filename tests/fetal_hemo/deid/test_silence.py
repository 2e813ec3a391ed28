"""Speech replaced: outside bit for bit, inside no words, and with `beat` still a heart rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid.clean_audio import clean_audio
from fetal_hemo.deid.silence import FADE_S, Silencer, beat_noise, fade
from fetal_hemo.deid.speech import Span, SpeechFinder
from fetal_hemo.simulate.speech import speech
from firmware_bridge.constants import WINDOW_SAMPLES
from firmware_bridge.decode import Source

from .conftest import RATE, heart_sound, with_speech

STEP = 2.0**-15


def silenced(way: str, sound: np.ndarray, *spans: Span) -> np.ndarray:
    blocks = (sound[i : i + WINDOW_SAMPLES, None] for i in range(0, len(sound), WINDOW_SAMPLES))
    silencer = Silencer(way, np.random.default_rng(1))
    pieces = silencer.blocks(Source(RATE, 1, "", blocks), spans, STEP)
    return np.concatenate(list(pieces))[:, 0]


def spectrogram(x: np.ndarray) -> np.ndarray:
    """Log power `(frames, frequencies)` in the band that `beat` fills, 150 to 530 Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(x, 128)[::40] * np.hanning(128)
    return np.log(np.abs(np.fft.rfft(frames, axis=1)[:, 5:18]) ** 2 + 1e-6)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of what is left of two spectrograms when loudness over time is taken out."""
    fine = [s - s.mean(1, keepdims=True) - s.mean(0) for s in map(spectrogram, (a, b))]
    return float(np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1])


@pytest.mark.parametrize("way", ["mute", "beat"])
def test_nothing_outside_is_touched(way: str) -> None:
    sound = heart_sound(20)
    span = Span(3.1, 9.7)  # over two borders of blocks
    after = silenced(way, sound, span)
    inside = slice(round(3.1 * RATE), round(9.7 * RATE))
    changed = np.flatnonzero(after != sound)
    assert inside.start <= changed[0]
    assert changed[-1] < inside.stop
    assert len(changed) > 0.99 * (inside.stop - inside.start)
    assert np.abs(np.diff(after[inside.start - 5 : inside.start + 5])).max() < 0.1  # no click


def test_fades_rise_inside_a_span_and_not_at_the_start_of_the_file() -> None:
    weight = fade(0, 4 * RATE, RATE, [Span(0.0, 1.0), Span(2.0, 3.0)])
    assert weight[0] == 1.0
    assert weight[2 * RATE] == 0.0
    assert weight[round((2 + FADE_S) * RATE)] == pytest.approx(1.0)
    assert not weight[RATE : 2 * RATE].any()
    assert not weight[3 * RATE :].any()


def test_muted_speech_is_a_hiss_of_one_step() -> None:
    after = silenced("mute", with_speech(12, 3, 9), Span(3.0, 9.0))
    inside = after[round(3.1 * RATE) : round(8.9 * RATE)]
    assert set(np.unique(inside)) == {-STEP, STEP}


@pytest.mark.parametrize("way", ["mute", "beat"])
def test_the_fine_structure_of_speech_is_gone(way: str) -> None:
    words = 0.15 * speech(6 * RATE, np.random.default_rng(2)).astype(float)
    quieter = 0.3 * words + 1e-3 * np.random.default_rng(4).standard_normal(len(words))
    assert likeness(words, quieter) > 0.7  # the measure would notice
    assert abs(likeness(words, silenced(way, words, Span(0.0, 6.0)))) < 0.1


def test_beat_keeps_the_loudness_and_the_rate(finder: SpeechFinder) -> None:
    sound = heart_sound(7.5, bpm=144)
    after = beat_noise(sound[:, None], np.random.default_rng(5).standard_normal((30_000, 1)), RATE)
    assert after.std() == pytest.approx(sound.std(), rel=0.2)
    windows = after.reshape(2, WINDOW_SAMPLES).astype(np.float32)
    assert finder._runner.run(windows).heart_rate_bpm == pytest.approx([144, 144], abs=3)


def test_speech_in_a_file_is_found_and_taken_out(tmp_path: Path, finder: SpeechFinder) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "b.flac"
    soundfile.write(source, with_speech(40, 14, 24), RATE, "PCM_16")
    made = clean_audio(source, target, finder, Silencer("mute"))
    (span,) = made.speech
    assert 11 < span.start_s < 15
    assert 23 < span.stop_s < 27
    before, after = (soundfile.read(path, dtype="int16")[0] for path in (source, target))
    first, last = round(span.start_s * RATE), round(span.stop_s * RATE)
    assert np.array_equal(before[:first], after[:first])
    assert np.array_equal(before[last:], after[last:])
    quiet = after[first + 100 : last - 100]
    assert set(np.unique(quiet)) == {-1, 1}


def test_speech_in_the_second_channel_is_taken_out_of_both(
    tmp_path: Path, finder: SpeechFinder
) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "b.flac"
    room = with_speech(30, 10, 20)
    soundfile.write(source, np.stack([heart_sound(30), room], axis=1), RATE, "PCM_16")
    clean_audio(source, target, finder, Silencer("mute"))
    after, _ = soundfile.read(target, dtype="int16")
    assert np.abs(after[12 * RATE : 18 * RATE]).max() == 1
    assert np.abs(after[: 5 * RATE]).max(axis=0).min() > 100


def test_a_recording_of_nothing_but_speech_is_not_a_dead_file(
    tmp_path: Path, finder: SpeechFinder
) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "b.flac"
    soundfile.write(source, with_speech(10, 0, 10), RATE, "PCM_16")
    made = clean_audio(source, target, finder, Silencer("mute"))
    assert made.speech == (Span(0.0, 10.0),)
    again = clean_audio(target, tmp_path / "c.flac", finder, None)
    assert again.speech == ()
