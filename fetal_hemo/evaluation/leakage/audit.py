"""The whole audit: every question, its answer, and a verdict."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation.leakage.question import Answer, LeakageInput
from fetal_hemo.evaluation.leakage.sound import duplicate_audio, near_duplicate_windows
from fetal_hemo.evaluation.leakage.stage import fitted_on_test, stage_outside_fold
from fetal_hemo.evaluation.leakage.time_order import time_order
from fetal_hemo.evaluation.leakage.woman import woman_across_folds

__all__ = ["LeakageInput", "audit_leakage"]

QUESTIONS = (
    woman_across_folds,
    duplicate_audio,
    near_duplicate_windows,
    stage_outside_fold,
    fitted_on_test,
    time_order,
)


def audit_leakage(given: LeakageInput) -> dict[str, Any]:
    """`clean` (no leak found), `verdict` in words, and the answer to each question, as JSON values.

    A question that could not be asked is not clean: `clean` is then None unless a leak was found.
    """
    answers = [question(given) for question in QUESTIONS]
    return {
        "clean": _clean(answers),
        "verdict": _verdict(answers),
        "questions": [
            {
                "question": answer.question,
                "clean": answer.clean,
                "findings": [f"{found.level}: {found.text}" for found in answer.findings],
            }
            for answer in answers
        ],
    }


def _clean(answers: list[Answer]) -> bool | None:
    if any(answer.clean is False for answer in answers):
        return False
    return None if any(answer.clean is None for answer in answers) else True


def _verdict(answers: list[Answer]) -> str:
    leaks = [answer for answer in answers if answer.clean is False]
    unasked = sum(answer.clean is None for answer in answers)
    if leaks:
        return f"LEAK: {len(leaks)} of {len(answers)} questions found one: no number here counts."
    if unasked:
        return f"No leak was found, but {unasked} of {len(answers)} questions could not be asked."
    return f"No leak was found by {len(answers)} questions."
