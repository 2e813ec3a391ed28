"""Results to store: real ones of the random bundle, varied so that each is another recording."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from firmware_bridge.result import Abstained, Screened
from firmware_bridge.screen import Screener

Made = Callable[[int], Screened | Abstained]


@pytest.fixture(scope="session")
def screened(screener: Screener) -> Screened | Abstained:
    """What the random bundle says of 15 s of noise."""
    noise = np.random.default_rng(0).normal(size=60_000) * 0.1
    found = screener.screen(noise, 4_000)
    assert isinstance(found, Screened | Abstained)
    return found


@pytest.fixture(scope="session")
def result(screened: Screened | Abstained) -> Made:
    """The result of recording number n: `result(3)`."""

    def made(number: int) -> Screened | Abstained:
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        recording = dataclasses.replace(screened.evidence.recording, sha256=sha256)
        evidence = dataclasses.replace(screened.evidence, recording=recording)
        return dataclasses.replace(screened, evidence=evidence)

    return made
