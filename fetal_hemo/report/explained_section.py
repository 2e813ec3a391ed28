"""The report's section on one recording: what the model heard in it, and whether that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fetal_hemo.report.page import Section
from fetal_hemo.report.table import html_table


def explained_section(metrics: dict[str, Any], pictures: Sequence[str]) -> Section:
    """Pictures of the best-heard test recording, with the checks of what they show."""
    facts = metrics.get("explained", {})
    tables = []
    if facts.get("like"):
        header = ["most like", "gestation", "cosine"]
        tables.append(html_table("Class means and training visits", header, facts["like"]))
    texts = ["The test recording with the most usable windows.", *facts.get("texts", [])]
    return Section("One recording, explained", texts, pictures, tables)
