"""One row of a manifest, and the columns it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recording:
    """One Doppler recording of one visit; None where the manifest says nothing.

    `row` is the line of the manifest as a spreadsheet numbers it (the header is row 1); `extra`
    holds the columns that are not known here, as text.
    """

    recording_id: str
    participant_id: str
    visit_id: str
    path: str
    gestational_age_days: float | None = None
    sbp_mmhg: float | None = None
    dbp_mmhg: float | None = None
    maternal_age_years: float | None = None
    bmi_kg_m2: float | None = None
    parity: int | None = None
    device_id: str | None = None
    site_id: str | None = None
    visit_order: int | None = None
    sha256: str | None = None
    n_samples: int | None = None
    sample_rate_hz: float | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    row: int = field(default=0, compare=False)


REQUIRED_COLUMNS = (
    "recording_id",
    "participant_id",
    "visit_id",
    "path",
    "gestational_age_days",
    "sbp_mmhg",
    "dbp_mmhg",
)
OPTIONAL_COLUMNS = (
    "maternal_age_years",
    "bmi_kg_m2",
    "parity",
    "device_id",
    "site_id",
    "visit_order",
    "sha256",
    "n_samples",
    "sample_rate_hz",
)
KNOWN_COLUMNS = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
