"""Who could still be found by what is left: rare values, and women like whom there are few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FEW = 5  # k below this is called risky (Sweeney 2002 gives k-anonymity, custom gives the five)
AGE_BAND_YEARS = 5
EXTREMES = (  # column, below, above, in words
    ("maternal_age_years", 16, 45, "maternal age below 16 or above 45"),
    ("parity", 0, 8, "parity above 8"),
    ("bmi_kg_m2", 0, 50, "BMI above 50"),
)

Row = Mapping[str, str]


@dataclass(frozen=True)
class Risk:
    """k-anonymity over (age band, parity, site), and one line for each thing to look at."""

    smallest_group: int  # women who look alike: the k of k-anonymity
    women_in_small_groups: int  # in groups of fewer than `FEW`
    warnings: tuple[str, ...]


def assess(rows: Sequence[Row]) -> Risk:
    """The `Risk` of the rows of a new manifest, at least one; the woman is the unit."""
    women: dict[str, Row] = {}
    for row in rows:
        women.setdefault(row["participant_id"], row)
    size = Counter(_alike(row) for row in women.values())
    small = sum(count for count in size.values() if count < FEW)
    warnings = [*_extremes(rows), *_alone(rows, "device_id", "device")]
    warnings += _alone(rows, "site_id", "site")
    if small:
        text = f"{small} of {len(women)} women share age band, parity and site with fewer than"
        warnings.append(f"{text} {FEW - 1} others")
    return Risk(min(size.values()), small, tuple(warnings))


def _alike(row: Row) -> tuple[str, str, str]:
    age = row["maternal_age_years"]
    band = str(float(age) // AGE_BAND_YEARS) if age else ""
    return band, row["parity"], row["site_id"]


def _extremes(rows: Iterable[Row]) -> list[str]:
    found = []
    for column, low, high, words in EXTREMES:
        rare = {
            row["participant_id"]
            for row in rows
            if row[column] and not low <= float(row[column]) <= high
        }
        if rare:
            found.append(f"{len(rare)} women with {words}")
    return found


def _alone(rows: Iterable[Row], column: str, word: str) -> list[str]:
    """Devices or sites that a single woman used: her code is another name of hers."""
    women: dict[str, set[str]] = {}
    for row in rows:
        if row[column]:
            women.setdefault(row[column], set()).add(row["participant_id"])
    alone = sum(len(who) == 1 for who in women.values())
    return [f"{alone} of {len(women)} {word}s were used by one woman only"] if alone else []
