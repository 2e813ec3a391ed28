"""The report's section on what its numbers do not say."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.limits_words import limits_of, slashed
from fetal_hemo.report.page import Section


def limitations_section(metrics: dict[str, Any]) -> Section:
    """What it is not, what a label is, and where the numbers hold."""
    texts = (
        "This is a research instrument and never a diagnosis. It ranks who needs a (repeat) cuff "
        "reading; a cuff reading decides.",
        f"A label is one visit's cuff reading ({slashed(limits_of(metrics))} mmHg or more). "
        "Hypertension in pregnancy is defined by two readings at least 4 hours apart, and many "
        "raised readings are not confirmed.",
        "The numbers hold for women, devices and midwives like those of this study. Other places "
        "need a study of their own.",
    )
    return Section("Limits", texts)
