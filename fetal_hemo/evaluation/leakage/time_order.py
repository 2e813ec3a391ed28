"""Does anything fitted come from a later visit of a woman than one on which she is tested?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fetal_hemo.evaluation.leakage.question import Answer, LeakageInput, leak
from fetal_hemo.evaluation.leakage.stage import TEST
from fetal_hemo.recordings.audit.finding import Finding, rows_text
from fetal_hemo.recordings.audit.order import order_findings
from fetal_hemo.recordings.audit.women import same_woman_pairs
from fetal_hemo.recordings.recording import Recording

QUESTION = "does a fitted visit come after a tested visit of the same woman?"


def time_order(given: LeakageInput) -> Answer:
    """A leak for every test woman with a later visit among what was fitted.

    She is looked for under her other name too (`same_woman_pairs`). Visits whose order contradicts
    itself are warned of: of them nothing can be said.
    """
    return Answer(QUESTION, (*_later(given), *order_findings(given.recordings)))


def _later(given: LeakageInput) -> Iterator[Finding]:
    hers: dict[str, list[Recording]] = defaultdict(list)
    for recording in given.recordings:
        hers[recording.participant_id].append(recording)
    names = {woman: {woman} for woman in hers}
    for one, other, _ in same_woman_pairs(given.recordings):
        names[one].add(other)
        names[other].add(one)
    fitted = {woman for stage in given.fitted for woman in stage.women}
    for woman, tested in hers.items():
        if given.fold_of.get(woman) != TEST:
            continue
        known = [r for name in names[woman] & fitted for r in hers[name]]
        first = min((_age(r) for r in tested), default=0.0)
        later = [r.row for r in known if _age(r) > first]
        if later:
            rows = rows_text([r.row for r in tested])
            yield leak(f"{rows_text(later)}: fitted, and later than the first of her tested {rows}")


def _age(recording: Recording) -> float:
    """Days of gestation; unknown is before all others, so that it is never called later."""
    known = recording.gestational_age_days
    return float("-inf") if known is None else known
