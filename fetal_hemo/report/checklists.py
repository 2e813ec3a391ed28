"""TRIPOD+AI and STARD-AI, filled from the run; what a run cannot know is called not available.

Collins et al. 2024, BMJ 385:e078378; STARD 2015 with the topics that STARD-AI (2025) adds. Topics
are worded shortly here: a paper is checked against the published lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fetal_hemo.report.page import Section
from fetal_hemo.report.table import html_table

Json = dict[str, Any]
AUTHORS = "not available: for the authors to write"
USE, FOUND, RANKING, WHO = (
    *("Intended use", "What was found", "Ranking, beside controls", "Who was studied"),
)
TABLE_ONE, THRESHOLD, CALIBRATION = "Table 1: test recordings", "At the threshold", "Calibration"
DECISION, CLASSES, SUBGROUPS = "Decision curve", "Blood-pressure classes", "Subgroups"
ABSTENTION, LABELS, SIZE = (
    *("What is left unanswered", "How far the labels can be trusted", "Sample size"),
)
LEAKAGE, SHORTCUT, AGREEMENT = (
    "Does anything know the answers?",
    "Does it know the woman or the device?",
    "Float, int8 and device",
)
EXPLAINED = "One recording, explained"
LIMITS, METHODS, PROVENANCE = "Limits", "Methods", "Provenance"
CARD = "Model card"

# Item, topic, and the sections that answer it; none where a run cannot know.
TRIPOD_AI: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1", "title", ()),
    ("2", "abstract", ()),
    ("3", "background, intended use, known inequalities", (USE,)),
    ("4", "objectives", (USE,)),
    ("5", "sources and dates of data", (PROVENANCE,)),
    ("6", "setting, eligibility, treatments", ()),
    ("7", "data preparation", (METHODS,)),
    ("8", "outcome, how and when it was assessed", (METHODS, LABELS)),
    ("9", "predictors", (METHODS,)),
    ("10", "sample size", (SIZE,)),
    ("11", "missing data", (WHO, ABSTENTION)),
    ("12", "analytical methods, tuning, performance measures", (METHODS,)),
    ("13", "class imbalance", (CLASSES,)),
    ("14", "fairness", (SUBGROUPS,)),
    ("15", "model output and threshold", (THRESHOLD,)),
    ("16", "differences of training and evaluation data", (WHO, LEAKAGE)),
    ("17", "ethical approval", ()),
    ("18a", "funding", ()),
    ("18b", "conflicts of interest", ()),
    ("18c", "protocol", ()),
    ("18d", "registration", ()),
    ("18e", "data sharing", ()),
    ("18f", "code sharing", (PROVENANCE,)),
    ("19", "patient and public involvement", ()),
    ("20a", "flow of participants", (WHO,)),
    ("20b", "characteristics of participants", (TABLE_ONE,)),
    ("20c", "comparison of development and evaluation data", (WHO,)),
    ("21", "numbers of participants and events in each analysis", (WHO,)),
    ("22", "full model, to be used by others", (AGREEMENT, CARD)),
    ("23a", "performance with intervals", (RANKING, THRESHOLD, CALIBRATION, DECISION)),
    ("23b", "heterogeneity between clusters", (SUBGROUPS, WHO)),
    ("24", "model updating", ()),
    ("25", "interpretation", (FOUND,)),
    ("26", "limitations", (LIMITS,)),
    ("27", "usability: poor input, user's part, next steps", (ABSTENTION, USE)),
)
STARD_AI: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1-2", "title, abstract", ()),
    ("3-4", "background, intended use, objectives", (USE,)),
    ("5", "design: before or after the tests", ()),
    ("6-9", "eligibility, setting, how participants were found", ()),
    ("10a", "index test", (METHODS,)),
    ("10b-11", "reference standard and why", (LABELS, METHODS)),
    ("12", "cut-offs, and how they were set", (THRESHOLD,)),
    ("13", "who knew which result", (LEAKAGE,)),
    ("14", "methods for accuracy", (METHODS,)),
    ("15", "indeterminate results", (ABSTENTION,)),
    ("16", "missing data", (WHO,)),
    ("17", "variability: subgroups", (SUBGROUPS,)),
    ("18", "sample size", (SIZE,)),
    ("19", "flow of participants", (WHO,)),
    ("20", "baseline characteristics", (TABLE_ONE,)),
    ("21", "spread of severity", (CLASSES,)),
    ("22", "time between index test and reference", ()),
    ("23", "cross tabulation", (CLASSES,)),
    ("24", "accuracy with intervals", (THRESHOLD, RANKING)),
    ("25", "adverse events", ()),
    ("26-27", "limitations, implications", (LIMITS, USE)),
    ("28-30", "registration, protocol, funding", ()),
    ("AI", "data sets: how training, validation and test differ and share nobody", (WHO, LEAKAGE)),
    ("AI", "pre-processing, exclusions by quality", (WHO, ABSTENTION)),
    ("AI", "model, version, hardware it runs on", (PROVENANCE, AGREEMENT)),
    ("AI", "bias and fairness", (SUBGROUPS, SHORTCUT)),
    ("AI", "explanation of single results", (EXPLAINED,)),
)


def checklist_section(sections: Sequence[Section], empty: Sequence[str] = ()) -> Section:
    """Both lists; an item is answered by those of the page's sections that are there and not empty.

    `empty` are titles of sections that only say that they have nothing.
    """
    titles = [section.title for section in sections if section.title not in empty]
    tables = [
        html_table(name, ["item", "topic", "where"], [_row(item, titles) for item in items])
        for name, items in (("TRIPOD+AI", TRIPOD_AI), ("STARD 2015 and STARD-AI", STARD_AI))
    ]
    text = "Filled from this run. Topics are worded shortly; the published lists hold."
    return Section("Reporting checklists", [text], (), tables)


def _row(item: tuple[str, str, tuple[str, ...]], titles: Sequence[str]) -> list[str]:
    number, topic, sections = item
    there = [title for title in titles if title in sections]
    if there:
        return [number, topic, f"section {'; section '.join(there)}"]
    missing = f"not available: this study has no {sections[0]}" if sections else AUTHORS
    return [number, topic, missing]
