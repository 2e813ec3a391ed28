"""docs/simulator.md prints the numbers of the code, and leaves out no effect, field or switch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fetal_hemo.commands.simulate import DETAILS
from fetal_hemo.confounders import CONFOUNDERS, confounders_of
from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.simulate import fetus, liability
from fetal_hemo.simulate.card import Parameters
from fetal_hemo.simulate.cohort_oracle import cohort_oracle
from fetal_hemo.simulate.oracle import Oracle
from fetal_hemo.simulate.population import Population
from fetal_hemo.simulate.recording import simulate_recording
from fetal_hemo.simulate.truth import truth_of
from fetal_hemo.simulate.woman import draw_visit, draw_woman

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)\.([A-Z][A-Z0-9_]*)` \| ([^|]*) \|", re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
STATED = ROW.findall(PAGE)
CEILING = re.findall(
    r"^\| ([\d.]+) \| (usual|none) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", PAGE, re.M
)


def numbers(value: Any) -> list[float]:
    """All numbers of a constant in the order in which it holds them."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | np.ndarray):
        return [number for part in value for number in numbers(part)]
    return [float(value)]


@pytest.mark.parametrize(("module", "name", "cell"), STATED)
def test_a_printed_number_is_that_of_the_code(module: str, name: str, cell: str) -> None:
    constant = getattr(import_module(f"fetal_hemo.simulate.{module}"), name)
    assert [float(n) for n in NUMBER.findall(cell)] == pytest.approx(numbers(constant))


def test_rows_are_read_at_all_and_stand_there_once() -> None:
    names = [(module, name) for module, name, _ in STATED]
    assert len(names) == len(set(names)) > 80
    assert len(CEILING) == 7


def test_every_effect_and_confounder_is_there() -> None:
    stated = {name for module, name, _ in STATED if module in ("fetus", "liability")}
    effects = {name for name in vars(fetus) if name.startswith(("Z_", "DIABETES_"))}
    links = {name for name in vars(liability) if name.isupper()}
    assert effects | links <= stated
    assert all(f"| `{name}` |" in PAGE for name in CONFOUNDERS)


def test_help_sends_the_reader_to_the_page() -> None:
    assert "docs/simulator.md" in DETAILS


@pytest.mark.slow
@pytest.mark.parametrize(("effect", "confounders", "history", "features", "latents"), CEILING)
def test_the_printed_ceilings_are_reached(
    effect: str, confounders: str, history: str, features: str, latents: str
) -> None:
    population = Population(0, 0.05, float(effect), confounders_of(confounders))
    oracle, chances, labels, women = Oracle(population), [], [], []
    for index in range(3_000):
        woman = draw_woman(population, index)
        for number in range(woman.visits):
            visit = draw_visit(population, woman, number)
            if visit.pressure.positive is not None:
                chances.append(astuple(oracle.scores(woman, visit, quiet=False)))
                labels.append(visit.pressure.positive)
                women.append(index)
    found = [clustered_auroc(column, labels, women).value for column in zip(*chances, strict=True)]
    assert found == pytest.approx([float(history), float(features), float(latents)], abs=0.006)
    assert f"{len(labels):,} visits with a reading" in PAGE


def keys(content: Any) -> Iterator[str]:
    if isinstance(content, Mapping):
        for name, inside in content.items():
            yield name
            yield from keys(inside)
    elif isinstance(content, list | tuple):
        for inside in content:
            yield from keys(inside)


def test_every_field_of_the_truth_file_is_explained() -> None:
    section = PAGE.split("## The truth file")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert set(keys(truth_of(simulate_recording(minutes=0.0625)))) <= named
    assert {"recording_id", "sha256", "n_samples"} <= named  # what make_recording adds


def test_every_field_of_the_oracle_is_explained(tmp_path: Path) -> None:
    found = cohort_oracle(tmp_path, Parameters(1, 0, 1.0, 1.0, 0.05), [])
    section = PAGE.split("## oracle.json")[1].split("\n## ")[0]
    assert set(found) <= set(re.findall(r"`(\w+)`", section))
