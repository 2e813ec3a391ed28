"""A real disk that is really full: a verb on a tmpfs of so many bytes, then on a larger one.

    unshare -m python small_disk.py FOLDER VERB BYTES INPUTS

Run in a mount namespace of its own. Prints one JSON line: how the verb ended on the small disk and
on the enlarged one, what it showed each time, and the sha256 of every file in the end.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path


def command(verb: str, disk: Path, inputs: Path) -> list[str]:
    """The verb as it is called, writing to the disk alone."""
    sounds = sorted(map(str, (inputs / "sounds").glob("*.wav")))
    bundle = ["--bundle", str(inputs / "a.fhb"), "--trust", str(inputs / "signer.pub"), "--json"]
    cohort = ["--out", str(disk / "cohort"), "--jobs", "1"]
    run = [str(inputs / "cohort"), "--out", str(disk / "run")]
    resumed = ["--resume"] * (disk / "run" / "run.json").exists()
    study = ["fetal_hemo.cli"]
    device = ["firmware_bridge", "screen", *sounds, *bundle]
    calls = {
        "ingest": [*study, "ingest", str(inputs / "sounds"), *cohort],
        "simulate": [*study, "simulate", "--women", "2", "--minutes", "0.25", *cohort],
        "pretrain": [*study, "pretrain", *run, "--recipe", str(inputs / "tiny.toml"), *resumed],
        "queue": [*device, "--queue", str(disk / "q.db")],
        "fhir": [*device, "--fhir", str(disk / "fhir")],
    }
    return [sys.executable, "-m", *calls[verb]]


def queued(disk: Path) -> list[str]:
    """The recordings that the queue holds, by their hash."""
    if not (disk / "q.db").exists():
        return []
    listed = [sys.executable, "-m", "firmware_bridge", "queue", "list", str(disk / "q.db")]
    done = subprocess.run([*listed, "--json"], capture_output=True, text=True, check=True)
    return [json.loads(line)["result"]["recording"]["sha256"] for line in done.stdout.splitlines()]


def sealed(disk: Path) -> dict[str, str]:
    """Name and sha256 of every file."""
    files = sorted(path for path in disk.rglob("*") if path.is_file())
    return {str(f.relative_to(disk)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def main(folder: str, verb: str, size: str, inputs: str) -> None:
    disk = Path(folder)
    _mount("-t", "tmpfs", "-o", f"size={size}", "none", folder)
    told = []
    for _ in range(2):
        done = subprocess.run(command(verb, disk, Path(inputs)), capture_output=True, text=True)
        told.append({"status": done.returncode, "out": done.stdout, "err": done.stderr})
        _mount("-o", "remount,size=64m", folder)
        told[-1]["files"] = sealed(disk)
        told[-1]["queued"] = queued(disk)
    print(json.dumps(told))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
