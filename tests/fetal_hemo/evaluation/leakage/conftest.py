"""An audit of a sound study, in which each test plants one leak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fetal_hemo.evaluation.leakage import Fitted, LeakageInput, audit_leakage
from fetal_hemo.recordings.recording import Recording

FOLDS = {"a": "train", "b": "train", "c": "validation", "d": "test", "e": "test"}
STAGES = (
    Fitted("pretrained encoders", "train", True, ("a", "b")),
    Fitted("class prototypes", "train", True, ("a",)),
    Fitted("threshold", "validation", True, ("c",)),
    Fitted("scaler of the controls", "train", True, ("a", "b")),
)


def row(number: int, woman: str, **known: Any) -> Recording:
    return Recording(f"r{number}", woman, f"v{number}", f"{number}.flac", row=number, **known)


RECORDINGS = tuple(
    row(2 * i + j + 2, woman, gestational_age_days=180.0 + 11 * i + 28 * j, visit_order=j + 1)
    for i, woman in enumerate(FOLDS)
    for j in range(2)
)


@pytest.fixture
def audit() -> Callable[..., dict[str, list[str]]]:
    """The findings of an audit by the word in their question, those without any left out."""

    def made(**changed: Any) -> dict[str, list[str]]:
        given = LeakageInput(RECORDINGS, FOLDS, STAGES, ())._replace(**changed)
        found = audit_leakage(given)
        questions = found["questions"]
        assert found["clean"] is all(answer["clean"] for answer in questions)
        assert found["verdict"].startswith("No leak" if found["clean"] else "LEAK")
        return {a["question"]: a["findings"] for a in questions if a["findings"]}

    return made
