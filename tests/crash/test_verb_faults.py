"""Disk full, an I/O error, a disk gone read-only, a kill: at every storage call of the verbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.pretrain import pretrain

Behind = Callable[..., dict[str, Any]]
SLOW = pytest.mark.slow
KINDS = ("kill", "disk full from then on", "one input/output error", "read-only from then on")
RECIPE = """
[training]
checkpoint_s = 0
[windows]
min_usable_windows = 2
[model]
width = 8
embedding = 8
recording_embedding = 8
attention_heads = 2
[pretrain]
epochs = 1
visits_per_batch = 4
windows_per_visit = 2
threads = 1
"""


@pytest.fixture(scope="module")
def cohort(inputs: Path) -> Path:
    """The inputs with a cohort of short recordings, and a recipe."""
    simulate_cohort(inputs / "cohort", women=16, seed=3, minutes=0.25, prevalence=0.4, jobs=1)
    (inputs / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    return inputs


@pytest.fixture(scope="module")
def interrupted(cohort: Path) -> Path:
    """Also a run on the cohort that was stopped in its first step."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
        pretrain(cohort / "cohort", cohort / "run", cohort / "tiny.toml", progress=interrupt)
    return cohort


def require_whole(found: dict[str, Any], kind: str) -> None:
    wrong = {name: found[name] for name in ("harmed", "different_after", "left_over")}
    assert wrong == dict.fromkeys(wrong, 0), found
    expected = {"killed"} if kind == "kill" else {"exit 6"}
    assert expected <= set(found["happened"]) <= expected | {"went on"}, found


@pytest.mark.parametrize("kind", [KINDS[1], *(pytest.param(k, marks=SLOW) for k in KINDS)])
@pytest.mark.parametrize("verb", ["ingest", "screen", "export"])
def test_every_call(behind: Behind, inputs: Path, verb: str, kind: str) -> None:
    require_whole(behind("verb_faults.py", verb, kind, 1, inputs), kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_calls_of_training(behind: Behind, interrupted: Path, kind: str) -> None:
    require_whole(behind("verb_faults.py", "pretrain", kind, 7, interrupted), kind)
