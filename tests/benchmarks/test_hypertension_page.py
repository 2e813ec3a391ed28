"""The page of all rows says what the kept results hold, and the kept page is made from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.ablation.rows import ROWS
from benchmarks.hypertension import RESULTS
from benchmarks.hypertension_page import page

PAGE = Path(__file__).parents[2] / "docs" / "hypertension.md"


def _row(value: float, **more: Any) -> dict[str, Any]:
    auroc = {"value": value, "low": value - 0.05, "high": value + 0.05, "reason": ""}
    return {"meaning": "in words", "auroc": auroc, **more}


def test_rows_stand_in_order_and_what_is_missing_is_named() -> None:
    below = {"value": -0.02, "low": -0.04, "high": 0.01, "reason": ""}
    told = {"calibration_slope": {"value": 1.5, "low": None, "high": None, "reason": "few"}}
    ours = _row(0.7, share_of_headroom=0.661, parameters=157_093, **told)
    seeds = {"auroc_by_seed": [0.72, 0.7101], "ours_minus_this": below}
    usual = {"minus_rhythm": _row(0.72, **seeds), "ours": ours, "oracle": _row(0.8)}
    made = page({"table": {"effect_1": usual, "effect_0": {"ours": _row(0.5)}}})
    first, second = (made.index(f"| `{name}` |") for name in ("ours", "minus_rhythm"))
    assert made.index("| `oracle` |") < first < second
    assert "| 0.720 (0.670 to 0.770) | -0.020 (-0.040 to +0.010) |  |  | 0.710 |" in made
    assert "| 0.700 (0.650 to 0.750) |  |  | 0.66 |  |" in made
    assert "|  |  | 1.500 |  |  |  |  | 157,093 |" in made
    assert f"2 of {len(ROWS)} rows" in made
    assert "`plus_contrast_rank`" in made


def test_the_kept_page_is_that_of_the_kept_results() -> None:
    made = page(json.loads(RESULTS.read_text(encoding="utf-8")))
    assert PAGE.read_text(encoding="utf-8") == made, "run python -m benchmarks.hypertension_page"
