"""Gaps in a stream: samples that never arrived must not be heard as signal."""

from __future__ import annotations

import numpy as np

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.runtime import Outputs

SILENT = QUALITY_CLASSES.index("silent")


def silence_gaps(outputs: Outputs, lost_share: np.ndarray) -> Outputs:
    """The outputs with every window that lost samples, `(windows,)` shares, silent and dead.

    Even one lost frame counts: the edges of the silence that stands for it sound like clicks, and
    a valve's click is what the model listens to. A dead window gets no rate and is not usable.
    """
    lost = lost_share > 0
    if not lost.any():
        return outputs
    quality, dead_share = outputs.quality.copy(), outputs.dead_share.copy()
    quality[lost] = np.eye(len(QUALITY_CLASSES), dtype=quality.dtype)[SILENT]
    dead_share[lost] = 1.0
    return outputs._replace(quality=quality, dead_share=dead_share)
