"""Who is rare: counted over women, not rows."""

from __future__ import annotations

from fetal_hemo.deid.risk import assess


def row(woman: str, **cells: str) -> dict[str, str]:
    standard = {"maternal_age_years": "31", "bmi_kg_m2": "25", "parity": "1"}
    return {"participant_id": woman, "device_id": "D01", "site_id": "S01", **standard, **cells}


def test_women_who_look_alike_are_counted_once_each() -> None:
    rows = [row(f"P{n}") for n in range(6)] + [row("P0")] * 5
    risk = assess(rows)
    assert (risk.smallest_group, risk.women_in_small_groups, risk.warnings) == (6, 0, ())


def test_a_woman_alone_in_her_group() -> None:
    rows = [row(f"P{n}") for n in range(6)] + [row("P9", parity="4"), row("P9", parity="4")]
    risk = assess(rows)
    assert (risk.smallest_group, risk.women_in_small_groups) == (1, 1)
    assert "1 of 7 women share age band, parity and site" in risk.warnings[-1]


def test_extremes_and_devices_of_one_woman() -> None:
    rows = [row(f"P{n}") for n in range(6)]
    rows += [row("P8", maternal_age_years="47", bmi_kg_m2="51.2", parity="9", device_id="D02")]
    text = "\n".join(assess(rows).warnings)
    assert "1 women with maternal age below 16 or above 45" in text
    assert "1 women with parity above 8" in text
    assert "1 women with BMI above 50" in text
    assert "1 of 2 devices were used by one woman only" in text


def test_unknown_values_are_a_group_of_their_own() -> None:
    rows = [row(f"P{n}", maternal_age_years="", parity="") for n in range(5)]
    assert assess(rows).smallest_group == 5
