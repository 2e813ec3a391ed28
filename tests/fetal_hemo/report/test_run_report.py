"""The page of a run folder."""

import json
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe, to_toml
from fetal_hemo.report.run_report import write_run_report

FACTS = {"stage": "pretrain", "simulated": True, "versions": {"torch": "<2.13>"}}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    epochs = [{"epoch": i, "loss": 2.0 / i, "stop": False} for i in (1, 2, 3)]
    (tmp_path / "metrics.json").write_text(json.dumps({"epochs": epochs, "women": 12}))
    (tmp_path / "recipe.resolved.toml").write_text(to_toml(load_recipe()))
    return tmp_path


def test_shows_curve_facts_and_recipe(run: Path) -> None:
    path = write_run_report(run, FACTS)
    assert path == run / "report.html"
    text = path.read_text(encoding="utf-8")
    assert "Pretrain run" in text
    assert "loss from 2 to 0.667" in text
    assert "&lt;2.13&gt;" in text
    assert "visits_per_batch = 16" in text
    assert "<td>0.6667</td>" in text
    assert "Simulated data" in text


def test_a_run_without_epochs(run: Path) -> None:
    (run / "metrics.json").write_text("{}")
    assert "<svg" not in write_run_report(run, FACTS).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["metrics.json", "recipe.resolved.toml"])
def test_a_missing_file_is_named(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(FetalHemoError, match=rf"E-RUN.*{name}"):
        write_run_report(run, FACTS)


@pytest.mark.parametrize("content", ["{", "[]", "\udcff"])
def test_a_broken_file_is_named(run: Path, content: str) -> None:
    (run / "metrics.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(FetalHemoError, match=r"E-RUN.*metrics\.json"):
        write_run_report(run, FACTS)
