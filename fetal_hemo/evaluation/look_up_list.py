"""The list of doubtful labels: of single women, so it stays in the study's folder, off the page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from fetal_hemo.evaluation.scores import ScoreTable, number_cell
from fetal_hemo.evaluation.suspicious_labels import suspicious_labels
from firmware_bridge.store import make_folder, write_atomically

LOOK_UP = "labels_to_look_up.csv"
HEADER = ("recording_id", "label", "probability", "sbp_mmhg", "dbp_mmhg")


def write_look_up_list(table: ScoreTable, path: Path) -> int:
    """How many recordings were listed, the most doubtful first, as CSV. Raises E-STORAGE."""
    scored = table.select(table.scored)
    rows = suspicious_labels(scored.probability, scored.label)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        numbers = (scored.probability[row], scored.sbp_mmhg[row], scored.dbp_mmhg[row])
        label = int(scored.label[row])
        writer.writerow([scored.recording_id[row], label, *map(number_cell, numbers)])
    make_folder(path.parent)
    write_atomically(path, text.getvalue().encode())
    return len(rows)
