"""Several views of a window become one embedding; any subset of them will do."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fetal_hemo.encoders.attention import masked_softmax


class ViewFusion(nn.Module):
    """Window embeddings `(batch, windows, features)` of `(batch, windows, views, features)`.

    With them the attention `(batch, windows, views)` under the mask: a missing view weighs 0.
    """

    def __init__(self, views: int, features: int) -> None:
        super().__init__()
        self.project = nn.ModuleList(nn.Linear(features, features) for _ in range(views))
        self.score = nn.Linear(features, 1)

    def forward(self, embeddings: Tensor, view_mask: Tensor) -> tuple[Tensor, Tensor]:
        views = [layer(embeddings[:, :, v]) for v, layer in enumerate(self.project)]
        stacked = torch.stack(views, dim=2)
        scores = self.score(torch.tanh(stacked)).squeeze(-1)
        weights = masked_softmax(scores, view_mask, dim=-1)
        return (weights.unsqueeze(-1) * stacked).sum(dim=2), weights
