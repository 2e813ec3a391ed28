"""Two finished studies -> one page."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.evaluation.compared import compare_studies
from fetal_hemo.evaluation.study_files import read_study_input
from fetal_hemo.report.compare_report import write_comparison
from fetal_hemo.training.run_folder import finished_run
from fetal_hemo.training.study_folder import study_metrics


def compare(first: Path | str, second: Path | str, out: Path | str) -> Path:
    """Where the page of two studies now stands. Raises E-RUN, E-COHORT or E-STORAGE."""
    folders = [Path(first), Path(second)]
    for folder in folders:
        finished_run(folder, ["evaluate"])
    given = [read_study_input(folder) for folder in folders]
    compared = compare_studies(given[0], given[1])
    metrics = [study_metrics(folder) for folder in folders]
    write_comparison(compared, metrics, [one.test for one in given], Path(out))
    return Path(out)
