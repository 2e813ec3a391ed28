"""Every storage call of an update fails once, in each way; a good bundle is always left.

    python update_faults.py FOLDER KIND NEW.fhb SIGNER.pub OLD.fhb [ROTTEN.fhb]

ROTTEN was put in after OLD and has rotted in its slot since, so that OLD is what the device uses.
Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections import Counter
from pathlib import Path

from shim import KINDS, arm, calls, in_child

from firmware_bridge.store import UNFINISHED
from firmware_bridge.update.active import load_active, open_active
from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots


def in_use(place: Path) -> str:
    """Version of the bundle that a start would use, without any note on standard error."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        version = str(open_active(slots=Slots(place)).manifest["version"])
    return version if not said.getvalue() else f"{version} after a note"


def prepare(place: Path, trust: str, bundles: list[str]) -> None:
    """Bundles put in one after the other, each seen to work; a second one rots."""
    for bundle in bundles:
        install(bundle, [trust], Slots(place))
        load_active(slots=Slots(place))
    if bundles[1:]:
        rotten = Slots(place).bundle("b")
        rotten.write_bytes(rotten.read_bytes()[:-1])


def main(folder: Path, kind: str, new: str, trust: str, bundles: list[str]) -> None:
    before, place = folder / "before", folder / "place"
    status, _ = in_child(lambda _: prepare(before, trust, bundles))
    assert status == 0, status
    happened: Counter[str] = Counter()
    at, left_over = 0, 0
    while True:
        at += 1
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before, place)

        def work(told: int, at: int = at) -> None:
            import os

            arm(place, at, KINDS[kind])
            install(new, [trust], Slots(place))
            if calls() < at:
                os.write(told, b"whole")

        status, said = in_child(work)
        happened[f"status {status}, then {in_use(place)}"] += 1
        if said == b"whole":
            break
        again, _ = in_child(lambda _: install(new, [trust], Slots(place)))
        now = in_use(place)
        happened[f"again: status {again}, then {now}"] += 1
        left_over += sum(bool(UNFINISHED.fullmatch(path.name)) for path in place.iterdir())
    tried = {"kind": kind, "calls": at - 1, "unfinished_files": left_over}
    print(json.dumps({**tried, "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:5], sys.argv[5:])
