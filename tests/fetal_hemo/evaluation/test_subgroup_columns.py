"""Groups begin where they say, and what is not known is a group of its own."""

from dataclasses import fields, replace

import numpy as np

from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.subgroup_columns import Groups, subgroup_columns


def table(**columns: list) -> ScoreTable:
    rows = len(next(iter(columns.values())))
    text = {"recording_id", "participant_id", "visit_id", "split", "device_id", "site_id"}
    blank = {
        f.name: np.full(rows, "") if f.name in text else np.zeros(rows) for f in fields(ScoreTable)
    }
    made = ScoreTable(**{**blank, "logits": np.zeros((rows, 4))})
    return replace(made, **{name: np.array(values) for name, values in columns.items()})


def said(groups: Groups) -> list[str]:
    return [groups.names[number] for number in groups.member]


def test_ends_belong_to_the_upper_group() -> None:
    found = subgroup_columns(table(gestational_age_days=[97.9, 98, 195, 196, np.nan]))
    assert said(found["gestation"]) == [
        "below 14 weeks",
        "14 to 27 weeks",
        "14 to 27 weeks",
        "28 weeks or more",
        "not known",
    ]
    found = subgroup_columns(table(parity=[0.0, 1.0, 4.0]))
    assert said(found["parity"]) == ["no child yet", "one child or more", "one child or more"]


def test_devices_by_name_and_single_groups_left_out() -> None:
    found = subgroup_columns(table(device_id=["b", "a", ""], site_id=["s", "s", "s"]))
    assert said(found["device"]) == ["b", "a", "not known"]
    assert set(found) == {"device"}
