"""How many bits a recording's samples need, and the gain that fits them into whole numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from firmware_bridge.constants import INT16_SCALE, LARGEST_FLOAT
from firmware_bridge.errors import FetalHemoError

# FLAC holds 8, 16 or 24 bits. Telephone codes (mu-law and the like) decode to 16 bits; floats,
# 32-bit integers, Vorbis and MP3 do not fit exactly and get 24.
BITS = {
    **dict.fromkeys(("PCM_U8", "PCM_S8"), 8),
    **dict.fromkeys(("PCM_16", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610", "G721_32"), 16),
}
MOST_BITS = 24


def bits_for(subtype: str) -> int:
    """8, 16 or 24: what FLAC needs for samples of a subtype as soundfile names it."""
    return BITS.get(subtype, MOST_BITS)


def gain_for(blocks: Iterable[np.ndarray], bits: int) -> float:
    """1, or the power of two that brings the samples of all blocks into -1 to 1.

    Floats that hold int16 values are scaled as `read_audio` scales them. Raises E-NOT-FINITE.
    """
    if bits < MOST_BITS:
        return 1.0
    peak = max((float(np.abs(block).max()) for block in blocks), default=0.0)
    if not np.isfinite(peak):
        raise FetalHemoError("E-NOT-FINITE", "samples that are no numbers")
    gain = 1.0 / INT16_SCALE if peak > LARGEST_FLOAT else 1.0
    while peak * gain > 1.0:
        gain /= 2.0
    return gain
