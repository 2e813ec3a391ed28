"""A sound file -> the same samples as FLAC without any tag, words taken out if asked for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from fetal_hemo.deid.depth import bits_for, gain_for
from fetal_hemo.deid.flac_blocks import copy_bare
from fetal_hemo.deid.silence import Silencer
from fetal_hemo.deid.speech import Span, SpeechFinder
from firmware_bridge.band_note import band_note
from firmware_bridge.decode import Source, open_source
from firmware_bridge.errors import FetalHemoError

CONTAINER_BITS = 32  # soundfile takes int32 with the sample in its highest bits


@dataclass(frozen=True)
class CleanAudio:
    """What was written, and the speech heard in it; `source_sha256` is for the key file only."""

    sha256: str
    n_samples: int
    rate_hz: int
    speech: tuple[Span, ...]
    source_sha256: str


def clean_audio(
    source: Path, target: Path, finder: SpeechFinder, silencer: Silencer | None
) -> CleanAudio:
    """`CleanAudio` after writing `target`: rate, channels and samples of `source`, no metadata.

    Only the note that a copy made by `ingest` holds nothing above some frequency is written anew.
    Samples of 8, 16 and 24 bits stay as they are, bit for bit, outside silenced speech; others
    are stored with 24. Raises the errors of `read_audio`; E-STORAGE when writing fails.
    """
    with open_source(source) as audio:
        bits = bits_for(audio.subtype)
        gain = gain_for(audio.blocks, bits)
    speech = finder.find(source)
    raw = target.with_suffix(".part")
    try:
        with open_source(source) as audio:
            step = 2.0 ** (1 - bits) / gain
            pieces = silencer.blocks(audio, speech, step) if silencer else audio.blocks
            count = _encode(raw, audio, pieces, bits, gain)
        copy_bare(raw, target, _note(audio.band_limit_hz))
    finally:
        raw.unlink(missing_ok=True)
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return CleanAudio(sha256, count, audio.rate_hz, speech, audio.sha256)


def _note(limit_hz: float) -> str:
    """In whole hertz: more digits could say more than a frequency."""
    return band_note(round(limit_hz)) if 1.0 <= limit_hz < math.inf else ""


def _encode(path: Path, audio: Source, pieces: Iterator[np.ndarray], bits: int, gain: float) -> int:
    """The number of frames written."""
    count = 0
    subtype = "PCM_S8" if bits == 8 else f"PCM_{bits}"
    try:
        with soundfile.SoundFile(
            path, "w", audio.rate_hz, audio.channels, subtype, format="FLAC"
        ) as flac:
            for piece in pieces:
                flac.write(_whole_numbers(piece, bits, gain))
                count += len(piece)
    except (soundfile.LibsndfileError, AssertionError):  # the latter for samples not taken
        raise FetalHemoError("E-STORAGE", "the audio cannot be written") from None
    return count


def _whole_numbers(piece: np.ndarray, bits: int, gain: float) -> np.ndarray:
    """Int32 `(time, channels)` of float samples; exact where the source had as many bits."""
    full = 2 ** (bits - 1)
    scaled = np.rint(piece.astype(np.float64) * (gain * full))
    return np.clip(scaled, -full, full - 1).astype(np.int32) << (CONTAINER_BITS - bits)
