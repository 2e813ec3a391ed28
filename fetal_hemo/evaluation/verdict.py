"""One sentence that says what the study allows to be said, and no more."""

from __future__ import annotations

from fetal_hemo.evaluation.clinical_baseline import ALL_THREE
from fetal_hemo.evaluation.estimate import Estimate

RESEARCH = "Research instrument: it ranks who needs a cuff reading and is never a diagnosis."


def verdict(
    auroc: Estimate,
    difference: Estimate | None,
    simulated: bool,
    model_simulated: bool = False,
    baseline: str = ALL_THREE,
) -> str:
    """The sentence, from the model's AUROC and its difference to the clinical baseline.

    `simulated`: the recordings are; `model_simulated`: those that the model was trained on were.
    """
    place = "On simulated data" if simulated else "On these test women"
    if model_simulated and not simulated:
        place += " and with a model trained on simulated data"
    return f"{place}, {_finding(auroc, difference, baseline)}. {RESEARCH}"


def _finding(auroc: Estimate, difference: Estimate | None, baseline: str) -> str:
    if auroc.value is None:
        return f"nothing can be said about the ranking of visits: {auroc.reason}"
    if auroc.interval is None:
        return f"the ranking of visits cannot be judged: {auroc.reason}"
    if difference is None or difference.value is None:
        return f"the model cannot be compared with {baseline}"
    if difference.interval is None:
        return f"the comparison with {baseline} is open: {difference.reason}"
    value, low, high = difference.interval
    by = f"(AUROC difference {value:+.3f}, 95 % {low:+.3f} to {high:+.3f})"
    if difference.covers(0.0):
        return f"the model is not shown to rank visits better than {baseline} {by}"
    if value < 0.0:
        return f"the model ranks visits worse than {baseline} {by}"
    if auroc.covers(0.5):
        return f"the model is above {baseline} but not above chance {by}"
    return f"the model ranks visits better than {baseline} {by}"
