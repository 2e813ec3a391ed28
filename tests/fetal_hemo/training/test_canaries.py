"""Names of patients in a cohort, its environment, home and host: the whole way keeps none.

A line on standard error may name the file or folder that the user typed, and no other.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fetal_hemo import cli
from tests.attacks.canaries import Planted, found

Said = Callable[..., tuple[int, bytes, bytes]]
HEAD = 8_192  # bytes of an audio file that hold its tags


@pytest.fixture
def said(
    planted: Planted,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Said:
    """Status, output and errors of a verb that is typed in the home folder."""
    for name, value in {**planted.environment, "HOME": str(runs), "XDG_CONFIG_HOME": "."}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(runs)

    def typed(*arguments: object) -> tuple[int, bytes, bytes]:
        status = cli.main([*map(str, arguments)])
        return status, *capfdbinary.readouterr()

    return typed


def copy_with(
    planted: Planted, to: Path, spoil: Callable[[list[dict[str, str]], list[Path]], None]
) -> Path:
    """The cohort in a folder without canaries in its path, its rows and audio spoilt."""
    shutil.copytree(planted.folder, to)
    manifest = to / "manifest.csv"
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spoil(rows, [to / row["path"] for row in rows])
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return to


def in_cells(rows: list[dict[str, str]], paths: list[Path]) -> None:
    """Values that cannot be, among them a name in the place of a number."""
    rows[5]["bmi_kg_m2"] = "250"
    rows[6]["sbp_mmhg"], rows[6]["dbp_mmhg"] = "80", "140"
    rows[7]["sbp_mmhg"] = rows[7]["patient_name"]
    rows[8]["path"] = f"../{rows[8]['phone']}.flac"
    rows[9]["recording_id"] = rows[10]["recording_id"]


def in_sound(rows: list[dict[str, str]], paths: list[Path]) -> None:
    """A file that is cut, one that is text, one that stands there twice."""
    paths[1].write_bytes(paths[1].read_bytes()[:50_000])
    paths[2].write_bytes(rows[2]["patient_name"].encode())
    paths[3].write_bytes(paths[4].read_bytes())


def in_all_sound(rows: list[dict[str, str]], paths: list[Path]) -> None:
    """No recording can be used."""
    for path, row in zip(paths, rows, strict=True):
        path.write_bytes(row["patient_name"].encode())


def in_places(rows: list[dict[str, str]], paths: list[Path]) -> None:
    """A file is missing, another one a link to somewhere else."""
    paths[0].unlink()
    paths[1].unlink()
    paths[1].symlink_to(Path(__file__))


def test_they_are_there_to_be_found(planted: Planted, runs: Path) -> None:
    heads = [path.read_bytes()[:HEAD] for path in planted.folder.rglob("*.flac")]
    names = [os.fsencode(path) for path in (*planted.folder.rglob("*.flac"), runs)]
    environment = "\n".join(planted.environment.values()).encode()
    listed = (planted.folder / "manifest.csv").read_text(encoding="utf-8").replace('""', '"')
    card = (planted.folder / "cohort.json").read_bytes()
    assert len(planted.canaries) > 300
    hidden = found(planted, *heads, *names, environment, listed.encode(), card)
    assert set(planted.canaries) - hidden == set()


def test_nothing_that_the_verbs_keep_or_say(planted: Planted, runs: Path) -> None:
    kept = {path.name for path in runs.iterdir()}
    assert {"pre", "fine", "study", "external", "model.fhb", "c", "said", "fetal-hemo"} <= kept
    assert found(planted, *runs.iterdir()) == set()


def test_verbs_that_look_at_what_was_made(
    planted: Planted, audio_of: Callable[[str], Path], tmp_path: Path, said: Said
) -> None:
    streams: list[bytes] = []
    for typed in (
        ("check", planted.folder, "--out", tmp_path / "check"),
        ("verify", "model.fhb", "--json"),
        ("bench", "model.fhb"),
        ("report", "study", "external", "--out", tmp_path / "both.html"),
        ("view", audio_of("W0001-V1"), "--out", tmp_path / "view.html", "--bundle", "model.fhb"),
    ):
        status, out, err = said(*typed)
        assert status in (0, 4), err
        streams += [out, err]
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["both.html", "check", "view.html"]
    assert found(planted, *streams, *tmp_path.iterdir()) == set()


@pytest.mark.parametrize("spoil", [in_cells, in_sound, in_all_sound, in_places])
def test_what_is_wrong_with_a_cohort_is_told_by_row(
    planted: Planted, tmp_path: Path, said: Said, spoil: Callable[..., None]
) -> None:
    spoilt, made = copy_with(planted, tmp_path / "spoilt", spoil), tmp_path / "made"
    made.mkdir()
    streams: list[bytes] = []
    for typed in (
        ("check", spoilt, "--out", made / "page"),
        ("evaluate", "model.fhb", spoilt, "--out", made / "study"),
        ("pretrain", spoilt, "--out", made / "run"),
    ):
        if spoil is in_sound and typed[0] != "check":
            continue  # some recordings can be used: those verbs would go on
        status, out, err = said(*typed)
        assert status == 3, (typed, err)
        streams += [out, err]
    assert b"row" in b"".join(streams)
    assert found(planted, *streams, *made.iterdir()) == set()


def test_a_refusal_names_what_was_typed_alone(planted: Planted, said: Said) -> None:
    for typed in (
        ("pretrain", planted.folder, "--out", "pre"),
        ("finetune", planted.folder, "--from", "study", "--out", "new"),
        ("evaluate", "pre", planted.folder, "--out", "new"),
        ("export", "pre", "--out", "new.fhb"),
        ("screen", planted.folder, "--bundle", "model.fhb"),
        ("verify", "said"),
    ):
        status, out, err = said(*typed)
        assert status in (3, 5), (typed, err)
        assert err.count(b"\n") == 1
        known = found(planted, " ".join(map(str, typed)).encode())
        assert found(planted, out, err) <= known, err
