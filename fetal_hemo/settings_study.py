"""The settings of a cross-validated study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fetal_hemo.constraints import Between
from fetal_hemo.limits import Seed

Kind = Literal["cross_validation", "leave_site_out", "leave_device_out", "temporal"]


@dataclass(frozen=True)
class Study:
    """Who is held out, and what is chosen inside a fold."""

    kind: Kind
    folds: Annotated[int, Between(2, 1_000)]
    seed: Seed
    pretraining: Literal["in_each_fold", "once", "off"]
    candidates: tuple[str, ...]
    date_column: str
