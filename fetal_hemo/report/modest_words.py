"""A study that is not better than the clinical baseline must not say that anything is detected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import Estimate, controls
from fetal_hemo.evaluation.clinical_baseline import COLUMNS
from fetal_hemo.report.page import Section

CLAIM = re.compile(r"\bdetect(s|ed|ing|ion|or)?\b", re.IGNORECASE)


def may_claim(metrics: dict[str, Any]) -> bool:
    """Whether model minus age + gestation + BMI, all three known, lies above 0, on real women.

    A model that was trained on simulated women has no claim either.
    """
    clinical = metrics["controls"].get(controls.CLINICAL)
    if metrics["simulated"] or metrics["model_simulated"]:
        return False
    if not clinical or not clinical["difference"] or set(clinical["known"]) != set(COLUMNS):
        return False
    difference = Estimate(**clinical["difference"])
    return difference.low is not None and difference.low > 0.0


def require_modest_words(sections: Sequence[Section], metrics: dict[str, Any]) -> None:
    """Raises E-BUG for a section that claims to detect what was not shown to be detected.

    The sections are made of `unnamed` metrics: what a device is called claims nothing.
    """
    if may_claim(metrics):
        return
    for section in sections:
        for text in (section.title, *section.texts, section.listing, *map(str, section.tables)):
            said = CLAIM.search(text)
            if said:
                what = f'the report says "{said[0]}" under "{section.title}"'
                fix = "the difference to the clinical baseline does not allow it"
                raise FetalHemoError("E-BUG", what, fix=fix)
