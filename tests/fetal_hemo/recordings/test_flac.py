"""FLAC of a cohort: the very samples in int16, block by block as in one go, and no tags."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from fetal_hemo.recordings.flac import BLOCK, flac


def test_samples_gain_and_clipping() -> None:
    samples = np.array([0.0, 0.25, -0.5, 0.75, -1.5, 1e-9], np.float32).repeat(5_000)
    found, rate = soundfile.read(io.BytesIO(flac(samples, gain=2.0)), dtype="int16")
    assert rate == 4_000
    assert found[::5_000].tolist() == [0, 16_384, -32_768, 32_767, -32_768, 0]


def test_many_blocks_are_as_one() -> None:
    samples = np.random.default_rng(0).normal(size=2 * BLOCK + 17).astype(np.float32) * 0.2
    whole = io.BytesIO()
    integers = np.rint(samples * 32_768).clip(-32_768, 32_767).astype(np.int16)
    soundfile.write(whole, integers, 4_000, format="FLAC", subtype="PCM_16")
    assert flac(samples) == whole.getvalue()


def test_there_is_no_tag_but_the_comment() -> None:
    samples = np.zeros(4_000, np.float32)
    for comment in ("", "band_limit_hz=500"):
        with soundfile.SoundFile(io.BytesIO(flac(samples, comment=comment))) as file:
            tags = {name: text for name, text in file.copy_metadata().items() if text}
        assert tags == ({"comment": comment} if comment else {})
