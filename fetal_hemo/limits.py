"""Limits that settings of more than one section share."""

from __future__ import annotations

from typing import Annotated

from fetal_hemo.constraints import Between

Share = Annotated[float, Between(0.0, 1.0)]
Rate = Annotated[float, Between(0.0, 1.0)]
Weight = Annotated[float, Between(0.0, 100.0)]
Temperature = Annotated[float, Between(0.01, 10.0)]
Epochs = Annotated[int, Between(0, 10_000)]
Count = Annotated[int, Between(1, 100_000)]
Threads = Annotated[int, Between(1, 256)]
Seed = Annotated[int, Between(0, 2**31 - 1)]
