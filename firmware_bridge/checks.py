"""Small checks of JSON values; a schema library would take longer to import than a screening."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any, str], None]


class Broken(ValueError):
    """A value is not what the schema says; the text names it."""


def text(pattern: str, longest: int = 200) -> Check:
    """A check for strings that match `pattern` from end to end."""

    def check(value: Any, at: str) -> None:
        good = isinstance(value, str) and len(value) <= longest
        if not good or not re.fullmatch(pattern, value, re.DOTALL):
            raise Broken(f"{at} must be text like {pattern}")

    return check


def number(low: float, high: float, whole: bool = False) -> Check:
    """A check for numbers from `low` to `high`; `whole` ones only if asked."""

    def check(value: Any, at: str) -> None:
        kinds: tuple[type, ...] = (int,) if whole else (int, float)
        good = isinstance(value, kinds) and not isinstance(value, bool)
        if not good or not low <= value <= high:  # NaN is in no range
            raise Broken(f"{at} must be a {'whole ' * whole}number from {low:g} to {high:g}")

    return check


def equal(expected: Any) -> Check:
    """A check for one value, type included."""

    def check(value: Any, at: str) -> None:
        if type(value) is not type(expected) or value != expected:
            raise Broken(f"{at} must be {json.dumps(expected)}")

    return check


def some_of(allowed: tuple[str, ...]) -> Check:
    """A check for lists of one or more different allowed names."""

    def check(value: Any, at: str) -> None:
        good = isinstance(value, list) and all(isinstance(v, str) for v in value)
        if not good or not value or not set(value) <= set(allowed) or len(set(value)) < len(value):
            raise Broken(f"{at} must list some of {', '.join(allowed)}")

    return check


def flag(value: Any, at: str) -> None:
    """A check for true or false."""
    if not isinstance(value, bool):
        raise Broken(f"{at} must be true or false")


def free(value: Any, at: str) -> None:
    """A check for any object."""
    if not isinstance(value, dict):
        raise Broken(f"{at} must be an object")


def pressures(value: Any, at: str) -> None:
    """A check for systolic and diastolic pressure in mmHg."""
    if not isinstance(value, list) or len(value) != 2:
        raise Broken(f"{at} must be two pressures in mmHg")
    for part in value:
        number(30, 300)(part, at)


def shares(value: Any, at: str) -> None:
    """A check for shares of a whole."""
    numbers(0, 1, 64)(value, at)
    if abs(sum(value) - 1.0) > 0.01:
        raise Broken(f"{at} must sum to 1")


def numbers(low: float, high: float, most: int) -> Check:
    """A check for lists of 1 to `most` numbers from `low` to `high`."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise Broken(f"{at} must list 1 to {most} numbers")
        for part in value:
            number(low, high)(part, at)

    return check


def section(fields: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """A check for objects with these fields, perhaps the optional ones, and no other."""

    def check(value: Any, at: str) -> None:
        free(value, at or "the manifest")
        prefix = f"{at}." if at else ""
        for name in sorted(fields.keys() - value.keys()):
            raise Broken(f"{prefix}{name} is missing")
        known = {**fields, **(optional or {})}
        for name in sorted(value.keys() - known.keys()):
            raise Broken(f"{prefix}{name} is unknown")
        for name in sorted(value.keys()):
            known[name](value[name], f"{prefix}{name}")

    return check
