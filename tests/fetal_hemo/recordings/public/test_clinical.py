"""Labels and cells from the comments of a header, with what is unknown left unknown."""

from __future__ import annotations

import pytest

from fetal_hemo.recordings.public.clinical import Outcomes, fields, outcomes, woman_cells

COMMENTS = (
    "----- Additional parameters for record 1001",
    "-- Outcome measures",
    "pH           7.05",
    "BDecf        NaN",
    "Gest. weeks  38",
    "Weight(g)    2900",
    "Age          32",
    "Parity       0",
    "Hypertension 0",
    "Preeclampsia 1",
    "",
)


def test_fields_are_read_and_headings_are_not() -> None:
    found = fields(COMMENTS)
    assert found["Gest. weeks"] == "38"
    assert found["Weight(g)"] == "2900"
    assert len(found) == 7
    assert "BDecf" not in found


def test_cells_of_a_woman() -> None:
    clinical = fields(COMMENTS)
    assert woman_cells(clinical) == {
        "gestational_age_days": "266",
        "maternal_age_years": "32",
        "parity": "0",
    }
    assert outcomes(clinical).cells() == {
        "ph": "7.05",
        "hypertension": "0",
        "preeclampsia": "1",
        "hypertension_or_preeclampsia": "1",
        "ph_le_7_05": "1",
    }


@pytest.mark.parametrize("text", ["-1", "NaN", "", "x", "999"])
def test_what_is_not_plausible_is_empty(text: str) -> None:
    clinical = dict.fromkeys(("Gest. weeks", "Age", "Parity", "pH", "Hypertension"), text)
    assert set(woman_cells(clinical).values()) == {""}
    assert set(outcomes(clinical).cells().values()) == {""}


@pytest.mark.parametrize(
    ("hypertension", "preeclampsia", "either"),
    [
        (True, None, True),
        (None, True, True),
        (False, True, True),
        (False, False, False),
        (False, None, None),
        (None, None, None),
    ],
)
def test_either_is_denied_only_if_both_are(
    hypertension: bool | None, preeclampsia: bool | None, either: bool | None
) -> None:
    assert Outcomes(None, hypertension, preeclampsia).hypertension_or_preeclampsia is either


def test_the_limit_of_the_ph_belongs_to_it() -> None:
    assert Outcomes(7.05, None, None).ph_le_7_05 is True
    assert Outcomes(7.06, None, None).ph_le_7_05 is False
    assert Outcomes(None, None, None).ph_le_7_05 is None
