"""Damaged sound of every kind and rate: no signal, no hang, little memory, a code each time."""

from __future__ import annotations

from pathlib import Path

from tests.torture.apart import run_apart
from tests.torture.programme import Programme, tries

MOST_MIB = 300


@tries(3_000, 100_000)
def test_damaged_sound(tries: int, tmp_path: Path) -> None:
    with Programme("audio fuzz", seed=11, tries=tries) as programme:
        run_apart(programme, "tests.torture.audio_tries", tmp_path)
        assert programme.facts["largest_mib"] < MOST_MIB
        assert len(programme.happened) > 6  # the damage reaches more than one check
