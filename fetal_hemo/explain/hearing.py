"""What an explanation asks of a model: window by window, then the recording."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Heard(NamedTuple):
    """`embeddings` (windows, views, embedding) and `beat_attention` (windows, 2, steps)."""

    embeddings: NDArray[np.float32]
    beat_attention: NDArray[np.float32]


class Weighed(NamedTuple):
    """Of a recording: log odds of a positive class, attention over windows and over views."""

    margin: float
    window_attention: NDArray[np.float32]  # (windows,)
    view_attention: NDArray[np.float32]  # (windows, views)


class Hearing(Protocol):
    """A model, trained or exported."""

    def hear(self, windows: NDArray[np.float32]) -> Heard:
        """What is heard in windows `(windows, 15000)` at 4 kHz."""
        ...

    def weigh(self, embeddings: NDArray[np.float32], usable: NDArray[np.bool_]) -> Weighed:
        """What the windows of a recording, those that are `usable`, give together."""
        ...

    def randomised(self, seed: int) -> Hearing:
        """The same without anything learned: an explanation must not survive it."""
        ...
