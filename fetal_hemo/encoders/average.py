"""What the windows of a recording say on average, view by view, past all attention."""

from __future__ import annotations

from torch import Tensor, nn


class ViewAverage(nn.Module):
    """Part of the recording embedding `(batch, embedding)` that is linear in the views.

    `views` `(batch, windows, views, features)` are averaged over the windows in which each is
    there. An interval of the heart differs between women by less than one window tells of it; a
    mean over windows keeps it, whereas attention that has little to learn from may lose it. A
    window's share is `features` numbers, so that a microcontroller can keep it until it knows
    which windows count.
    """

    def __init__(self, views: int, features: int, embedding: int) -> None:
        super().__init__()
        self.measure = nn.Linear(views * features, features)
        self.tell = nn.Linear(features, embedding)

    def forward(self, views: Tensor, view_mask: Tensor, window_mask: Tensor) -> Tensor:
        there = (view_mask * window_mask.unsqueeze(-1)).unsqueeze(-1)
        mean = (views * there).sum(dim=1) / there.sum(dim=1).clamp_min(1.0)
        part: Tensor = self.tell(self.measure(mean.flatten(1)))
        return part
