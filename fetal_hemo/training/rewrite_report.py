"""The report of a run, written anew from the numbers in its folder."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.run_folder import finished_run
from fetal_hemo.training.study_folder import rewrite_study


def rewrite_report(run: Path | str) -> Path:
    """Where the report now stands; nothing is trained or scored again. Raises E-RUN."""
    run = Path(run)
    facts = finished_run(run, ["pretrain", "finetune", "evaluate"])
    return rewrite_study(run) if facts["stage"] == "evaluate" else write_run_report(run, facts)
