"""What a site does to recordings: how much is poor, disturbed or talked over there."""

from __future__ import annotations

import numpy as np

from fetal_hemo.simulate.streams import Purpose, stream

LOG_SPREAD = 0.4  # I: between sites, of the share of each trouble
TROUBLES = ("poor", "interference", "talking")


def trouble_at(seed: int, site: int) -> dict[str, float]:
    """How often each trouble happens at a site, relative to the usual share.

    The higher a site's number the noisier on the whole, so that a site which sees more women with
    high pressure can be told by quality alone.
    """
    rng = stream(seed, Purpose.SITE, site)
    return {name: float(np.exp(LOG_SPREAD * (rng.normal() + site - 1))) for name in TROUBLES}
