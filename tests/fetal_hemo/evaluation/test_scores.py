"""The score table survives a trip through CSV and refuses a broken one."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.scores import ScoreTable, read_scores


def table(rows: int = 5) -> ScoreTable:
    generator = np.random.default_rng(0)
    ids = np.array([f"r{i}" for i in range(rows)], dtype=np.str_)
    numbers = {
        f.name: generator.normal(size=rows) for f in fields(ScoreTable) if "float64" in str(f.type)
    }
    numbers["logits"] = generator.normal(size=(rows, 4))
    numbers["bmi_kg_m2"] = np.full(rows, np.nan)
    return ScoreTable(
        recording_id=ids,
        participant_id=np.array(['w,"1"'] * rows, dtype=np.str_),
        visit_id=ids,
        split=np.array(["test"] * rows, dtype=np.str_),
        device_id=np.array([""] * rows, dtype=np.str_),
        site_id=ids,
        label=generator.integers(0, 2, rows),
        bp_class=generator.integers(0, 4, rows),
        abstained=np.arange(rows) == 1,
        **numbers,
    )


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_round_trip_is_exact(tmp_path: Path, rows: int) -> None:
    before = table(rows)
    before.write(tmp_path / "new" / "scores.csv")
    after = read_scores(tmp_path / "new" / "scores.csv")
    for field in fields(ScoreTable):
        np.testing.assert_array_equal(getattr(after, field.name), getattr(before, field.name))
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["scores.csv"]


def test_scored_leaves_out_abstained_and_unknown() -> None:
    rows = table()
    rows.probability[3] = np.nan
    assert rows.scored.tolist() == [True, False, True, False, True]
    assert rows.select(rows.scored).recording_id.tolist() == ["r0", "r2", "r4"]


def test_a_column_of_another_length_is_refused() -> None:
    values = {f.name: getattr(table(), f.name) for f in fields(ScoreTable)}
    values["margin"] = np.zeros(4)
    with pytest.raises(ValueError, match="margin"):
        ScoreTable(**values)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("margin", "gain", "the column margin is missing"),
        ("r0,1", "r0,x,1", "row 2: 26 cells under 25 columns"),
        ("r1,1,3,", "r1,7,3,", 'row 3, column label: "7" is not one of 0, 1:'),
        ("r1,1,3,", "r1,1,,", 'row 3, column bp_class: "" is not one of 0, 1, 2, 3:'),
        (",0.1257302210933933,", ",abc,", 'row 2, column probability: "abc" is not a number:'),
        (",0.1257302210933933,", ",inf,", 'row 2, column probability: "inf" is not a number:'),
        ("r4,0,3", '"r4,0,3', "row 6: is not a row of a table"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "scores.csv"
    table().write(path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(FetalHemoError, match=said) as refused:
        read_scores(path)
    assert refused.value.line().startswith("E-RUN: ")
    assert str(path) in refused.value.line()


def test_missing_file_and_unwritable_folder(tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError, match=r"E-RUN: a file of the study is missing: .*none\.csv"):
        read_scores(tmp_path / "none.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        table().write(tmp_path / "file" / "scores.csv")
