"""A study whose files are damaged is refused in plain words, by the file that is broken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.statistics import cohort, score_table
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import ControlFeatures, StudyInput, fit_controls
from fetal_hemo.evaluation.pooled_study import pooled_study
from fetal_hemo.evaluation.study_files import read_study_input, write_study_input

OF_PYTHON = re.compile(r"Errno|Error|invalid literal|could not convert|array header|\('")
Damage = Callable[[Path], object]


def study(name: str) -> StudyInput:
    """A study of random women, small enough to be written in no time."""
    generator = np.random.default_rng(len(name))
    train, test = cohort(generator, 60), cohort(generator, 20)
    table = score_table(generator, test, name)
    given = ControlFeatures(
        generator.normal(size=(len(train.women), 3)), generator.normal(size=(len(table), 3))
    )
    return StudyInput(
        test=table,
        beside=fit_controls({"age_ga_bmi": given}, train.labels),
        train_labels=train.labels,
        train_women=np.array([f"T{woman}" for woman in train.women]),
        embeddings_test=given.test,
        specificity=0.9,
        prevalence=0.05,
        threshold=0.2,
        simulated=True,
        validation=score_table(generator, cohort(generator, 20), f"v{name}"),
    )


def refusal(folder: Path) -> str:
    """The one line that reading the study ends with."""
    with pytest.raises(FetalHemoError) as refused:
        read_study_input(folder)
    line = refused.value.line()
    assert refused.value.code == "E-RUN"
    assert line.endswith("; run evaluate again, with another --out")
    assert not OF_PYTHON.search(line), line
    return line


def cut(size: int) -> Damage:
    return lambda path: path.write_bytes(path.read_bytes()[:size])


def swapped(old: str, new: str) -> Damage:
    return lambda path: path.write_text(path.read_text().replace(old, new, 1))


def without(key: str) -> Damage:
    def drop(path: Path) -> None:
        facts = json.loads(path.read_text())
        del facts[key]
        path.write_text(json.dumps(facts))

    return drop


def holding(**values: Any) -> Damage:
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("scores.csv", Path.unlink, "a file of the study is missing"),
        ("controls.csv", Path.unlink, "a file of the study is missing"),
        ("controls.csv", cut(0), "is empty"),
        ("controls.csv", cut(100), "ends in the middle of a row"),
        ("controls.csv", cut(-1), "ends in the middle of a row"),
        ("controls.csv", swapped("\n", ",\n"), "row 2: 2 cells under 3 columns"),
        ("controls.csv", swapped("recording_id", "id"), "the column recording_id is missing"),
        ("controls.csv", swapped("a0", "b0"), "holds other recordings than scores.csv"),
        ("controls.csv", swapped(".", "x"), "column age_ga_bmi: .* is not a number"),
        ("training.csv", Path.unlink, "a file of the study is missing"),
        ("training.csv", swapped("label", "labl"), "the column label is missing"),
        ("training.csv", swapped(",0\n", ",2\n"), 'column label: "2" is not one of 0, 1'),
        ("training.csv", lambda path: path.write_bytes(b"\xff"), "is not UTF-8 text"),
        ("validation_scores.csv", Path.unlink, "a file of the study is missing"),
        ("embeddings.npy", Path.unlink, "a file of the study is missing"),
        ("embeddings.npy", cut(0), "is not a whole table of numbers"),
        ("embeddings.npy", cut(40), "is not a whole table of numbers"),
        ("embeddings.npy", cut(200), "is not a whole table of numbers"),
        ("embeddings.npy", lambda path: np.save(path, np.ones((2, 3), np.float32)), "holds 2 rows"),
        ("embeddings.npy", lambda path: np.save(path, np.ones(4, np.float32)), "is not a whole"),
        ("study_input.json", Path.unlink, "a file of the study is missing"),
        ("study_input.json", cut(30), "is not whole JSON"),
        ("study_input.json", lambda path: path.write_text("[]"), "does not hold a JSON object"),
        ("study_input.json", without("cross_validated"), "cross_validated is missing"),
        ("study_input.json", without("seed"), "seed is missing"),
        ("study_input.json", holding(threshold="half"), "threshold must be a number"),
        ("study_input.json", holding(limits=[140]), "limits must be two pressures in mmHg"),
        ("study_input.json", holding(simulated="no"), "simulated must be true or false"),
        ("study_input.json", holding(threshold={"b": 0.5}), 'holds no threshold for "a"'),
    ],
)
def test_what_is_broken_is_named(tmp_path: Path, name: str, damage: Damage, said: str) -> None:
    write_study_input(tmp_path, study("a"))
    damage(tmp_path / name)
    line = refusal(tmp_path)
    assert re.search(said, line), line
    assert f": {tmp_path / name};" in line


def test_a_fold_without_its_threshold_is_refused(tmp_path: Path) -> None:
    write_study_input(tmp_path, pooled_study({"fold-1": study("a"), "fold-2": study("bb")}))
    read_study_input(tmp_path)
    holding(threshold={"fold-1": 0.2})(tmp_path / "study_input.json")
    assert 'holds no threshold for "fold-2"' in refusal(tmp_path)


def test_a_study_of_a_bundle_has_nobody_who_validated(tmp_path: Path) -> None:
    """Nobody trained either: nothing is missing."""
    nobody = {"train_labels": np.zeros(0, np.int64), "train_women": np.zeros(0, np.str_)}
    write_study_input(tmp_path, replace(study("a"), validation=None, **nobody))
    assert read_study_input(tmp_path).validation is None


def test_an_older_study_does_not_say_who_its_model_learned_from(tmp_path: Path) -> None:
    write_study_input(tmp_path, study("a"))
    without("model_simulated")(tmp_path / "study_input.json")
    assert read_study_input(tmp_path).model_simulated
