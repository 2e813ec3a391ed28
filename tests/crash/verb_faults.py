"""Every storage call of a verb fails once, in each way; then the verb is run again.

    python verb_faults.py FOLDER VERB KIND EVERY INPUTS

FOLDER is empty, INPUTS holds what the verb works on, EVERY is 1 for all calls, 10 for each tenth.
Prints one JSON line: what was tried and what happened.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from shim import KINDS, arm, calls, in_child

from export.bundle import write_bundle
from fetal_hemo.ingest import ingest
from firmware_bridge.bundle import MEMBERS
from firmware_bridge.screen_command import Output, screen_files
from firmware_bridge.store import UNFINISHED
from firmware_bridge.stored_zip import unpack

Work = Callable[[Path, Path], object]


def ingest_all(inputs: Path, place: Path) -> None:
    """All recordings into a cohort."""
    ingest([inputs / "sounds"], place / "cohort", jobs=1)


def ingest_some(inputs: Path, place: Path) -> None:
    """What is there before: a cohort of the first recordings."""
    ingest([inputs / "sounds" / "0.wav"], place / "cohort", jobs=1)


def screen(inputs: Path, place: Path, last: int = 3) -> None:
    """Recordings screened into a folder of transactions."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (the process ends soon)
    files = [str(inputs / "sounds" / f"{number}.wav") for number in range(last)]
    output = Output(as_json=True, fhir=str(place / "fhir"))
    screen_files(files, str(inputs / "a.fhb"), [inputs / "signer.pub"], output)


def pretrain(inputs: Path, place: Path) -> None:
    """A run gone on with, as it was after the survey."""
    from fetal_hemo.training.pretrain import pretrain

    run = place / "run"
    resume = (run / "run.json").exists()
    pretrain(inputs / "cohort", run, inputs / "tiny.toml", resume=resume)


def surveyed(inputs: Path, place: Path) -> None:
    """What is there before: a run that was cut off in its first step."""
    shutil.copytree(inputs / "run", place / "run")


def export(inputs: Path, place: Path, counter: int = 2) -> None:
    """A bundle over an older one."""
    members = unpack((inputs / "a.fhb").read_bytes(), MEMBERS)
    manifest = json.loads(members["manifest.json"])
    del manifest["members"], manifest["signing_key_id"]
    kept = {n: d for n, d in members.items() if n not in ("manifest.json", "signature")}
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    write_bundle(place / "b.fhb", kept, {**manifest, "counter": counter}, key)


VERBS: dict[str, tuple[Work, Work]] = {  # what is there before, and the verb
    "ingest": (ingest_some, ingest_all),
    "ingest from nothing": (lambda inputs, place: None, ingest_all),
    "screen": (lambda inputs, place: screen(inputs, place, 1), screen),
    "pretrain": (surveyed, pretrain),
    "pretrain from nothing": (lambda inputs, place: None, pretrain),
    "export": (lambda inputs, place: export(inputs, place, 1), export),
}
# Files that tell the time or how long something took: all that counts is that they are there.
TIMED = ("log.txt", "run.json", "steps.jsonl", "report.html")

# Written more than once; that going on ends with the same bytes shows whether they were whole.
GROWING = (
    *("survey.jsonl", "checkpoint.safetensors", "fitted.json", "training.svg"),
    *("metrics.json", "epochs.csv"),
)


def contents(place: Path) -> dict[str, bytes]:
    """Names of all files, with the bytes of those whose bytes do not tell the time."""
    files = (path for path in place.rglob("*") if path.is_file())
    return {
        str(path.relative_to(place)): b"" if path.name in TIMED else path.read_bytes()
        for path in files
    }


def missed(place: Path, expected: dict[str, bytes]) -> list[str]:
    """What is not as it should be where all was said to be well; leavings are swept later."""
    now = {n: d for n, d in contents(place).items() if not UNFINISHED.fullmatch(Path(n).name)}
    return [name for name in now | expected if now.get(name) != expected.get(name)]


def went_on(again: int, place: Path) -> bool:
    """Whether a verb went through, or has nothing to do because the run was at its end."""
    runs = [json.loads(path.read_bytes())["status"] for path in place.rglob("run.json")]
    return again == 0 or (again == 3 and runs == ["finished"])


def damaged(before: Path, place: Path, expected: dict[str, bytes]) -> list[str]:
    """Earlier files that are neither as they were nor as they will be."""
    now = contents(place)
    return [
        name
        for name, data in contents(before).items()
        if now.get(name) not in (data, expected.get(name)) and Path(name).name not in GROWING
    ]


def import_once(verb: str) -> None:
    """Import what a training needs in this process, and not in every child anew."""
    if verb.startswith("pretrain"):
        for module in ("torch._dynamo", "fetal_hemo.training.pretrain"):
            import_module(module)


def main(folder: Path, verb: str, kind: str, every: int, inputs: Path) -> None:
    make, work = VERBS[verb]
    import_once(verb)
    before, whole, place = (folder / name for name in ("before", "whole", "place"))
    before.mkdir()
    assert in_child(lambda _: make(inputs, before))[0] == 0
    shutil.copytree(before, whole)
    assert in_child(lambda _: work(inputs, whole))[0] == 0
    expected = contents(whole)
    happened: Counter[str] = Counter()
    at, harmed, unsaid, differing, left = 1, 0, 0, 0, 0
    while True:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before, place)

        def armed(told: int, at: int = at) -> None:
            arm(place, at, KINDS[kind])
            work(inputs, place)
            if calls() < at:  # nothing was left to fail
                os.write(told, b"whole")

        status, said = in_child(armed)
        if said == b"whole":
            break
        happened[{0: "went on", 6: "exit 6", -9: "killed"}.get(status, f"status {status}")] += 1
        broken = damaged(before, place, expected)
        harmed += bool(broken)
        missing = missed(place, expected) if status == 0 else []
        unsaid += bool(missing)
        again, _ = in_child(lambda _: work(inputs, place))
        after = contents(place)
        differing += not went_on(again, place) or after != expected
        others = [name for name in after | expected if after.get(name) != expected.get(name)]
        if broken or missing or others or not went_on(again, place):
            print(f"call {at}: {broken=} {missing=} {others=} {again=}", file=sys.stderr)
        left += any(UNFINISHED.fullmatch(path.name) for path in place.rglob("*"))
        at += every
    tried = {"programme": f"{kind}: {verb}", "calls": at - 1, "tries": sum(happened.values())}
    found = {"harmed": harmed, "unsaid": unsaid, "different_after": differing, "left_over": left}
    print(json.dumps({**tried, **found, "happened": dict(happened)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
