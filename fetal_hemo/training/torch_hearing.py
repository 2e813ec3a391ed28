"""The trained model as an explanation asks for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from fetal_hemo.constants import VIEWS, WINDOW_S
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.explain.hearing import Heard, Weighed
from fetal_hemo.training.randomness import seed_initial_weights
from fetal_hemo.training.scoring import positive_margin

BLOCK = 16  # windows at once


@dataclass(frozen=True)
class TorchHearing:
    """The trained model."""

    model: ScreeningModel

    @torch.no_grad()
    def hear(self, windows: NDArray[np.float32]) -> Heard:
        """See `Hearing`; in float32, as the model was trained."""
        self.model.eval()
        parts = torch.from_numpy(np.ascontiguousarray(windows)).split(BLOCK)
        found = [self.model.encode_views(self.model.front_end.for_encoders(p)) for p in parts]
        embeddings = torch.cat([views.embeddings for views in found])
        attention = torch.cat([views.beat_attention for views in found])
        return Heard(embeddings.numpy(), attention.numpy())

    @torch.no_grad()
    def weigh(self, embeddings: NDArray[np.float32], usable: NDArray[np.bool_]) -> Weighed:
        """See `Hearing`."""
        views = torch.from_numpy(embeddings)[None]
        start_s = torch.arange(len(usable))[None] * WINDOW_S
        mask = torch.from_numpy(usable.astype(np.float32))[None]
        every = torch.ones(1, len(usable), len(VIEWS))
        found = self.model.encode_recording(views, start_s, every, mask)
        return Weighed(
            float(positive_margin(found.logits)[0]),
            found.window_attention[0].numpy(),
            found.view_attention[0].numpy(),
        )

    def randomised(self, seed: int) -> TorchHearing:
        """See `Hearing`: first weights, drawn anew."""
        seed_initial_weights(seed)
        return TorchHearing(ScreeningModel(self.model.size).eval())
