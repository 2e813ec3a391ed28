"""An array that grows at its end without keeping its pieces."""

from __future__ import annotations

import numpy as np

FIRST = 2**18  # 65 s at 4 kHz, 1 MB


class Growing:
    """float32 samples; room doubles, so that appending all of them copies each about once."""

    def __init__(self) -> None:
        self._room = np.empty(FIRST, np.float32)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, piece: np.ndarray) -> None:
        """Put the `(time,)` piece at the end."""
        needed = self._length + len(piece)
        if needed > len(self._room):
            larger = np.empty(max(needed, 2 * len(self._room)), np.float32)
            larger[: self._length] = self._room[: self._length]
            self._room = larger
        self._room[self._length : needed] = piece
        self._length = needed

    def drop(self, count: int) -> None:
        """Forget the first `count` samples."""
        self._room[: self._length - count] = self._room[count : self._length]
        self._length -= count

    def view(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """The samples from `start` to `stop`: read them only, and before the next piece."""
        return self._room[: self._length][start:stop]
