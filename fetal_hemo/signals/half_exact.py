"""Tables whose numbers a float16 holds exactly, so that a bundle stores them in half the bytes."""

from __future__ import annotations

import numpy as np


def half_exact(table: np.ndarray) -> np.ndarray:
    """The table as float32, each number rounded to a float16 (3 digits).

    By way of float32, as onnxruntime rounds a double: a bundle that makes the table when it loads
    then has the same bits.
    """
    return table.astype(np.float32).astype(np.float16).astype(np.float32)
