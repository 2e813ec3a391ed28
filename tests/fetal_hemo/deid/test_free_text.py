"""What looks like a person or a day is told from numbers and categories."""

from __future__ import annotations

import pytest

from fetal_hemo.deid.free_text import looks_like, names_somebody


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ana@clinic.org", "e-mail"),
        ("www.clinic.org", "web address"),
        ("1987-03-12", "date"),
        ("12.3.87", "date"),
        ("3/12/1987", "date"),
        ("12 March 1987", "date"),
        ("Mar 1987", "date"),
        ("ene 12", "date"),
        ("14:30", "time"),
        ("55512345", "long number"),
        ("+502 5555-1234", "long number"),
        ("(0049) 171 / 123", "long number"),
        ("14.6349123", "long number"),
        ("Jane Doe", "name"),
        ("JANE DOE", "name"),
        ("Doe, Jane", "name"),
        ("María_López", "name"),
        ("JaneDoe", "name"),
        ("dr. smith", "name"),
        ("王秀英", "name"),
        ("فاطمة", "name"),
        ("MRN1234", "code"),
        ("AB-12345", "code"),
        ("she lives near the church", "sentence"),
        ("two\nlines", "sentence"),
    ],
)
def test_identifying(text: str, kind: str) -> None:
    assert looks_like(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-3",
        "12.5",
        "3250",
        "98.125",
        "yes",
        "No",
        "rural",
        "Rural",
        "G2P1",
        "type II",
        "n/a",
    ],
)
def test_harmless(text: str) -> None:
    assert looks_like(text) is None


def test_study_ids_and_plain_paths_name_nobody() -> None:
    for text in ("R0001", "W0012-V3", "audio", "a long folder without any capital"):
        assert names_somebody(text) is None
    assert names_somebody("Ana Lopez 2") == "name"
