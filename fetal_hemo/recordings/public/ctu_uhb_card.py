"""The card of a CTU-UHB cohort: what it is, from whom, under which licence."""

from __future__ import annotations

from typing import Any

from fetal_hemo.recordings.public.rhythm_cohort import KIND
from fetal_hemo.recordings.public.source import DATABASE, RATE_HZ

ATTRIBUTION = (
    "V. Chudacek, J. Spilka, M. Bursa, P. Janku, L. Hruban, M. Huptych, L. Lhotska: Open access "
    "intrapartum CTG database. BMC Pregnancy and Childbirth 2014, 14:16. "
    "doi:10.1186/1471-2393-14-16",
    "A. L. Goldberger et al.: PhysioBank, PhysioToolkit, and PhysioNet. Circulation 2000, "
    "101(23):e215-e220. doi:10.1161/01.CIR.101.23.e215",
)


def ctu_uhb_card(k: int, seed: int) -> dict[str, Any]:
    """JSON-ready content of `cohort.json`, before any record is read."""
    return {
        "kind": KIND,
        "simulated": False,
        "schema_version": 1,
        "rate_hz": RATE_HZ,
        "source": f"PhysioNet {DATABASE}",
        "licence": {
            "name": "Open Data Commons Attribution License 1.0 (ODC-By-1.0)",
            "url": "https://opendatacommons.org/licenses/by/1-0/",
            "duty": "keep this attribution with the data and with what is made of them",
        },
        "attribution": list(ATTRIBUTION),
        "changes": "Only the heart rate is kept; its zeros (lost signal) are written as NaN.",
        "series": "rhythm/*.npy: float32, fetal heart rate in bpm, NaN where the signal is lost",
        "labels": {
            "hypertension_or_preeclampsia": "either is flagged in the notes; no cuff reading is "
            "known, so sbp_mmhg and dbp_mmhg are empty",
            "ph_le_7_05": "pH of the umbilical artery at birth is 7.05 or less",
        },
        "limits": "Heart rate without sound, recorded in labour at 37 to 43 weeks. It cannot show "
        "whether hypertension is heard in Doppler sound.",
        "folds": {"k": k, "seed": seed, "stratified_by": "both labels jointly"},
    }
