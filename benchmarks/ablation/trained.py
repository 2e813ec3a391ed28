"""A trained network of ours and what it says of the visits of a fold."""

from __future__ import annotations

from typing import NamedTuple

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.scoring import Scores
from fetal_hemo.training.survey import Visit


class Trained(NamedTuple):
    """Scores of the labelled visits of each part, and the network.

    `learned_from` are the visits of `train`; `logit_adjustment` is the share of the class prior
    that the training loss had, `earlier_s` the processor seconds of trainings that were kept.
    """

    train: Scores
    validation: Scores
    test: Scores
    learned_from: tuple[Visit, ...]
    model: ScreeningModel
    logit_adjustment: float
    earlier_s: float
