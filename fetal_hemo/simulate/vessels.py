"""Blood that is not in the fetal heart: the umbilical hiss, the maternal pulse.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.beam import Beam
from fetal_hemo.simulate.narrowband import control_length, narrowband, wander
from fetal_hemo.simulate.sources import add_pulses, arch, gain

VEIN_CM_S = (7.0, 12.6)  # S: umbilical vein 12.6 cm/s, times the cosine
MATERNAL_BPM = (87.0, 12.0)  # S
MATERNAL_CM_S = (2.8, 7.0)  # I


def vessels(beam: Beam, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Umbilical hiss and, in some positions, the maternal pulse, float32 `(samples,)`."""
    length = control_length(samples)
    steady = np.full(length, beam.hz_per_cm_s * rng.uniform(*VEIN_CM_S) * beam.cosine)
    breath = 1 + 0.3 * np.clip(wander(length, 1.0, rng), -2, 2)
    sound = gain(beam.vein_db) * narrowband(steady, breath, 70.0, samples, rng)
    if beam.maternal_db is not None:
        rate = float(np.clip(rng.normal(*MATERNAL_BPM), 60, 120))
        pulses = np.arange(-1.0, samples / SAMPLE_RATE_HZ + 1.0, 60.0 / rate) + rng.random()
        track = add_pulses(pulses, np.ones(len(pulses)), arch(0.25), length)
        centre = np.full(length, beam.hz_per_cm_s * rng.uniform(*MATERNAL_CM_S))
        sound += gain(beam.maternal_db) * narrowband(centre, track, 60.0, samples, rng)
    return sound
