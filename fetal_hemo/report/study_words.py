"""Words of a study's report that follow from its numbers: use, methods, where they come from."""

from __future__ import annotations

import json
from typing import Any

from fetal_hemo.report.limits_words import limits_of
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]

INTENDED_USE = (
    "Intended use: research on whether the sound of a hand-held fetal Doppler helps to decide who "
    "is given a (repeat) cuff reading at an antenatal visit, beside usual care. The user is a "
    "health worker or researcher who can take a cuff reading.",
    "Not for: a diagnosis, a decision against a cuff reading, treatment, the fetus's condition, "
    "emergencies, or women, devices and places unlike those studied.",
)
DESIGNS = {
    "cross validation": "{folds}-fold cross-validation grouped by woman",
    "leave site out": "leave-one-site-out validation",
    "leave device out": "leave-one-device-out validation",
    "temporal": "a temporal split (the women who came last were tested)",
    "one split of women": "one random split of women, stratified by a raised visit",
    "external validation of an exported bundle": "external validation without any refitting",
}
STATISTICS = (
    "AUROC intervals are Obuchowski's for clustered data (1997) on the logit scale, with Student's "
    "t; differences are paired on the same recordings. Shares have Wilson intervals at the "
    "effective sample size; predictive values follow by Bayes' rule at the stated prevalence, "
    "their intervals by variance recovery. Area under precision-recall, Brier scores, separation "
    "and net benefit have intervals from the summed influences of women; sensitivity where "
    "specificity is set has Zhou and Qin's (2005) on the logit scale; balanced accuracy and "
    "coverage-risk curves have percentiles of a bootstrap over women.",
    "The smooth calibration curve is a logistic regression on restricted cubic splines of the log "
    "odds with a variance clustered by woman; the null of the calibration error is a wild cluster "
    "bootstrap. Conformal sets are Mondrian by class and share of usable windows. Label error is "
    "simulated at several sizes and extrapolated back (SIMEX, Cook and Stefanski 1994).",
    "Controls are logistic regressions. Sample sizes are Riley's (2020, 2024) times the design "
    "effect of repeat visits. All intervals are 95 %.",
)


def intended_use_section(metrics: Json) -> Section:
    """What it is for, what not, and how it was judged."""
    note = metrics.get("design", {}).get("note")
    return Section("Intended use", [*INTENDED_USE, *([note] if note else [])])


def methods_section(metrics: Json) -> Section:
    """A paragraph to paste into a paper, filled from the run, and the statistics behind it."""
    return Section("Methods", [methods_paragraph(metrics), *STATISTICS])


def methods_paragraph(metrics: Json) -> str:
    """Design, women, outcome, choice of threshold and headline, in sentences."""
    counts, design = metrics["counts"], metrics.get("design", {})
    systolic, diastolic = limits_of(metrics)
    kind = DESIGNS.get(design.get("kind", ""), "a split of women")
    shape = kind.format(folds=len(metrics["folds"]))
    trained = (
        f"training used {counts['train_women']} women ({counts['train_recordings']} recordings)"
        + (" in the smallest fold" if metrics["folds"] else "")
        if counts["train_women"]
        else "the model was trained elsewhere, on another manifest; whether that shares women with "
        "this one is not known"
    )
    material = (
        "simulated 1D fetal Doppler recordings"
        if metrics["simulated"]
        else ("1D fetal Doppler recordings")
    )
    return (
        f"We evaluated a multi-view hierarchical attention network on {material} by {shape}: "
        f"{trained}; {counts['women']} women with {counts['visits']} visits and "
        f"{counts['recordings']} recordings were tested, {counts['positive_recordings']} of them "
        f"with a raised pressure at the visit ({systolic:g} mmHg systolic or {diastolic:g} mmHg "
        f"diastolic or more, one cuff reading). {_chosen(metrics)} {counts['scored_recordings']} "
        "recordings had enough usable windows for a probability. The AUROC was "
        f"{estimate_text(metrics['auroc'])}. {metrics['verdict']}"
    )


def _chosen(metrics: Json) -> str:
    design = metrics.get("design", {})
    where = {
        "external validation of an exported bundle": "were those of the bundle",
    }.get(design.get("kind", ""), "were chosen on validation women only")
    tuned = any(len(losses) > 1 for losses in design.get("candidates", {}).values())
    more = ", as were the training settings" if tuned else ""
    set_at = metrics["operating_point"]["specificity_set"]
    before = design.get("pretraining")
    how = {
        "in_each_fold": " Encoders were pretrained anew in every fold.",
        "once": " Encoders were pretrained once on all women, without labels (transductive).",
        "off": " Encoders were not pretrained.",
    }.get(before or "", "")
    return f"Calibration and threshold (specificity {set_at:g}) {where}{more}.{how}"


def provenance_section(metrics: Json) -> Section:
    """Code, versions, data hash, seeds: what is needed to make the study again."""
    facts = {**metrics.get("provenance", {}), "seed": metrics["seed"]}
    rows = [[name.replace("_", " "), _shown(value)] for name, value in facts.items()]
    if len(rows) == 1:
        return Section("Provenance", ["Not available: the numbers were not made by evaluate."])
    table = html_table("What was run, with what, on what", ["", "value"], rows)
    return Section("Provenance", (), (), [table])


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return value if isinstance(value, str) else json.dumps(value)
