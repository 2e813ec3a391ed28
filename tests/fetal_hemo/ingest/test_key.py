"""`ingest --key`: whoever ingested learns which file is which recording, the cohort does not."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest import ingest

HEADER = "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two recordings, one of them twice, and what cannot be read."""
    folder = tmp_path / "Maria"
    folder.mkdir()
    for number, name in enumerate(("a, b.wav", "c.wav")):
        sound = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / name, sound, 4_000)
    (folder / "d.wav").write_bytes((folder / "c.wav").read_bytes())
    (folder / "e.wav").write_text("no sound")
    return folder


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "ingest", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]


def rows(key: Path) -> list[tuple[str, ...]]:
    with key.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return [tuple(row) for row in csv.reader(file)]


def expected(source: Path, **ids: str) -> list[tuple[str, ...]]:
    found = [("recording_id", "path", "sha256")]
    for recording_id, name in ids.items():
        path = source / name
        found.append((recording_id, str(path), hashlib.sha256(path.read_bytes()).hexdigest()))
    return found


def test_each_recording_has_its_file(source: Path, tmp_path: Path) -> None:
    key, cohort = tmp_path / "key.csv", tmp_path / "c"
    # Named from where it is started, the file must still be found from elsewhere.
    places = ("Maria", "--out", "c", "--key", "key.csv", "--json")
    done = run(*places, cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == 7
    assert rows(key) == expected(source, R0001="a, b.wav", R0002="c.wav")
    assert key.stat().st_mode & 0o777 == 0o600
    assert "; key.csv says which file is which" in done.stderr.splitlines()[-1]
    stored = b"".join(path.read_bytes() for path in cohort.rglob("*") if path.is_file())
    assert b"Maria" not in stored + done.stdout.encode()
    assert json.loads(done.stdout)["recordings"] == 2


def test_a_duplicate_names_the_file_that_was_taken(source: Path, tmp_path: Path) -> None:
    done = run(source, "--out", tmp_path / "c")
    line = f"E-DUPLICATE: the same as R0002 ({source / 'c.wav'}): {source / 'd.wav'}"
    assert line in done.stderr.splitlines()
    assert str(source) not in (tmp_path / "c" / "ingest.json").read_text()


def test_the_key_of_a_cohort_that_is_there_already(source: Path, tmp_path: Path) -> None:
    key, cohort = tmp_path / "key.csv", tmp_path / "c"
    done = run(source, "--out", cohort)
    assert "run it again with --key KEYFILE to learn which file is which" in done.stderr
    before = (cohort / "manifest.csv").read_bytes()
    sound = np.random.default_rng(9).normal(size=16_000) * 0.1
    soundfile.write(source / "b.wav", sound, 4_000)
    assert ingest([source], cohort, key=key, jobs=1).made == 1
    assert rows(key) == expected(source, R0001="a, b.wav", R0003="b.wav", R0002="c.wav")
    assert (cohort / "manifest.csv").read_bytes().startswith(before)


def test_ids_of_a_manifest(source: Path, tmp_path: Path) -> None:
    who, key = source / "who.csv", tmp_path / "key.csv"
    who.write_text(f"{HEADER}\nX,w,v,c.wav,,,\n")
    ingest([source], tmp_path / "c", who, key=key, jobs=1)
    assert rows(key) == expected(source, X="c.wav")


def test_a_name_that_is_not_utf_8_keeps_its_bytes(source: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff.wav")
    (source / "c.wav").rename(source / odd)
    for name in ("d.wav", "e.wav"):
        (source / name).unlink()
    ingest([source], tmp_path / "c", key=tmp_path / "key.csv", jobs=1)
    assert rows(tmp_path / "key.csv") == expected(source, R0001="a, b.wav", R0002=odd)


@pytest.mark.parametrize("place", ["Maria/key.csv", "c/key.csv", "door/key.csv", "none/key.csv"])
def test_a_place_that_will_not_do(source: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "door").symlink_to(source)
    with pytest.raises(FetalHemoError) as caught:
        ingest([source], tmp_path / "c", key=tmp_path / place, jobs=1)
    assert (caught.value.code, caught.value.where) == ("E-USAGE", "--key")
    assert not (tmp_path / "c").exists()


def test_a_key_is_never_overwritten(source: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.csv"
    key.write_text("another cohort's")
    done = run(source, "--out", tmp_path / "c", "--key", key)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "E-USAGE: is there already: --key; choose another place: a key is never overwritten\n"
    )
    assert key.read_text() == "another cohort's"
    assert not (tmp_path / "c").exists()


def test_a_key_that_a_killed_run_left_unfinished(source: Path, tmp_path: Path) -> None:
    left = tmp_path / ".unfinished-key.csv.abcd1234"
    left.write_text("half a key")
    ingest([source], tmp_path / "c", key=tmp_path / "key.csv", jobs=1)
    assert not left.exists()


def test_nothing_ingested_makes_no_key(source: Path, tmp_path: Path) -> None:
    summary = ingest([source / "e.wav"], tmp_path / "c", key=tmp_path / "key.csv", jobs=1)
    assert (summary.recordings, (tmp_path / "key.csv").exists()) == (0, False)
