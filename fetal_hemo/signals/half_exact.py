"""Tables whose numbers a float16 holds exactly, so that a bundle stores them in half the bytes."""

from __future__ import annotations

import numpy as np


def half_exact(table: np.ndarray) -> np.ndarray:
    """The table as float32, each number rounded to the nearest float16 (3 digits)."""
    return table.astype(np.float16).astype(np.float32)
