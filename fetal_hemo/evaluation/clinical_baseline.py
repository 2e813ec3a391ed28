"""What the clinical baseline was told of these women: it is named by that, and by nothing more."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fetal_hemo.evaluation.scores import ScoreTable

GESTATION = "gestational_age_days"
COLUMNS = {
    "maternal_age_years": "age",
    GESTATION: "gestational age",
    "bmi_kg_m2": "BMI",
}
LEAST_KNOWN = 0.5  # of the test recordings; a column that is rarer is called not known
ALL_THREE = "age, gestational age and BMI"
NOTHING_KNOWN = f"{ALL_THREE} are not known"


class ClinicalBaseline(NamedTuple):
    """Columns of the score table that are known of these women, and those that are not."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """What stands in the table of controls."""
        told = " + ".join(COLUMNS[name] for name in self.known) or "nothing"
        return f"{told}, logistic{self._lack('')}"

    @property
    def name(self) -> str:
        """What stands in a sentence; with nothing known, what there is no comparison with."""
        return f"{_listed(self.known)}{self._lack(' alone')}" if self.known else ALL_THREE

    def _lack(self, before: str) -> str:
        if not self.unknown:
            return ""
        are = "are" if len(self.unknown) > 1 else "is"
        return f"{before} ({_listed(self.unknown)} {are} not known)"


def clinical_baseline(test: ScoreTable) -> ClinicalBaseline:
    """The columns known, and not known, of the test recordings."""
    least = LEAST_KNOWN * len(test)
    known = tuple(n for n in COLUMNS if np.isfinite(getattr(test, n)).sum() >= least)
    return ClinicalBaseline(known, tuple(name for name in COLUMNS if name not in known))


def _listed(columns: tuple[str, ...]) -> str:
    *first, last = (COLUMNS[name] for name in columns)
    return f"{', '.join(first)} and {last}" if first else last
