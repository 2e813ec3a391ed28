"""No page and no metrics hold what is one woman's: below ten women nothing of them is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fetal_hemo.evaluation import run_study
from fetal_hemo.evaluation.few_women import TOO_FEW
from fetal_hemo.evaluation.study_table_one import COLUMNS, table_one_part
from fetal_hemo.report.calibration_section import distribution_section
from fetal_hemo.report.distribution_plot import distribution_plot
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.report.who_section import table_one_section

HERS = {
    "maternal_age_years": 43.7,
    "bmi_kg_m2": 41.3,
    "gestational_age_days": 236.0,
    "sbp_mmhg": 187.0,
    "dbp_mmhg": 121.0,
    "mean_bpm": 171.7,
    "short_term_variation_ms": 23.9,
    "usable_share": 0.873,
    "parity": 0.0,
    "probability": 0.9137,
}


@pytest.fixture
def one_raised(make_study: Any) -> Any:
    """A study of 15 women, of whom one has the only raised visit."""
    given = make_study(15, 1)
    columns = {name: getattr(given.test, name).copy() for name in HERS}
    for name, value in HERS.items():
        columns[name][0] = value
    return replace(given, test=replace(given.test, **columns))


def numbers(node: Any) -> set[float]:
    if isinstance(node, dict | list):
        parts = node.values() if isinstance(node, dict) else node
        return set().union(*(numbers(part) for part in parts))
    return {float(node)} if isinstance(node, int | float) else set()


def test_metrics_do_not_hold_the_values_of_the_only_raised_visit(one_raised: Any) -> None:
    found = run_study(one_raised)
    told = numbers([found["table_one"], found["distribution"]["positive"]])
    hers = {HERS[column] / unit for column, unit in COLUMNS.values()} | {HERS["probability"]}
    assert not told & hers
    raised = found["table_one"]["raised"]
    assert raised["women"] == raised["recordings"] == 1
    assert (raised["nulliparous"], raised["nulliparous_reason"]) == (None, TOO_FEW)
    for column in raised["columns"].values():
        assert (column["quartiles"], column["reason"]) == (None, TOO_FEW)
    assert found["table_one"]["below the limits"]["columns"]["systolic (mmHg)"]["quartiles"]
    assert found["distribution"]["positive"] == []
    assert len(found["distribution"]["negative"]) == 5
    json.dumps(found, allow_nan=False)


def test_the_page_says_so_instead(one_raised: Any, tmp_path: Path) -> None:
    found = run_study(one_raised)
    table = str(table_one_section(found).tables[0])
    assert table.count(TOO_FEW) == len(COLUMNS) + 1
    section = distribution_section(found, one_raised.scored)
    assert str(section.tables[0]).count(TOO_FEW) == 1
    write_study_report(found, one_raised.test, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for value in ("43.7", "41.3", "33.7", "187", "121", "171.7", "172", "23.9", "0.873", "0.914"):
        assert f">{value}" not in page, value
        assert f"{value} ({value}" not in page, value


@pytest.mark.parametrize(("women", "shown"), [(9, False), (10, True)])
def test_ten_women_are_enough_and_visits_do_not_make_up_for_them(
    make_study: Any, women: int, shown: bool
) -> None:
    table = make_study(30, 2 * women).test
    raised = table_one_part(table)["raised"]
    assert (raised["women"], raised["recordings"]) == (women, 2 * women)
    values = table.bmi_kg_m2[: 2 * women]
    column = raised["columns"]["body-mass index (kg/m2)"]
    quartiles = np.quantile(values, [0.25, 0.5, 0.75]).tolist() if shown else None
    assert column == {"quartiles": quartiles, "unknown": 0, "reason": "" if shown else TOO_FEW}


def test_only_women_whose_value_is_known_count(make_study: Any) -> None:
    table = make_study(30, 24).test
    bmi = np.full(60, np.nan)
    bmi[0], nobody = 41.3, np.full(60, np.nan)
    raised = table_one_part(replace(table, bmi_kg_m2=bmi, maternal_age_years=nobody))["raised"]
    known = raised["columns"]["body-mass index (kg/m2)"]
    assert known == {"quartiles": None, "unknown": 23, "reason": TOO_FEW}
    assert raised["columns"]["maternal age (years)"]["reason"] == "not known"


def test_the_picture_has_no_median_of_few_women() -> None:
    chance, labels, women = np.linspace(0.1, 0.6, 30), np.arange(30) < 9, np.arange(30)
    told = distribution_plot(chance, labels.astype(int), women, 0.5, (140.0, 90.0))
    assert told is not None
    assert "below 140/90 median" in told
    assert "or more median" not in told


def test_a_picture_of_nobody_who_may_be_told_says_so() -> None:
    told = distribution_plot([0.2, 0.4], [0, 1], ["a", "b"], 0.5, (140.0, 90.0))
    assert told is not None
    assert f"Probabilities of each class: medians of {TOO_FEW}." in told
