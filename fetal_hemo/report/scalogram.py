"""What the front end sees of a recording, joined over its windows for pictures."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from fetal_hemo.constants import BANDS, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.envelope import LOG_FLOOR

BATCH = 16  # windows at a time, so that memory stays flat
LOWEST = -20.0  # far below any magnitude that is heard
EDGE = 3  # frames, 15 ms


class Seen(NamedTuple):
    """`scalogram` (bands, frames) log magnitudes relative to each window's level; `envelope`
    (frames,) relative to its window's mean, 0 in digital silence. 200 frames a second."""

    scalogram: NDArray[np.float32]
    envelope: NDArray[np.float32]


@torch.no_grad()
def see(samples: NDArray[np.floating[Any]]) -> Seen:
    """The `Seen` of the whole windows of `(time,)` samples at 4 kHz."""
    signal = np.asarray(samples, dtype=np.float32)
    count = len(signal) // WINDOW_SAMPLES
    if count == 0:
        return Seen(np.zeros((BANDS, 0), dtype=np.float32), np.zeros(0, dtype=np.float32))
    batches = torch.from_numpy(signal[: count * WINDOW_SAMPLES].reshape(count, -1)).split(BATCH)
    front_end = FrontEnd().eval()
    pictures, envelopes = [], []
    for batch in batches:
        signals = front_end(batch)
        # A window of digital silence has no level of its own.
        silent = signals.dead_share > 0.5
        pictures.append(signals.scalogram.masked_fill(silent[:, None, None], LOWEST))
        envelope = (signals.envelope.exp() - LOG_FLOOR).mean(dim=1)
        envelopes.append(envelope.masked_fill(silent[:, None], 0.0))
    picture = torch.cat(pictures)
    # The signal is reflected at a window's ends, which would show as a line in every window.
    picture[:, :, :EDGE] = picture[:, :, EDGE : EDGE + 1]
    picture[:, :, -EDGE:] = picture[:, :, -EDGE - 1 : -EDGE]
    joined = picture.permute(1, 0, 2).reshape(BANDS, -1).numpy()
    return Seen(joined, torch.cat(envelopes).reshape(-1).numpy())
