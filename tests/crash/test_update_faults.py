"""One good bundle is left wherever an update is cut short, and the next update goes through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.torture.programme import seeds

Behind = Callable[..., dict[str, Any]]
Release = Callable[[int], Path]
STATUS = {"kill": -9}  # the others: storage
KINDS = [
    "kill",
    pytest.param("disk full from then on", marks=pytest.mark.slow),
    pytest.param("one input/output error", marks=pytest.mark.slow),
    pytest.param("read-only from then on", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_fails_once(behind: Behind, release: Release, signed: Any, kind: str) -> None:
    found = behind("update_faults.py", kind, release(2), signed.public_key, release(1))
    status = STATUS.get(kind, 6)
    assert found["calls"] >= 15
    assert found["unfinished_files"] == 0
    happened = found["happened"]
    assert happened.pop("status 0, then 0.0.2") >= 1
    allowed = {
        f"status {status}, then 0.0.1",
        f"status {status}, then 0.0.2",
        "again: status 0, then 0.0.2",
    }
    assert set(happened) <= allowed
    assert f"status {status}, then 0.0.1" in happened


@pytest.mark.parametrize("kind", KINDS)
def test_over_a_rotten_slot(behind: Behind, release: Release, signed: Any, kind: str) -> None:
    """The one before is all that works, and is not written over."""
    bundles = (release(1), release(2))
    found = behind("update_faults.py", kind, release(3), signed.public_key, *bundles)
    status = STATUS.get(kind, 6)
    assert found["calls"] >= 15
    assert found["unfinished_files"] == 0
    happened = found["happened"]
    assert happened.pop("status 0, then 0.0.3") >= 1
    kept = {f"status {status}, then 0.0.1 after a note", f"status {status}, then 0.0.1"}
    done = {f"status {status}, then 0.0.3", "again: status 0, then 0.0.3"}
    assert kept <= set(happened) <= kept | done


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_trial(behind: Behind, release: Release, signed: Any, kind: str) -> None:
    """It screens with the new bundle whatever its disk does, and the next one confirms it."""
    found = behind("trial_faults.py", kind, release(1), release(2), signed.public_key)
    assert found["calls"] >= 6
    assert found["unfinished_files"] == 0
    cut = {"status -9, nothing said"} if kind == "kill" else {"status 0, 0.0.2"}
    whole = {"status 0, 0.0.2 whole", "again: status 0, 0.0.2 whole, proved: True"}
    assert set(found["happened"]) == cut | whole


def require_none_lost(found: dict[str, Any], bundles: list[Path]) -> None:
    assert found["cuts_with_a_loss"] == 0, found["happened"]
    assert found["acknowledged"] == len(bundles)
    assert len(found["happened"]) > len(bundles)  # cuts before, between and after the updates


def test_power_cuts(behind: Behind, release: Release, signed: Any) -> None:
    bundles = [release(number) for number in (1, 2, 3, 4)]
    found = behind("update_power_cuts.py", 100, 1, signed.public_key, *bundles)
    require_none_lost(found, bundles)


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(5))
def test_many_power_cuts(behind: Behind, release: Release, signed: Any, seed: int) -> None:
    bundles = [release(number) for number in range(1, 9)]
    found = behind("update_power_cuts.py", 1_000, seed, signed.public_key, *bundles)
    require_none_lost(found, bundles)
