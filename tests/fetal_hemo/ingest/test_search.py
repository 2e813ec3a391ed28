"""What a search of a folder finds: all that may be a recording, and what it could not look into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import IngestSummary, ingest
from fetal_hemo.ingest.entries import entries_of_files

M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" + bytes(4_000)


def write(path: Path, seed: int, kind: str = "WAV") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.random.default_rng(seed).normal(size=16_000) * 0.1
    soundfile.write(path, sound, 4_000, format=kind)
    return path


def passed_over(summary: IngestSummary) -> list[tuple[str, str]]:
    return [(p.source.name, p.code) for p in summary.passed_over]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write(tmp_path / "s" / "a.wav", 0)
    return tmp_path / "s"


def test_the_content_makes_a_recording_whatever_its_name(source: Path, tmp_path: Path) -> None:
    write(source / "no ending", 1)
    write(source / "phone.rec", 2, "FLAC")
    write(source / "b.opus", 3, "OGG")
    write(source / "c.bwf", 4)
    sound = np.random.default_rng(5).normal(size=80_000) * 0.1
    soundfile.write(source / "d.mpga", sound, 16_000, format="MP3")
    with (source / "e.array").open("wb") as file:
        np.save(file, np.random.default_rng(6).normal(size=16_000))
    summary = ingest([source], tmp_path / "c", rate_hz=4_000.0, jobs=1)
    assert (summary.recordings, summary.passed_over) == (7, ())


def test_sound_that_cannot_be_read_is_listed(source: Path, tmp_path: Path) -> None:
    for number, kind in enumerate(("AIFF", "AU", "CAF", "W64"), start=1):
        write(source / f"{number}.{kind.lower()}", number, kind)
        write(source / str(number), number + 9, kind)
    (source / "5.m4a").write_bytes(M4A)
    (source / "5").write_bytes(M4A + b"longer")
    (source / "6.wma").write_bytes(b"damaged")
    (source / "7.dat").write_bytes(bytes(4_000))
    done = run(source, "--out", tmp_path / "c")
    assert done.returncode == 7
    lines = [line for line in done.stderr.splitlines() if line.startswith("E-")]
    assert len(lines) == 12
    assert [line for line in lines if not line.startswith("E-NOT-AUDIO: ")] == []


def test_what_is_no_recording_is_left_out_without_a_word(source: Path, tmp_path: Path) -> None:
    for name in ("who.csv", "note.TXT", "x.json", "x.xml", ".hidden.m4a", ".no/b.m4a", "scan.pdf"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(M4A)  # not even looked into
    (source / "empty").touch()
    (source / "photo.heic").write_bytes(b"\0\0\0\x20ftypheic" + bytes(100))
    (source / "photo").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    (source / "letter").write_bytes("Querida María".encode("utf-16"))
    (source / "archive").write_bytes(b"PK\3\4" + bytes(100))
    done = run(source, "--out", tmp_path / "c")
    assert (done.returncode, done.stdout.split(", ")[0]) == (
        0,
        "ingested: 1 recordings (1 new)",
    )


def test_linked_folders_are_searched_once(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "disk" / "deep" / "b.wav", 1)
    write(tmp_path / "disk" / "c.wav", 2)
    (source / ".hidden").symlink_to(tmp_path / "disk")
    (source / "first").symlink_to(tmp_path / "disk")
    (source / "second").symlink_to(tmp_path / "disk")
    (source / "third").symlink_to(tmp_path / "disk" / "deep")
    found = entries_of_files([source], tmp_path / "c")
    assert [str(e.source.relative_to(source)) for e in found] == [
        "a.wav",
        "first/c.wav",
        "third/b.wav",
    ]
    summary = ingest([source], tmp_path / "c", jobs=1)
    assert (summary.recordings, summary.passed_over) == (3, ())


def test_links_in_circles_end(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "beside.wav", 1)
    write(source / "x" / "b.wav", 2)
    write(source / "y" / "c.wav", 3)
    (source / "x" / "self").symlink_to(".")
    (source / "x" / "y").symlink_to(source / "y")
    (source / "y" / "x").symlink_to(source / "x")
    (source / "y" / "above").symlink_to(tmp_path)  # holds the source: not asked for
    for _ in range(2):
        summary = ingest([source], source / "cohort", jobs=1)
        assert (summary.recordings, summary.passed_over) == (3, ())
    (source / "cohort link").symlink_to(source / "cohort" / "audio")
    assert ingest([source], source / "cohort", jobs=1).recordings == 3


def test_links_that_lead_nowhere_are_listed(source: Path, tmp_path: Path) -> None:
    (source / "lost disk").symlink_to(tmp_path / "not mounted")
    (source / "ring").symlink_to("ring")
    (source / "ring.wav").symlink_to("ring.wav")
    (source / "old notes.txt").symlink_to(tmp_path / "gone")
    assert passed_over(ingest([source], tmp_path / "c", jobs=1)) == [
        ("lost disk", "E-NOT-FOUND"),
        ("ring", "E-UNREADABLE"),
        ("ring.wav", "E-UNREADABLE"),
    ]


def test_a_folder_that_is_too_deep_to_be_read_is_listed(source: Path, tmp_path: Path) -> None:
    here = os.open(source, os.O_RDONLY)
    name = "d" * 250
    for _ in range(20):
        os.mkdir(name, dir_fd=here)
        here, above = os.open(name, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    summary = ingest([source], tmp_path / "c", jobs=1)
    assert (summary.recordings, passed_over(summary)) == (1, [(name, "E-UNREADABLE")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_listed(source: Path, tmp_path: Path) -> None:
    write(source / "c", 2).chmod(0)
    write(source / "locked" / "b.wav", 1)
    write(source / "shut" / "d.wav", 3)
    (source / "locked").chmod(0)
    (source / "shut").chmod(0o400)
    try:
        summary = ingest([source], tmp_path / "c", jobs=1)
    finally:
        for name in ("locked", "shut"):
            (source / name).chmod(0o700)
    unread = ("c", "locked", "d.wav")
    assert passed_over(summary) == [(name, "E-UNREADABLE") for name in unread]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fetal_hemo.cli", "ingest", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
