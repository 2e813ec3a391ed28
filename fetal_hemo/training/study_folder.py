"""The end of a study: numbers from its saved tables, and the report; also when written anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation import StudyInput, run_study
from fetal_hemo.evaluation.kept_file import broken, kept_text
from fetal_hemo.evaluation.look_up_list import LOOK_UP, write_look_up_list
from fetal_hemo.evaluation.study_files import read_study_input, write_study_input
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.training.run_folder import METRICS, RunFolder, read_facts
from fetal_hemo.training.study_facts import FACTS, read_study_facts
from firmware_bridge.store import write_atomically

REPORT = "report.html"
PICTURE = "explained-{}.svg"
FEWEST_PICTURES = 3  # the recording, its heaviest window, its bands; beats where there are some
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
    """All numbers of a study, from its saved files alone. Raises E-RUN."""
    found = read_facts(folder)
    provenance = {name: found[name] for name in OF_A_RUN if name in found}
    facts = {**read_study_facts(folder), "provenance": provenance}
    return {**run_study(read_study_input(folder)), **facts}


def rewrite_study(folder: Path) -> Path:
    """Where the report now stands; every number in it was computed again.

    A study that is refused stays as it was. Raises E-RUN or E-STORAGE.
    """
    metrics = study_metrics(folder)
    report = write_report(folder, metrics)
    text = json.dumps(metrics, indent=1, allow_nan=False) + "\n"
    write_atomically(folder / METRICS, text.encode())
    return report


def write_report(folder: Path, metrics: dict[str, Any]) -> Path:
    """The path of the report of these metrics. Raises E-RUN or E-STORAGE."""
    pictures = _pictures(folder) if "explained" in metrics else []
    table = read_study_input(folder).test
    write_study_report(metrics, table, folder / REPORT, pictures)
    return folder / REPORT


def _pictures(folder: Path) -> list[str]:
    """The pictures of the explained recording, every one of them. Raises E-RUN."""
    there = len(list(folder.glob(PICTURE.format("[0-9]"))))
    paths = [folder / PICTURE.format(number) for number in range(max(there, FEWEST_PICTURES))]
    pictures = [kept_text(path) for path in paths]
    for path, picture in zip(paths, pictures, strict=True):
        text = picture.strip()
        if not (text.startswith("<svg") and text.endswith("</svg>")):  # it would break the page
            raise broken(path, "is not a whole picture")
    return pictures
