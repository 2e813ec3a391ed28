"""The end of a study: numbers from its saved tables, and the report; also when written anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation import StudyInput, run_study
from fetal_hemo.evaluation.look_up_list import LOOK_UP, write_look_up_list
from fetal_hemo.evaluation.study_files import read_study_input, write_study_input
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.training.run_folder import METRICS, RunFolder, read_facts, read_json
from firmware_bridge.store import write_atomically

FACTS, REPORT = "facts.json", "report.html"
PICTURE = "explained-{}.svg"
OF_A_RUN = ("code", "versions", "data_hash", "started", "processes", "model")


def finish_study(
    study: RunFolder, given: StudyInput, facts: dict[str, Any], pictures: Sequence[str] = ()
) -> dict[str, Any]:
    """The metrics of a study, after all that they follow from was saved. Raises E-STORAGE.

    `facts` are what the tables do not hold: audit, flow, design, how devices agree.
    """
    write_study_input(study.path, given)
    write_look_up_list(given.test, study.path / LOOK_UP)
    write_pictures(study.path, pictures)
    study.write_json(FACTS, facts)
    metrics = study_metrics(study.path)
    study.finish(metrics, lambda facts: write_report(study.path, metrics))
    return metrics


def write_pictures(folder: Path, pictures: Sequence[str]) -> None:
    """Keep the pictures of the explained recording with a study. Raises E-STORAGE."""
    for number, picture in enumerate(pictures):
        write_atomically(folder / PICTURE.format(number), picture.encode())


def study_metrics(folder: Path) -> dict[str, Any]:
    """All numbers of a study, from its saved tables alone. Raises E-RUN, E-NOT-FOUND."""
    found = read_facts(folder)
    provenance = {name: found[name] for name in OF_A_RUN if name in found}
    facts = {**read_json(folder / FACTS), "provenance": provenance}
    return {**run_study(read_study_input(folder)), **facts}


def rewrite_study(folder: Path) -> Path:
    """Where the report now stands; every number in it was computed again."""
    metrics = study_metrics(folder)
    text = json.dumps(metrics, indent=1, allow_nan=False) + "\n"
    write_atomically(folder / METRICS, text.encode())
    return write_report(folder, metrics)


def write_report(folder: Path, metrics: dict[str, Any]) -> Path:
    """The path of the report of these metrics."""
    paths = sorted(folder.glob(PICTURE.format("*")))
    pictures = [path.read_text(encoding="utf-8") for path in paths]
    table = read_study_input(folder).test
    write_study_report(metrics, table, folder / REPORT, pictures)
    return folder / REPORT
