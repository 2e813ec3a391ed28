"""How the probe lies on the belly, and what it hears best from there.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fetal_hemo.constants import CARRIER_HZ_PER_CM_S

ANGLE_DEGREES = (0.0, 50.0)  # I, S: insonation is by hand
WALL_FACTOR = (1.0, 1.8)  # S: right ventricle up to 1.35 of the left; I: annulus and leaflets
LOBE_WIDTH_HZ = (25.0, 75.0)  # I: spread of velocities in the beam
VALVE_DB = (-20.0, -5.0)  # I: against the dominant lobe
FLOW_DB = (-30.0, -12.0)  # I: leakage above 700 Hz
VEIN_DB = (-32.0, -14.0)  # I: continuous hiss
MATERNAL_CHANCE, MATERNAL_DB = 0.10, (-26.0, -12.0)  # I
USUAL_CARRIER_MHZ = 3.3


@dataclass(frozen=True)
class Beam:
    """How the probe lies: angle, what it hears best, and levels in dB against the wall lobes."""

    cosine: float
    wall_factor: float
    width_hz: float
    valve_db: float
    flow_db: float
    vein_db: float
    maternal_db: float | None
    carrier_mhz: float = USUAL_CARRIER_MHZ

    @property
    def hz_per_cm_s(self) -> float:
        """Doppler shift of a reflector that moves along the beam."""
        return CARRIER_HZ_PER_CM_S * self.carrier_mhz / USUAL_CARRIER_MHZ


def draw_beam(rng: np.random.Generator, carrier_mhz: float = USUAL_CARRIER_MHZ) -> Beam:
    """A probe position."""
    heard = rng.random() < MATERNAL_CHANCE
    return Beam(
        cosine=float(np.cos(np.deg2rad(rng.uniform(*ANGLE_DEGREES)))),
        wall_factor=float(rng.uniform(*WALL_FACTOR)),
        width_hz=float(rng.uniform(*LOBE_WIDTH_HZ)),
        valve_db=float(rng.uniform(*VALVE_DB)),
        flow_db=float(rng.uniform(*FLOW_DB)),
        vein_db=float(rng.uniform(*VEIN_DB)),
        maternal_db=float(rng.uniform(*MATERNAL_DB)) if heard else None,
        carrier_mhz=carrier_mhz,
    )
