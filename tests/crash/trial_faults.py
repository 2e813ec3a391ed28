"""Every storage call of a start on trial fails once, in each way; then there is another start.

    python trial_faults.py FOLDER KIND OLD.fhb NEW.fhb SIGNER.pub

Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

from shim import KINDS, arm, calls, in_child

from firmware_bridge.update.active import load_active
from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots


def on_trial(place: Path, old: str, new: str, trust: str) -> None:
    """An old bundle that was seen to work, and a new one that was not yet."""
    install(old, [trust], Slots(place))
    load_active(slots=Slots(place))
    install(new, [trust], Slots(place))


def start(place: Path, told: int, at: int, what: int) -> None:
    """One start; tells the version in use, and whether no call failed."""
    arm(place, at, what)
    version = load_active(slots=Slots(place)).bundle.manifest["version"]
    os.write(told, f"{version}{' whole' * (calls() < at)}".encode())


def main(folder: Path, kind: str, old: str, new: str, trust: str) -> None:
    before, place = folder / "before", folder / "place"
    status, _ = in_child(lambda _: on_trial(before, old, new, trust))
    assert status == 0, status
    files = {path.name for path in before.iterdir()}
    happened: Counter[str] = Counter()
    at, left_over, said = 0, 0, b""
    while not said.endswith(b"whole"):
        at += 1
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before, place)
        status, said = in_child(lambda told, at=at: start(place, told, at, KINDS[kind]))
        happened[f"status {status}, {said.decode() or 'nothing said'}"] += 1
        status, then = in_child(lambda told: start(place, told, 1 << 30, 0))
        state = Slots(place).read()
        proved = state is not None and not state.trial
        happened[f"again: status {status}, {then.decode()}, proved: {proved}"] += 1
        left_over += len({path.name for path in place.iterdir()} - files)
    tried = {"kind": kind, "calls": at - 1, "unfinished_files": left_over}
    print(json.dumps({**tried, "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:6])
