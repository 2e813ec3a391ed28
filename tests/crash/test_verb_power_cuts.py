"""The power fails while a cohort is ingested or a model trained: nothing of it is broken after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.torture.programme import seeds

Behind = Callable[..., dict[str, Any]]
HELD = ("harmed", "unreadable", "lost", "different_after", "left_over")


def require_held(found: dict[str, Any]) -> None:
    assert {name: found[name] for name in HELD} == dict.fromkeys(HELD, 0), found
    assert found["different_states"] > 10


@pytest.mark.parametrize("verb", ["ingest", "ingest from nothing"])
def test_ingest(behind: Behind, inputs: Path, verb: str) -> None:
    require_held(behind("verb_power_cuts.py", verb, 150, 50, 2, inputs))


def test_training(behind: Behind, cohort: Path) -> None:
    """Seed 3: its cuts tore the survey and the split while they were written without a sync."""
    require_held(behind("verb_power_cuts.py", "pretrain from nothing", 100, 1, 3, cohort))


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["ingest", "ingest from nothing"])
@pytest.mark.parametrize("seed", seeds(10))
def test_ingest_often(behind: Behind, inputs: Path, verb: str, seed: int) -> None:
    require_held(behind("verb_power_cuts.py", verb, 1_000, 1_000, seed, inputs))


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["pretrain", "pretrain from nothing"])
@pytest.mark.parametrize("seed", seeds(5))
def test_training_often(behind: Behind, interrupted: Path, verb: str, seed: int) -> None:
    require_held(behind("verb_power_cuts.py", verb, 1_000, 50, seed, interrupted))
