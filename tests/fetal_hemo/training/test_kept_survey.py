"""A kept survey says what listening would say, and only of the same sound, code and settings."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.training import kept_survey
from fetal_hemo.training.kept_survey import KeptSurvey
from fetal_hemo.training.survey import Survey, WindowFacts, survey

ROWS = 4


@pytest.fixture
def small(cohort: Path, tmp_path: Path) -> Cohort:
    """A copy with a damaged file in row 3."""
    shutil.copytree(cohort, tmp_path / "cohort")
    opened = open_cohort(tmp_path / "cohort")
    bad = opened.audio_path(opened.recordings[1])
    bad.write_bytes(bad.read_bytes()[:1_000])
    return opened


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings that were listened to."""
    names: list[str] = []
    listen = WindowFacts.visit

    def counted(self, cohort, recording, recipe):
        names.append(recording.recording_id)
        return listen(self, cohort, recording, recipe)

    monkeypatch.setattr(WindowFacts, "visit", counted)
    return names


def surveyed(cohort: Cohort, path: Path, recipe: Recipe, others: tuple[Path, ...] = ()) -> Survey:
    return survey(cohort, cohort.recordings[:ROWS], recipe, kept=KeptSurvey(recipe, path, others))


def test_what_was_heard_is_not_heard_again(small: Cohort, heard: list[str], tmp_path: Path) -> None:
    recipe = load_recipe()
    path = tmp_path / "survey.jsonl"
    plain = survey(small, small.recordings[:ROWS], recipe)
    heard.clear()
    first = surveyed(small, path, recipe)
    assert len(heard) == ROWS
    again = surveyed(small, path, recipe)
    elsewhere = surveyed(small, tmp_path / "other.jsonl", recipe, (path,))
    assert len(heard) == ROWS
    assert plain == first == again == elsewhere
    assert any(line.startswith("row 3: E-") for line in again.passed_over)


def test_a_line_that_was_cut_short_is_heard_again(
    small: Cohort, heard: list[str], tmp_path: Path
) -> None:
    recipe, path = load_recipe(), tmp_path / "survey.jsonl"
    first = surveyed(small, path, recipe)
    heard.clear()
    path.write_text(path.read_text()[:-40])
    assert surveyed(small, path, recipe) == first
    assert len(heard) == 1


def test_other_sound_other_settings_and_other_code_are_heard(
    small: Cohort, heard: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, path = load_recipe(), tmp_path / "survey.jsonl"
    surveyed(small, path, recipe)
    heard.clear()
    source, target = (small.audio_path(small.recordings[row]) for row in (5, 2))
    shutil.copy(source, target)
    surveyed(small, path, recipe)
    assert heard == [small.recordings[2].recording_id]
    heard.clear()
    strict = dataclasses.replace(recipe.windows, max_dead_share=0.05)
    surveyed(small, path, dataclasses.replace(recipe, windows=strict))
    assert len(heard) == ROWS
    heard.clear()
    monkeypatch.setattr(kept_survey, "code_sha256", lambda: "another front end")
    surveyed(small, path, recipe)
    assert len(heard) == ROWS


def test_the_class_is_that_of_the_recipe_at_hand(small: Cohort, tmp_path: Path) -> None:
    recipe, path = load_recipe(), tmp_path / "survey.jsonl"
    surveyed(small, path, recipe)
    low = dataclasses.replace(
        recipe.labels, elevated=(40, 31), hypertensive=(41, 32), severe=(42, 33)
    )
    found = surveyed(small, path, dataclasses.replace(recipe, labels=low))
    assert {visit.label for visit in found.visits} == {3}


def test_a_disk_that_cannot_be_written_is_no_fault_of_a_recording(
    small: Cohort, tmp_path: Path
) -> None:
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        surveyed(small, tmp_path / "no folder" / "survey.jsonl", load_recipe())
