"""Disk full, an I/O error, a disk gone read-only, a kill: at every storage call of the verbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Behind = Callable[..., dict[str, Any]]
SLOW = pytest.mark.slow
KINDS = ("kill", "disk full from then on", "one input/output error", "read-only from then on")

HELD = ("harmed", "unsaid", "different_after", "left_over")


def require_whole(found: dict[str, Any], kind: str) -> None:
    wrong = {name: found[name] for name in HELD}
    assert wrong == dict.fromkeys(wrong, 0), found
    expected = {"killed"} if kind == "kill" else {"exit 6"}
    assert expected <= set(found["happened"]) <= expected | {"went on"}, found


@pytest.mark.parametrize("kind", [KINDS[1], *(pytest.param(k, marks=SLOW) for k in KINDS)])
@pytest.mark.parametrize("verb", ["ingest", "screen", "export"])
def test_every_call(behind: Behind, inputs: Path, verb: str, kind: str) -> None:
    require_whole(behind("verb_faults.py", verb, kind, 1, inputs), kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["pretrain", "pretrain from nothing"])
def test_calls_of_training(behind: Behind, interrupted: Path, verb: str, kind: str) -> None:
    require_whole(behind("verb_faults.py", verb, kind, 7, interrupted), kind)
