"""One damaged sound file or sidecar: read as finite audio, or refused with a code."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import soundfile

from fetal_hemo.recordings.sidecar import Sidecar, SourceFacts, parse_sidecar
from firmware_bridge.audio import read_audio
from firmware_bridge.errors import CATALOGUE, EXIT_DATA, FetalHemoError
from tests.torture.damage import damaged

SECONDS = 4.5
KINDS = (
    *(("WAV", sub, rate) for sub in ("PCM_16", "PCM_24", "FLOAT") for rate in (1_000, 4_000)),
    *(("WAV", "PCM_U8", 8_000), ("WAV", "ULAW", 8_000), ("WAVEX", "PCM_16", 44_100)),
    *(("RF64", "PCM_16", 4_000), ("WAV", "IMA_ADPCM", 8_000), ("WAV", "PCM_16", 192_000)),
    *(("FLAC", "PCM_16", rate) for rate in (1_000, 4_000, 48_000, 192_000)),
    *(("FLAC", "PCM_24", 4_000), ("OGG", "VORBIS", 8_000), ("OGG", "VORBIS", 44_100)),
    *(("OGG", "OPUS", 16_000), ("MP3", "MPEG_LAYER_III", 16_000)),
    ("MP3", "MPEG_LAYER_III", 44_100),
)
SIDECAR = Sidecar(
    "R1", "a" * 64, 20_000, 4_000, 0.5, None, 2_000.0, 0.0,
    SourceFacts("b" * 64, "WAV", "PCM_16", 8_000, 40_000, 2, 1),
)  # fmt: skip


class Originals:
    """Sound files by kind; those that are quick to read are drawn more often."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = [self._make(*kind) for kind in KINDS]
        self.weights = [1.0 if rate > 16_000 else 5.0 for _, _, rate in KINDS]

    def _make(self, form: str, sub: str, rate: int) -> bytes:
        noise = np.random.default_rng(rate).normal(size=round(SECONDS * rate)) * 0.1
        path = self.folder / "original"
        soundfile.write(path, noise, rate, format=form, subtype=sub)
        return path.read_bytes()

    def draw(self, draw: random.Random) -> bytes:
        """The bytes of one of them."""
        return draw.choices(self.made, self.weights)[0]


def prepare(folder: Path) -> Originals:
    """The originals."""
    return Originals(folder)


def one(originals: Originals, draw: random.Random) -> str:
    """`read`, or the code of the refusal."""
    if draw.random() < 0.05:
        return _sidecar(draw)
    path = originals.folder / f"a.{draw.choice(('wav', 'flac', 'ogg', 'mp3', 'x'))}"
    path.write_bytes(damaged(originals.draw(draw), draw))
    refusal = None
    try:
        audio = read_audio(path)
    except FetalHemoError as error:
        refusal = error.with_traceback(None)  # or it would keep all that was read
    finally:
        path.unlink()
    if refusal is not None:
        assert CATALOGUE[refusal.code].exit_status == EXIT_DATA, refusal.code
        assert "\n" not in refusal.line()
        return refusal.code
    assert np.isfinite(audio.samples).all()
    assert len(audio.samples) >= 15_000
    assert 1 <= audio.channels <= 8
    return "read"


def _sidecar(draw: random.Random) -> str:
    """A sidecar whose seal is broken is refused; damage that puts back what was there is none."""
    original = SIDECAR.to_bytes()
    data = damaged(original, draw)
    try:
        found = parse_sidecar(data)
    except ValueError:
        return "sidecar refused"
    assert found == SIDECAR
    assert data == original
    return "sidecar unchanged"
