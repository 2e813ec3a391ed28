"""The report of a run, written anew from the numbers in its folder."""

from __future__ import annotations

from pathlib import Path

from fetal_hemo.evaluation import read_scores
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.training.evaluate import PICTURE, REPORT, SCORES
from fetal_hemo.training.run_folder import finished_run, read_metrics


def rewrite_report(run: Path | str) -> Path:
    """Where the report now stands; nothing is trained or scored again. Raises E-RUN."""
    run = Path(run)
    facts = finished_run(run, ["pretrain", "finetune", "evaluate"])
    if facts["stage"] != "evaluate":
        return write_run_report(run)
    picture = run / PICTURE
    pictures = [picture.read_text(encoding="utf-8")] if picture.exists() else []
    write_study_report(read_metrics(run), read_scores(run / SCORES), run / REPORT, pictures)
    return run / REPORT
