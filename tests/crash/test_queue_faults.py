"""Nothing acknowledged is lost: at every storage call, in every way, and after power cuts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.torture.programme import seeds

Behind = Callable[..., dict[str, Any]]
SLOW = pytest.mark.slow
KINDS = (
    "kill",
    "disk full from then on",
    pytest.param("one input/output error", marks=SLOW),
    pytest.param("read-only from then on", marks=SLOW),
)


def require_nothing_lost(found: dict[str, Any]) -> None:
    assert (found["lost"], found["unreadable"]) == (0, 0)
    expected = {"killed"} if found["kind"] == "kill" else {"exit 6"}
    assert expected <= set(found["happened"]) <= expected | {"went on"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_of_a_put_fails_once(behind: Behind, kind: str) -> None:
    found = behind("queue_faults.py", kind, 2, 1)
    require_nothing_lost(found)
    assert found["calls"] > 20


def test_killed_at_every_call_of_a_new_queue(behind: Behind) -> None:
    require_nothing_lost(behind("queue_faults.py", "kill", 0, 1))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("earlier", [0, 30])
def test_every_call_of_many_puts_fails_once(behind: Behind, kind: str, earlier: int) -> None:
    require_nothing_lost(behind("queue_faults.py", kind, earlier, 20))


def test_power_cuts(behind: Behind) -> None:
    found = behind("queue_power_cuts.py", 300, 6, 1)
    assert (found["cuts_with_a_loss"], found["unreadable"]) == (0, 0)
    assert found["acknowledged"] >= 17


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(10))
def test_many_power_cuts(behind: Behind, seed: int) -> None:
    found = behind("queue_power_cuts.py", 1_000, 100, seed)
    assert (found["cuts_with_a_loss"], found["unreadable"]) == (0, 0)
