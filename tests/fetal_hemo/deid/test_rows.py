"""Cells of the new manifest: rounded down, banded if asked for, and readable again."""

from __future__ import annotations

import pytest

from fetal_hemo.deid.clean_audio import CleanAudio
from fetal_hemo.deid.rows import COARSE, new_row
from fetal_hemo.deid.study_ids import draw_study_ids
from fetal_hemo.recordings.cells import READERS
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording

AUDIO = CleanAudio("ab" * 32, 240_000, 4_000, (), "cd" * 32)


def row(coarsen: bool = False, **values: object) -> dict[str, str]:
    recording = Recording("old", "Jane", "first", "Jane/old.wav", **values)  # type: ignore[arg-type]
    return new_row(recording, draw_study_ids([recording]), AUDIO, (), coarsen)


def test_all_known_columns_and_no_other() -> None:
    made = row(sha256="cd" * 32, n_samples=7, device_id="probe of Jane", extra={"note": "Jane"})
    assert list(made) == list(KNOWN_COLUMNS)
    assert "Jane" not in str(made)
    assert "cd" * 32 not in made.values()
    assert (made["sha256"], made["n_samples"], made["device_id"]) == ("ab" * 32, "240000", "D01")
    assert (made["path"], made["site_id"]) == ("audio/R0001.flac", "")


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("sbp_mmhg", 139.96, "139.9"),  # 140.0 would be another class
        ("sbp_mmhg", 140.0, "140"),
        ("sbp_mmhg", 140.1, "140.1"),
        ("bmi_kg_m2", 24.918273645001, "24.9"),
        ("maternal_age_years", 31.997, "31"),
        ("gestational_age_days", 210.7531246, "210.7"),
        ("gestational_age_days", 100, "100"),
        ("parity", 10, "10"),
        ("dbp_mmhg", None, ""),
    ],
)
def test_numbers_are_cut(column: str, value: float | None, cell: str) -> None:
    made = row(**{column: value})
    assert made[column] == cell
    READERS[column](cell)


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("maternal_age_years", 30.0, "32"),
        ("maternal_age_years", 34.9, "32"),
        ("maternal_age_years", 12.0, "17"),
        ("maternal_age_years", 61.0, "47"),
        ("bmi_kg_m2", 29.99, "27.5"),
        ("bmi_kg_m2", 71.0, "42.5"),
        ("parity", 4, "4"),
        ("parity", 12, "5"),
        ("sbp_mmhg", 141.0, "141"),
    ],
)
def test_bands(column: str, value: float, cell: str) -> None:
    assert row(coarsen=True, **{column: value})[column] == cell


def test_bands_never_leave_what_a_manifest_may_hold() -> None:
    for column, band in COARSE.items():
        for value in (0, 7.5, 15, 33.3, 50, 80, 200):
            READERS[column](f"{band.middle(value):g}")
