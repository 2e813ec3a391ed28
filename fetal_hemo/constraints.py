"""Values read from a TOML file, checked against the annotation of the field they go to.

A limit is declared as data beside the field, `epochs: Annotated[int, Between(1, 1000)]`; the
message is made from it. After scikit-learn's `_param_validation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from fetal_hemo.suggestion import did_you_mean

EXACT = 2**53  # beyond it an integer and its float may differ
LONGEST_SHOWN = 60


class Rejected(ValueError):
    """A value that its field cannot take; the text says what would do, `fix` what was meant."""

    def __init__(self, text: str, fix: str = "") -> None:
        super().__init__(text)
        self.fix = fix


@dataclass(frozen=True)
class Between:
    """Both ends included."""

    low: float
    high: float

    def check(self, value: Any) -> None:
        """Raise `Rejected` unless low <= value <= high; NaN is never inside."""
        if not self.low <= value <= self.high:
            raise Rejected(f"must be from {self.low:g} to {self.high:g}, got {shown(value)}")


@dataclass(frozen=True)
class OneOf:
    """Any of the listed words."""

    words: tuple[str, ...]

    def check(self, value: Any) -> None:
        """Raise `Rejected` unless the value is one of the words."""
        if value not in self.words:
            text = f"must be one of {', '.join(self.words)}, got {shown(value)}"
            raise Rejected(text, did_you_mean(value, self.words))


@dataclass(frozen=True)
class Ascending:
    """Each item at least as large as the one before it."""

    def check(self, value: Any) -> None:
        """Raise `Rejected` if the items of the tuple fall."""
        if list(value) != sorted(value):
            raise Rejected(f"must not fall from one number to the next, got {shown(list(value))}")


@dataclass(frozen=True)
class NotEmpty:
    """At least one item, none of them twice."""

    def check(self, value: Any) -> None:
        """Raise `Rejected` if the tuple is empty or repeats itself."""
        if not value or len(set(value)) != len(value):
            raise Rejected(f"must hold at least one item and none twice, got {shown(list(value))}")


def shown(value: Any) -> str:
    """The value as Python writes it, cut to stand in a message."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def convert(value: Any, annotation: Any) -> Any:
    """The value as the annotation's type, with every limit of the annotation checked.

    Knows `bool`, `int`, `float` (an integer will do), `str`, `Literal` words, `tuple[T, ...]`,
    `tuple[T, T]` and `Annotated` forms of these. Raises `Rejected`.
    """
    if get_origin(annotation) is Annotated:
        inner, *limits = get_args(annotation)
        converted = convert(value, inner)
        for limit in limits:
            limit.check(converted)
        return converted
    if get_origin(annotation) is Literal:
        return convert(value, Annotated[str, OneOf(get_args(annotation))])
    if get_origin(annotation) is tuple:
        return _convert_items(value, get_args(annotation))
    return _convert_scalar(value, annotation)


def _convert_items(value: Any, items: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Rejected(f"must be a list, got {shown(value)}")
    if items[-1] is Ellipsis:
        return tuple(convert(item, items[0]) for item in value)
    if len(value) != len(items):
        raise Rejected(f"must be a list of {len(items)}, got {len(value)} items")
    return tuple(convert(item, kind) for item, kind in zip(value, items, strict=True))


def _convert_scalar(value: Any, kind: type) -> Any:
    if kind is float and type(value) is int and abs(value) <= EXACT:
        return float(value)
    if type(value) is not kind:  # not isinstance: True is an int to Python, not to a reader
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        raise Rejected(f"must be {names[kind]}, got {shown(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Rejected(f"must be a finite number, got {shown(value)}")
    return value
