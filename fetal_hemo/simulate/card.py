"""The card of a simulated cohort, `cohort.json`: that it is simulated, and from what."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import soundfile

from fetal_hemo.confounders import USUAL
from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.real_rhythm.rhythms import LibraryAt
from firmware_bridge import __version__
from firmware_bridge.store import UNFINISHED, make_folder, write_atomically

CARD = "cohort.json"
SIMULATOR_VERSION = 2  # one more whenever the same parameters give other recordings
NOTICE = (
    "Simulated recordings and simulated blood pressures. Only differences between methods on "
    "them mean anything; not for clinical use."
)


@dataclass(frozen=True)
class Parameters:
    """Everything a simulated cohort follows from."""

    women: int
    seed: int
    effect: float
    minutes: float
    prevalence: float
    confounders: tuple[str, ...] = USUAL
    sample_rate_hz: int = SAMPLE_RATE_HZ
    rhythm: LibraryAt | None = None  # real rhythms to borrow; the card has their digest, no path

    @property
    def population(self) -> Population:
        """The women behind the recordings."""
        return Population(self.seed, self.prevalence, self.effect, self.confounders)


def card(parameters: Parameters) -> dict[str, Any]:
    """JSON-ready content of `cohort.json`."""
    rhythm = parameters.rhythm
    plain = {
        **asdict(parameters),
        "confounders": list(parameters.confounders),
        "rhythm": None if rhythm is None else rhythm.digest,
    }
    return {
        "simulated": True,
        "notice": NOTICE,
        "parameters": plain,
        **({} if rhythm is None else {"rhythm": rhythm.open().card()}),
        "simulator_version": SIMULATOR_VERSION,
        "versions": {
            "fetal_hemo": __version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "soundfile": soundfile.__version__,
        },
    }


def claim(out: Path, parameters: Parameters) -> None:
    """Write the card to `out`, or see that the card there is of the same parameters.

    Raises E-COHORT when `out` holds another cohort or anything that is not a simulated one.
    """
    path, mine = out / CARD, card(parameters)
    if path.exists():
        _compare(path, mine)
        return
    if out.exists() and (not out.is_dir() or any(map(_is_whole, out.iterdir()))):
        what, fix = "the place is taken by something else", "choose an empty folder"
        raise FetalHemoError("E-COHORT", what, str(out), fix)
    make_folder(out)
    write_atomically(path, (json.dumps(mine, indent=2) + "\n").encode())


def _is_whole(path: Path) -> bool:
    """Whether it is more than what a killed write has left behind."""
    return not UNFINISHED.fullmatch(path.name)


def _compare(path: Path, mine: dict[str, Any]) -> None:
    fix = "use the same parameters or another folder"
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
        theirs = {**there["parameters"], "simulator_version": there["simulator_version"]}
    except (ValueError, KeyError, TypeError):
        what = "the folder holds a card that is not of a simulated cohort"
        raise FetalHemoError("E-COHORT", what, str(path), fix) from None
    wanted = {**mine["parameters"], "simulator_version": mine["simulator_version"]}
    for name, value in wanted.items():
        if theirs.get(name) != value:
            what = f"the cohort there has {name} {theirs.get(name)}, not {value}"
            raise FetalHemoError("E-COHORT", what, str(path), fix)
