"""Which cells are kept, and which are made again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ablation.code import code_hash, code_of
from benchmarks.ablation.plan import FULL, SMOKE
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.results import Results
from benchmarks.ablation.rows import OURS, ROWS
from benchmarks.hypertension import best, made_by
from tests.benchmarks.ablation.planted import BY, LABELS, WORLD, cells


def never() -> Any:
    pytest.fail("made again")


def test_a_finished_cell_is_not_made_again_unless_by_another_code(tmp_path: Path) -> None:
    key, file = CellKey(1.0, OURS, 0, 0), tmp_path / "r.json"
    made = Results(file, SMOKE).cell(key, BY, lambda: {"seconds": 1.0})
    assert Results(file, SMOKE).cell(key, BY, never) == made
    again = Results(file, SMOKE).cell(key, {**BY, "code": "d"}, lambda: {"seconds": 2.0})
    assert again == {**BY, "code": "d", "seconds": 2.0}
    assert Results(file, SMOKE).cells[str(key)] == again


def test_what_another_process_wrote_stays(tmp_path: Path) -> None:
    key, file = CellKey(1.0, OURS, 0, 0), tmp_path / "r.json"
    Results(file, SMOKE).cell(key, {**BY, "code": "old"}, lambda: {"seconds": 1.0})
    first, second = (Results(file, SMOKE) for _ in range(2))
    first.cell(key, BY, lambda: {"seconds": 3.0})
    first.write({"effect_1": {"a": 1}}, {"chosen": 16})
    second.cell(CellKey(1.0, OURS, 0, 1), BY, lambda: {"seconds": 2.0})
    found = json.loads(file.read_bytes())
    assert [cell["seconds"] for cell in found["cells"].values()] == [3.0, 2.0]
    assert (found["table"], found["embedding_size"]) == ({"effect_1": {"a": 1}}, {"chosen": 16})


def test_nothing_is_best_before_every_row_is_finished(tmp_path: Path) -> None:
    results, world = Results(tmp_path / "r.json", FULL), WORLD
    for number, name in enumerate(ROWS):
        some = [float(label >= 2) + number * (i % 3) for i, label in enumerate(LABELS)]
        made = cells(name, some, None)
        by = made_by(CellKey(1.0, name, 0, 0), WORLD)
        results.made |= {key: cell | by for key, cell in made.items()}
    last = results.made.pop(f"1/{list(ROWS)[-1]}/0/1")
    other = Results(tmp_path / "r.json", FULL)
    results.write()
    assert best(other, world) == []
    stale = Results(tmp_path / "r.json", FULL)
    stale.made[f"1/{last['row']}/0/1"] = last | {"code": "old"}
    stale.write()
    assert best(other, world) == []
    results.made[f"1/{last['row']}/0/1"] = last
    results.write()
    assert best(other, world)[0] == OURS
    assert len(best(other, world)) == 3


def test_words_are_not_code(tmp_path: Path) -> None:
    file, settings = tmp_path / "a.py", tmp_path / "a.toml"
    file.write_text('"""First."""\n\ndef f(x):\n    """Two."""\n    return x + 1\n')
    settings.write_text("a = 1\n")
    before = code_hash([file, settings])
    file.write_text("# a word\ndef f(x):\n\n    return (x + 1)  # another\n")
    settings.write_text("a = 1  # a word\n")
    assert code_hash([settings, file]) == before
    file.write_text("def f(x):\n    return x + 2\n")
    assert code_hash([file, settings]) != before
    file.write_text("def f(x):\n    return x + 1\n")
    settings.write_text("a = 2\n")
    assert code_hash([file, settings]) != before


def test_a_cell_depends_on_its_own_row_whatever_its_meaning() -> None:
    row = ROWS["plus_contrast_teacher"]
    assert code_of(replace(row, meaning="in other words")) == code_of(row)
    assert code_of(replace(row, changes={"teacher.weight": 0.6})) != code_of(row)
    assert code_of(replace(row, label_share=0.5)) != code_of(row)
    assert code_of(replace(row, others=9)) != code_of(row)
    assert code_of(replace(row, others_effect=0.5)) != code_of(row)
    assert code_of(replace(row, measuring={"pretrain.epochs": 9})) != code_of(row)


def test_a_row_pretrained_elsewhere_is_known_by_that_cohort_too() -> None:
    elsewhere, here = (CellKey(1.0, name, 0, 0) for name in (OURS, "minus_measuring"))
    assert made_by(elsewhere, WORLD)["others"] == "o"
    assert made_by(elsewhere, WORLD)["cohort"] == made_by(here, WORLD)["cohort"] == "w"
    assert "others" not in made_by(here, WORLD)
