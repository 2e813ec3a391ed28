"""Why values of so few women are not shown: a quartile of them could be one woman's own value."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.subgroup_columns import UNKNOWN

FEWEST_WOMEN = 10
TOO_FEW = f"fewer than {FEWEST_WOMEN} women: not shown"


def why_not_shown(women: ArrayLike) -> str:
    """The reason not to tell quartiles or shares of rows of these women; empty where there is none.

    `women` are those of the rows `(rows,)` whose value is known.
    """
    count = len(np.unique(np.asarray(women)))
    if not count:
        return UNKNOWN
    return TOO_FEW if count < FEWEST_WOMEN else ""
