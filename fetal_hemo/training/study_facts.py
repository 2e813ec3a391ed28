"""What a study's tables do not hold, as its maker wrote it: read back, and refused if it is less.

A report without its leakage audit or flow looks whole, so nothing may be missing unnoticed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fetal_hemo.evaluation.kept_checks import amount, listed, maybe, named, words
from fetal_hemo.evaluation.kept_file import kept_json
from fetal_hemo.report.study_words import DESIGNS
from firmware_bridge.checks import Broken, Check, flag, free, number, section, text

FACTS = "facts.json"
ONE_SPLIT, BUNDLE = "one split of women", "external validation of an exported bundle"

ANY_TEXT = text(".*", 2**18)  # a bundle's card is no longer
COUNT = number(0, 10**9, whole=True)
COUNTED = section({"women": COUNT, "visits": COUNT, "recordings": COUNT})
FLOW = section({"cohort": COUNTED, "excluded": named(COUNT), "parts": named(COUNTED)})
ANSWER = section({"question": words, "clean": maybe(flag), "findings": listed(words)})
LEAKAGE = section({"clean": maybe(flag), "verdict": words, "questions": listed(ANSWER, fewest=1)})
EXPLAINED = section(
    {
        "texts": listed(words, fewest=1),
        "like": listed(listed(ANY_TEXT, fewest=3), fewest=1),
        "beat_sanity": maybe(amount),
        "band_sanity": maybe(amount),
    }
)
ESTIMATE = section(
    {"value": maybe(amount), "low": maybe(amount), "high": maybe(amount), "reason": ANY_TEXT}
)
GATE = {"gate": named(amount)}
AGREEMENT = section(
    {
        **GATE,
        "recordings": COUNT,
        "only_one_answered": COUNT,
        "probability_max_abs": maybe(amount),
        "probability_median_abs": maybe(amount),
        "decisions_changed": COUNT,
        "auroc_float": ESTIMATE,
        "auroc_device": ESTIMATE,
        "difference": ESTIMATE,
    }
)
DESIGN = {"kind": words, "population": ANY_TEXT}
OF_FOLDS = {"pretraining": words, "note": ANY_TEXT, "candidates": named(named(amount))}
HEARD_HERE = {"leakage": LEAKAGE, "flow": FLOW, "explained": EXPLAINED}

# What `evaluate` of a run, of a bundle, and of a way of training by folds, always write.
RUN_STUDY = section({**HEARD_HERE, "design": section(DESIGN)}, optional={"agreement": AGREEMENT})
BUNDLE_STUDY = section(
    {
        "flow": FLOW,
        "design": section({**DESIGN, "note": ANY_TEXT}),
        "agreement": section(GATE),
        "card": ANY_TEXT,
    }
)
FOLDS_STUDY = section({**HEARD_HERE, "design": section({**DESIGN, **OF_FOLDS})})


def read_study_facts(folder: Path) -> dict[str, Any]:
    """The content of a study's facts.json, with all that its kind of study has. Raises E-RUN."""
    return kept_json(folder / FACTS, _whole)


def _whole(facts: Any, at: str) -> None:
    """A check for the facts of the kind of study that they say they are of."""
    if "design" not in facts:
        raise Broken("design is missing")
    free(facts["design"], "design")
    _of_kind(facts["design"].get("kind"))(facts, at)


def _of_kind(kind: Any) -> Check:
    if not isinstance(kind, str) or kind not in DESIGNS:
        raise Broken("design.kind is no kind of study")
    return {ONE_SPLIT: RUN_STUDY, BUNDLE: BUNDLE_STUDY}.get(kind, FOLDS_STUDY)
