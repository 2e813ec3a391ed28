"""Visits of one woman become one view of the latest: attention over her earlier visits."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fetal_hemo.encoders.attention import masked_softmax

TIME_PERIODS_DAYS = (14.0, 28.0, 56.0, 112.0, 280.0)  # from the next visit to a pregnancy


class VisitAttention(nn.Module):
    """Each visit `(women, visits, features)` in the light of those before it, and attention.

    The attention is `(women, visits, visits)`: row `i` weighs the visits up to `i`, never a later
    one, so that a visit is judged as it would have been on its day. `day` (women, visits) is the
    gestational age in days, gaps between visits included. What a first visit says is left as it
    is: with nothing before it there is no correction.

    `ScreeningModel` has no part of it, and no bundle: only the row of the hypertension benchmark
    that looks at earlier visits trains it, on embeddings of single visits. It exports to ONNX.
    """

    def __init__(self, features: int, hidden: int = 16) -> None:
        super().__init__()
        timed = features + 2 * len(TIME_PERIODS_DAYS)
        self.query, self.key = nn.Linear(timed, hidden), nn.Linear(timed, hidden)
        self.change = nn.Linear(features, features, bias=False)
        nn.init.zeros_(self.change.weight)  # starts as the model of single visits

    def forward(self, visits: Tensor, day: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        timed = torch.cat([visits, _time_encoding(day)], dim=-1)
        query, key = self.query(timed), self.key(timed)
        scores = torch.matmul(query, key.transpose(1, 2)) / math.sqrt(key.shape[-1])
        past = (day.unsqueeze(1) <= day.unsqueeze(2)).to(visits.dtype) * mask.unsqueeze(1)
        weights = masked_softmax(scores, past, dim=-1)
        seen = torch.matmul(weights, visits)
        return visits + self.change(seen - visits), weights


def _time_encoding(day: Tensor) -> Tensor:
    periods = torch.tensor(TIME_PERIODS_DAYS, dtype=day.dtype, device=day.device)
    phase = 2 * math.pi * day.unsqueeze(-1) / periods
    return torch.cat([torch.sin(phase), torch.cos(phase)], dim=-1)
