"""From what the window graph says of every window to the rhythm of the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firmware_bridge.rhythm.beats import find_beats
from firmware_bridge.rhythm.epochs import epoch_bpm
from firmware_bridge.rhythm.rate_track import track_rate

if TYPE_CHECKING:  # training reads the lags of this room and needs no onnxruntime
    from firmware_bridge.runtime import WindowOutputs


@dataclass(frozen=True)
class Rhythm:
    """Rate of every window with its confidence, and all beats, before anything is judged."""

    bpm: np.ndarray  # (windows,)
    confidence: np.ndarray  # (windows,) probability of a pulse within 4 % of that rate
    beats_s: np.ndarray  # (beats,)


def find_rhythm(outputs: WindowOutputs) -> Rhythm:
    """The `Rhythm` of consecutive windows."""
    track = track_rate(outputs.autocorrelation, outputs.dead_share)
    beats_s = find_beats(outputs.beat_envelope, track)
    return Rhythm(epoch_bpm(beats_s, track), track.confidence, beats_s)
