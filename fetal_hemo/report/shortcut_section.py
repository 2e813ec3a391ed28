"""The report's section on shortcuts: does the embedding know the woman or the equipment?"""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]
TEXT = (
    "Far above chance, the embedding knows the woman, her device or her site, and labels that go "
    "with them could be learned as a shortcut. The woman is looked for by the nearest recording of "
    "another visit; device and site by a regression fitted on training women."
)


def shortcut_section(metrics: Json) -> Section:
    """Re-identification of the woman and probes of device and site, each beside chance."""
    found = metrics["reidentification"]
    rows = [["the woman, by her nearest other visit", estimate_text(found["hit_rate"])]]
    rows[0].append(_chance(found["chance"]))
    for name, probed in metrics["probes"].items():
        rows.append(
            [f"the {name}", estimate_text(probed["hit_rate"]), _chance(probed["commonest"])]
        )
    table = html_table(
        "Share of test recordings found from the embedding",
        ["what is known", "found", "by chance, or the commonest"],
        rows,
    )
    return Section("Does it know the woman or the device?", [TEXT], (), [table])


def _chance(share: float | None) -> str:
    return "" if share is None else f"{share:.2f}"
