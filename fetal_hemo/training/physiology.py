"""What a simulator knows of a heart, as something to learn: its rate, intervals and velocities.

No blood pressure is among it: an encoder that can tell them has learned to measure. A real cohort
has no such truth; what was learned on a simulated one is fine-tuned on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.truth import from_truth


class Quantity(NamedTuple):
    """A number of the truth's `fetus`: its typical value, and the spread of its logarithm."""

    name: str
    typical: float
    log_spread: float


# Of 15 to 40 weeks, as the simulator draws them at no effect of pressure; they only set the scale.
QUANTITIES = (
    Quantity("rate_bpm", 139.0, 0.068),
    Quantity("stv_ms", 7.1, 0.33),
    Quantity("ltv_ms", 40.0, 0.38),
    Quantity("emd_ms", 39.6, 0.083),
    Quantity("ict_ms", 28.1, 0.107),
    Quantity("et_ms", 173.5, 0.048),
    Quantity("irt_ms", 35.8, 0.163),
    Quantity("systole_cm_s", 5.0, 0.175),
    Quantity("early_cm_s", 5.4, 0.26),
    Quantity("atrial_cm_s", 7.1, 0.121),
    Quantity("weeks", 28.3, 0.225),
)


def known_physiology(cohort: Cohort, visits: Sequence[Visit]) -> Tensor:
    """`(visits, quantities)` log values over their spread, 0 at the typical one, NaN if unknown.

    Raises E-COHORT where a recording has no truth, as no real one has.
    """
    ids = [visit.recording.recording_id for visit in visits]
    return torch.tensor([from_truth(cohort, recording_id, _of_heart) for recording_id in ids])


def _of_heart(truth: dict[str, Any]) -> list[float]:
    return [_scaled(quantity, truth["fetus"][quantity.name]) for quantity in QUANTITIES]


def _scaled(quantity: Quantity, value: float | None) -> float:
    if value is None:  # a borrowed rhythm does not follow the drawn heart
        return math.nan
    return math.log(value / quantity.typical) / quantity.log_spread


def physiology_loss(told: Tensor, known: Tensor) -> Tensor:
    """Mean squared error over what is known of `(visits, quantities)`; 0 where nothing is."""
    there = known.isfinite()
    errors = torch.where(there, told - known, 0.0)
    return (errors**2).sum() / there.sum().clamp_min(1)


def explained(told: Tensor, known: Tensor) -> dict[str, float]:
    """Share of the variance explained, `R2`, by quantity; those left out do not vary."""
    found = {}
    for column, quantity in enumerate(QUANTITIES):
        there = known[:, column].isfinite()
        true, said = known[there, column].double(), told[there, column].double()
        spread = ((true - true.mean()) ** 2).sum() if len(true) else torch.zeros(())
        if spread > 0:
            found[quantity.name] = 1 - float(((said - true) ** 2).sum() / spread)
    return found
