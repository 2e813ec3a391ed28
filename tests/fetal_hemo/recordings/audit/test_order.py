"""Visits in time."""

from __future__ import annotations

from fetal_hemo.recordings.audit.order import order_findings


def texts(*rows) -> list[str]:
    found = list(order_findings(rows))
    assert {(f.level, f.topic) for f in found} <= {("warning", "order")}
    return [f.text for f in found]


def visits(make, *pairs: tuple[int | None, float | None], woman: str = "w", first: int = 2):
    return [
        make(row, woman, visit_order=order, gestational_age_days=age)
        for row, (order, age) in enumerate(pairs, start=first)
    ]


def test_visits_in_order_are_fine(recording) -> None:
    assert texts(*visits(recording, (1, 120), (2, 150), (3, 150.5), (4, None))) == []
    assert texts(*visits(recording, (3, 200), (1, 120), (2, 150))) == []  # rows may stand anyhow
    assert texts(*visits(recording, (None, 200), (None, 120))) == []


def test_an_age_that_falls_is_named_by_its_row(recording) -> None:
    rows = visits(recording, (1, 150), (2, 120), (3, 160))
    other = visits(recording, (1, 100), (2, 90), woman="x", first=10)
    assert texts(*rows, *other) == [
        "rows 3, 11: gestational age falls from a visit to the next in visit_order"
    ]


def test_an_unknown_age_between_hides_no_fall(recording) -> None:
    assert (
        "row 4: gestational age falls"
        in texts(*visits(recording, (1, 150), (2, None), (3, 120)))[0]
    )


def test_the_same_order_twice(recording) -> None:
    rows = visits(recording, (1, 120), (1, 150))
    assert texts(*rows) == ["row 3: two visits of a woman have the same visit_order"]
    other = visits(recording, (1, 120), woman="x", first=10)
    assert texts(rows[0], *other) == []


def test_recordings_of_one_visit_are_one_visit(recording) -> None:
    one = [recording(row, "w", "v", visit_order=1, gestational_age_days=120) for row in (2, 3)]
    assert texts(*one) == []
    odd = recording(4, "w", "v", visit_order=2, gestational_age_days=120)
    assert texts(*one, odd) == ["row 4: one visit has several visit_order"]


def test_gaps_that_cannot_be(recording) -> None:
    assert texts(*visits(recording, (1, 90), (2, 280))) == [
        "row 3: more than 182 days after the visit before"
    ]
    assert texts(*visits(recording, (1, 150), (2, 150))) == [
        "row 3: two visits of a woman at the same gestational age: one visit?"
    ]
