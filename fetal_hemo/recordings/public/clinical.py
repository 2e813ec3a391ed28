"""The clinical comments of a CTU-UHB header: fields, manifest cells and labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fetal_hemo.recordings.cells import READERS, Refused, number

DAYS_PER_WEEK = 7
ACIDOSIS_PH = 7.05  # of the umbilical artery: the data set's own end point (Chudacek 2014)
LABELS = ("hypertension_or_preeclampsia", "ph_le_7_05")
_PH = number(6.0, 8.0, "")


@dataclass(frozen=True)
class Outcomes:
    """What the notes say of a woman and her newborn; None where they say nothing."""

    ph: float | None
    hypertension: bool | None
    preeclampsia: bool | None

    @property
    def hypertension_or_preeclampsia(self) -> bool | None:
        """Either; False only if both are denied."""
        flags = (self.hypertension, self.preeclampsia)
        return True if True in flags else None if None in flags else False

    @property
    def ph_le_7_05(self) -> bool | None:
        """Whether the newborn's arterial pH shows acidosis."""
        return None if self.ph is None else self.ph <= ACIDOSIS_PH

    def cells(self) -> dict[str, str]:
        """The columns that these add to a manifest: 1, 0 or empty; the pH as it is."""
        names = ("hypertension", "preeclampsia", *LABELS)
        flags = {name: flag_cell(getattr(self, name)) for name in names}
        return {"ph": "" if self.ph is None else f"{self.ph:g}", **flags}


def flag_cell(flag: bool | None) -> str:
    """`1`, `0` or nothing."""
    return "" if flag is None else str(int(flag))


def fields(comments: Sequence[str]) -> dict[str, str]:
    """Name -> value of comments such as `Gest. weeks  41`; headings and NaN are left out."""
    found = {}
    for comment in comments:
        parts = comment.strip().rsplit(None, 1)
        if len(parts) == 2 and not comment.startswith("-") and parts[1].lower() != "nan":
            found[parts[0].strip()] = parts[1]
    return found


def outcomes(clinical: Mapping[str, str]) -> Outcomes:
    """The `Outcomes` in the fields of a header."""
    flags = (clinical.get(name, "") for name in ("Hypertension", "Preeclampsia"))
    hypertension, preeclampsia = ({"1": True, "0": False}.get(text) for text in flags)
    return Outcomes(_known(_PH, clinical.get("pH", "")), hypertension, preeclampsia)


def woman_cells(clinical: Mapping[str, str]) -> dict[str, str]:
    """Gestational age, age and parity as cells of a manifest; empty where not plausible."""
    weeks = _known(number(10, 44, "weeks"), clinical.get("Gest. weeks", ""))
    return {
        "gestational_age_days": "" if weeks is None else f"{weeks * DAYS_PER_WEEK:g}",
        "maternal_age_years": _plausible("maternal_age_years", clinical.get("Age", "")),
        "parity": _plausible("parity", clinical.get("Parity", "")),
    }


def _plausible(column: str, text: str) -> str:
    """The text if a manifest may hold it in that column: the source writes -1 for unknown."""
    return "" if _known(READERS[column], text) is None else text


def _known(read: Callable[[str], float | None], text: str) -> float | None:
    try:
        return read(text)
    except Refused:
        return None
