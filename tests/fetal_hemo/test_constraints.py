"""Values against annotations: what is taken, what is refused and why."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from fetal_hemo.constraints import Ascending, Between, NotEmpty, OneOf, Rejected, convert


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (3, int, 3),
        (3, float, 3.0),
        ("a", str, "a"),
        ([1, 2], tuple[int, int], (1, 2)),
        ([], tuple[str, ...], ()),
        (1, Annotated[int, Between(0, 1)], 1),
        ([2, 2], Annotated[tuple[int, ...], Ascending()], (2, 2)),
        (["x"], Annotated[tuple[Annotated[str, OneOf(("x",))], ...], NotEmpty()], ("x",)),
    ],
)
def test_what_fits_is_converted(value: Any, annotation: Any, expected: Any) -> None:
    converted = convert(value, annotation)
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("value", "annotation", "message"),
    [
        (True, int, "must be a whole number, got True"),
        (1.0, int, "must be a whole number"),
        ("1", float, "must be a number"),
        (2**53 + 1, float, "must be a number"),
        (float("nan"), float, "must be a finite number"),
        (float("nan"), Annotated[float, Between(0, 1)], "must be a finite number"),
        (1.01, Annotated[float, Between(0, 1)], "must be from 0 to 1, got 1.01"),
        ((1, 2), tuple[int, int], "must be a list"),
        ([1, 2, 3], tuple[int, int], "must be a list of 2, got 3"),
        ([3, 2], Annotated[tuple[int, ...], Ascending()], "must not fall"),
        (["x", "x"], Annotated[tuple[str, ...], NotEmpty()], "none twice"),
        ("y", Annotated[str, OneOf(("x", "z"))], "must be one of x, z, got 'y'"),
        ({}, str, "must be text"),
    ],
)
def test_what_does_not_fit_says_what_would(value: Any, annotation: Any, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        convert(value, annotation)
