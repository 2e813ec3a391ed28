"""What a site does to recordings: how much is poor, disturbed or talked over there."""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.streams import Purpose, stream

LOG_STEP = 0.8  # I: from each site to the next noisier one, of the share of all troubles
LOG_SPREAD = 0.25  # I: between sites, of the share of each trouble
TROUBLES = ("poor", "interference", "talking")


def trouble_at(seed: int, site: int) -> dict[str, float]:
    """How often each trouble happens at a site, relative to the usual share.

    The higher a site's number the noisier on the whole, so that a site which sees more women with
    high pressure can be told by quality alone.
    """
    rng = stream(seed, Purpose.SITE, site)
    steps = LOG_STEP * (site - 1)
    return {name: float(np.exp(steps + LOG_SPREAD * rng.normal())) for name in TROUBLES}
