"""The report's box on sample size."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.page import Section
from fetal_hemo.report.table import html_table

Json = dict[str, Any]


def size_section(metrics: Json) -> Section:
    """Effective sizes beside those that Riley's criteria ask for."""
    test, train = metrics["sample_size"]["test"], metrics["sample_size"]["train"]
    need = [[aim, visits, _enough(test, visits)] for aim, visits in test["needed"].items()]
    need += [
        [f"{train['for_parameters']} parameters: {aim}", visits, _enough(train, visits)]
        for aim, visits in train["needed"].items()
    ]
    texts = [
        f"Sizes needed for {name} women are not available: their visits are of one class only."
        for name, part in (("test", test), ("training", train))
        if not part["needed"]
    ]
    if train["needed"]:
        texts.append(
            f"A regression with an AUROC of 0.80 could carry {train['parameters']} parameters on "
            "these training visits. A network has far more: the rest is what pretraining must give."
        )
    tables = [html_table("This study", ["", "test women", "training women"], _sizes(test, train))]
    if need:
        caption = "Visits needed, with these repeat visits (Riley 2020 and 2024)"
        tables.append(html_table(caption, ["aim", "visits", "here"], need))
    return Section("Sample size", texts, (), tables)


def _sizes(test: Json, train: Json) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [name, test[key], train[key]]
        for name, key in (("visits", "visits"), ("raised visits", "events"))
    ]
    rows += [
        ["correlation of the label within women", *map(_correlation, (test, train))],
        ["design effect of repeat visits", *(f"{p['design_effect']:.2f}" for p in (test, train))],
        ["effective number of visits", *(f"{p['effective']:.0f}" for p in (test, train))],
    ]
    return rows


def _correlation(part: Json) -> str:
    known = part["label_correlation"]
    return "not known" if known is None else f"{known:.2f}"


def _enough(part: Json, visits: int) -> str:
    return "enough" if part["visits"] >= visits else f"short by {visits - part['visits']}"
