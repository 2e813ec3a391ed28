"""When it is enough: the same rule whichever way the answer goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firmware_bridge.decide import ABOVE, BELOW
from firmware_bridge.listen.enough import Enough
from firmware_bridge.result import Abstained, Refused, Screened
from firmware_bridge.screen import Screener

MANIFEST = {"decision": {"min_usable_windows": 8}}


@pytest.fixture(scope="module")
def abstained(screener: Screener) -> Abstained:
    noise = np.random.default_rng(0).normal(size=15_000) * 0.1
    result = screener.screen(noise, 4_000)
    assert isinstance(result, Abstained)
    return result


def after(start: Abstained, usable: int, probability: float | None) -> Screened | Abstained:
    """What would be said with so many usable windows."""
    window = replace(start.evidence.windows[0], usable=True)
    evidence = replace(start.evidence, windows=(window,) * usable)
    if probability is None:
        return Abstained(evidence, ("A-LITTLE-SIGNAL",))
    return Screened(evidence, probability, ABOVE if probability >= 0.34 else BELOW)


def steady_at(abstained: Abstained, probabilities: list[float | None]) -> int | None:
    """After how many usable windows it was enough."""
    enough = Enough(MANIFEST)
    for usable, probability in enumerate(probabilities, 1):
        enough.add(after(abstained, usable, probability))
        if enough.steady:
            return usable
    return None


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_a_minute_of_good_signal_and_half_a_minute_of_the_same(
    abstained: Abstained, level: float
) -> None:
    assert steady_at(abstained, [None] * 7 + [level] * 30) == 16


def test_an_answer_that_moves_is_not_steady(abstained: Abstained) -> None:
    assert steady_at(abstained, [0.5 + 0.01 * i for i in range(30)]) is None
    assert steady_at(abstained, [0.33, 0.35] * 15) is None  # to and fro across the threshold
    assert steady_at(abstained, [0.5] * 15 + [0.6] + [0.6] * 20) == 23


def test_what_is_missing(abstained: Abstained) -> None:
    enough = Enough(MANIFEST)
    assert enough.missing_s == 60.0
    enough.add(after(abstained, 4, None))
    assert (enough.good_s, enough.missing_s) == (15.0, 45.0)
    enough.add(after(abstained, 20, 0.1))
    assert enough.missing_s == 0.0


def test_a_bundle_may_need_more(abstained: Abstained) -> None:
    assert Enough({"decision": {"min_usable_windows": 32}}).missing_s == 120.0


def test_without_a_probability_it_is_never_enough(abstained: Abstained) -> None:
    assert steady_at(abstained, [None] * 60) is None
    assert not isinstance(abstained, Refused)
