"""`fetal-hemo deid`: a cohort -> a new cohort without identities, and the key to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.deid.clean_audio import clean_audio
from fetal_hemo.deid.kept_columns import check_kept
from fetal_hemo.deid.key_file import Origin
from fetal_hemo.deid.nameless import SOURCE, nameless, nameless_manifest
from fetal_hemo.deid.outcome import Deidentified, Failure, SpeechHeard
from fetal_hemo.deid.places import check_places
from fetal_hemo.deid.risk import assess
from fetal_hemo.deid.rows import audio_name, new_row
from fetal_hemo.deid.silence import Silencer
from fetal_hemo.deid.speech import SpeechFinder
from fetal_hemo.deid.study_ids import draw_study_ids
from fetal_hemo.deid.unfinished import publish, unfinished
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import CARD, MANIFEST, audio_path, is_simulated
from fetal_hemo.recordings.manifest import read_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording
from fetal_hemo.recordings.table import csv_bytes
from firmware_bridge.errors import EXIT_DATA

SILENCED = "silenced.csv"
SIMULATED_CARD = {"simulated": True, "notice": "De-identified copy of a simulated cohort."}


@dataclass(frozen=True)
class Choices:
    """What is done beyond the necessary.

    `silence` is "mute", "beat" or None (speech is only listed); `keep_columns` names columns
    beyond the known ones; `coarsen` puts age, BMI and parity into bands.
    """

    silence: str | None = None
    keep_columns: tuple[str, ...] = ()
    coarsen: bool = False


def deidentify(
    cohort: Path | str,
    out: Path | str,
    key: Path | str,
    choices: Choices = Choices(),
    progress: Progress = silent,
) -> Deidentified:
    """`Deidentified` after writing the cohort `out` and the key file `key`, both or neither.

    A bad recording is listed by its row and left out. Raises E-USAGE, E-NOT-FOUND, E-MANIFEST,
    E-COHORT, E-STORAGE or an E-BUNDLE code; no message holds anything of the source but rows.
    """
    cohort, out, key = Path(cohort), Path(out), Path(key)
    check_places(cohort, out, key)
    with nameless_manifest():
        recordings = read_manifest(cohort / MANIFEST)
    with nameless(SOURCE):
        simulated = is_simulated(cohort)
    check_kept(recordings, choices.keep_columns)
    finder = SpeechFinder()
    with nameless("--out"), unfinished(out, key) as part:
        origins, heard, failures = _clean_all(cohort, part, recordings, finder, choices, progress)
        rows = [origin.row for origin in origins]
        _write_tables(part, rows, heard, choices)
        if simulated:
            (part / CARD).write_text(json.dumps(SIMULATED_CARD) + "\n")
        publish(part, out, key, origins)
    return Deidentified(
        recordings=len(rows),
        women=len({row["participant_id"] for row in rows}),
        visits=len({row["visit_id"] for row in rows}),
        dropped_columns=len(recordings[0].extra) - len(choices.keep_columns),
        silenced=choices.silence,
        speech=tuple(heard),
        failures=tuple(failures),
        risk=assess(rows),
    )


def _clean_all(
    cohort: Path,
    part: Path,
    recordings: Sequence[Recording],
    finder: SpeechFinder,
    choices: Choices,
    progress: Progress,
) -> tuple[list[Origin], list[SpeechHeard], list[Failure]]:
    """What became of every recording. Raises E-COHORT if none is left."""
    ids = draw_study_ids(recordings)
    silencer = Silencer(choices.silence) if choices.silence else None
    origins, heard, failures = [], [], []
    (part / "audio").mkdir()
    # In the order of the new ids, so that not even the disk knows the old order.
    for done, r in enumerate(sorted(recordings, key=lambda r: ids.recording[r.recording_id])):
        progress(done, len(recordings))
        name = ids.recording[r.recording_id]
        try:
            audio = clean_audio(audio_path(cohort, r), part / audio_name(name), finder, silencer)
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:
                raise
            failures.append(Failure(r.row, error.code, error.what))
            continue
        row = new_row(r, ids, audio, choices.keep_columns, choices.coarsen)
        origins.append(Origin(row, r, audio.source_sha256))
        if audio.speech:
            heard.append(SpeechHeard(name, audio.speech))
    progress(len(recordings), len(recordings))
    if not origins:
        what = f"none of {len(failures)} recordings can be used, the first for {failures[0].code}"
        raise FetalHemoError("E-COHORT", what, SOURCE, "run `fetal-hemo check` on it")
    return origins, heard, sorted(failures, key=lambda failure: failure.row)


def _write_tables(
    part: Path, rows: Sequence[Mapping[str, str]], heard: Sequence[SpeechHeard], choices: Choices
) -> None:
    (part / MANIFEST).write_bytes(csv_bytes([*KNOWN_COLUMNS, *choices.keep_columns], rows))
    if choices.silence:
        stretches = [
            {"recording_id": one.recording_id, "start_s": span.start_s, "stop_s": span.stop_s}
            for one in heard
            for span in one.spans
        ]
        columns = ["recording_id", "start_s", "stop_s"]
        (part / SILENCED).write_bytes(csv_bytes(columns, stretches))
