"""What a stored 4 kHz copy says of its source: that it held nothing above some frequency.

A copy of a 1 kHz recording has nothing above 500 Hz, though its own rate would allow 2,000.
"""

from __future__ import annotations

import math
import re

NOTE = re.compile(r"band_limit_hz=([0-9]{1,6}(?:\.[0-9]{1,6})?)")


def band_note(limit_hz: float) -> str:
    """The comment for a sound file that holds nothing above `limit_hz`."""
    return f"band_limit_hz={limit_hz:.6f}".rstrip("0").rstrip(".")


def noted_limit_hz(comment: str) -> float:
    """The limit in a sound file's comment, infinite when the comment is something else."""
    found = NOTE.fullmatch(comment)
    limit = float(found[1]) if found else 0.0
    return limit if limit > 0 else math.inf
