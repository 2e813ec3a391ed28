"""What the tables of a study do not hold: what its kind always has is there, or it is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.study_facts import read_study_facts
from tests.fetal_hemo.training.verbs import fetal_hemo

Json = dict[str, Any]
ALWAYS = {
    "study": ["leakage", "flow", "explained", "design"],
    "external": ["flow", "design", "agreement", "card"],
}


def copied(runs: Path, name: str, folder: Path) -> Path:
    """A study of its own to be damaged."""
    return shutil.copytree(runs / name, folder / name)


def facts_of(study: Path) -> Json:
    return json.loads((study / "facts.json").read_text(encoding="utf-8"))


def write(study: Path, facts: Json) -> None:
    (study / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


@pytest.mark.parametrize("name", ["study", "external"])
def test_a_study_without_its_facts_is_refused_and_stays_as_it_was(
    runs: Path, tmp_path: Path, name: str
) -> None:
    study = copied(runs, name, tmp_path)
    before = [(study / file).read_bytes() for file in ("metrics.json", "report.html")]
    write(study, {})
    done = fetal_hemo("report", study, home=runs)
    assert (done.returncode, done.stdout) == (3, "")
    said = f"E-RUN: design is missing: {study / 'facts.json'}"
    assert done.stderr == f"{said}; run evaluate again, with another --out\n"
    assert [(study / file).read_bytes() for file in ("metrics.json", "report.html")] == before
    (study / "facts.json").unlink()
    done = fetal_hemo("report", study, runs / "study", "--out", tmp_path / "page", home=runs)
    assert done.returncode == 3
    assert done.stderr.startswith("E-RUN: a file of the study is missing: ")
    assert "facts.json" in done.stderr


@pytest.mark.parametrize("name", ["study", "external"])
def test_what_its_maker_always_writes_must_be_there(runs: Path, tmp_path: Path, name: str) -> None:
    study = copied(runs, name, tmp_path)
    whole = facts_of(study)
    assert read_study_facts(study) == whole
    for key in ALWAYS[name]:
        write(study, {other: value for other, value in whole.items() if other != key})
        with pytest.raises(FetalHemoError, match=rf"E-RUN: {key} is missing: .*facts\.json"):
            read_study_facts(study)


def at(facts: Json, place: str, value: object) -> Json:
    """The facts with another value at a place, written with dots."""
    *way, last = place.split(".")
    inner = facts
    for step in way:
        inner = inner[step]
    inner[last] = value
    return facts


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("auroc", 0.99, "auroc is unknown"),  # it would stand in place of what was computed
        ("design", None, "design must be an object"),
        ("design.kind", "a survey", "design.kind is no kind of study"),
        ("flow.cohort.women", "16", "flow.cohort.women must be a whole number"),
        ("flow.parts.test", {"women": 3}, "flow.parts.test.recordings is missing"),
        ("flow.excluded", ["no cuff reading"], "flow.excluded must be an object"),
        ("leakage.verdict", " ", "leakage.verdict must be text"),
        ("leakage.clean", "yes", "leakage.clean must be true or false"),
        ("leakage.questions", [], "leakage.questions must be a list of 1 or more"),
        ("leakage.questions", [{}], "leakage.questions.1.clean is missing"),
        ("explained.texts", [], "explained.texts must be a list of 1 or more"),
        ("explained.like", [["a visit"]], "explained.like.1 must be a list of 3 or more"),
        ("explained.beat_sanity", "low", "explained.beat_sanity must be a number"),
        ("agreement.gate", {"int8_logit_max_abs": 10**400}, "max_abs must be a number"),
        ("agreement.auroc_float", 0.8, "agreement.auroc_float must be an object"),
    ],
)
def test_what_would_break_the_page_or_leave_it_blank_is_named(
    runs: Path, tmp_path: Path, place: str, value: object, said: str
) -> None:
    study = copied(runs, "study", tmp_path)
    write(study, at(facts_of(study), place, value))
    with pytest.raises(FetalHemoError) as refused:
        read_study_facts(study)
    assert refused.value.code == "E-RUN"
    assert said in refused.value.what


def test_a_study_made_without_a_bundle_has_no_agreement(runs: Path, tmp_path: Path) -> None:
    study = copied(runs, "study", tmp_path)
    write(study, {name: part for name, part in facts_of(study).items() if name != "agreement"})
    assert "agreement" not in read_study_facts(study)


@pytest.mark.parametrize("damage", ["missing", "cut", "no text"])
def test_a_lost_or_damaged_picture_is_named(runs: Path, tmp_path: Path, damage: str) -> None:
    study = copied(runs, "study", tmp_path)
    before = (study / "metrics.json").read_bytes()
    picture = study / "explained-1.svg"
    content = picture.read_bytes()
    picture.unlink()
    if damage != "missing":
        picture.write_bytes(content[:-20] if damage == "cut" else b"\xff" + content)
    done = fetal_hemo("report", study, home=runs)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("E-RUN: ")
    assert f": {picture}; run evaluate again" in done.stderr
    assert (study / "metrics.json").read_bytes() == before
