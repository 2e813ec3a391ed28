"""Checks of what a study's JSON files hold, beside those that a bundle's manifest needs."""

from __future__ import annotations

from typing import Any

from firmware_bridge.checks import Broken, Check, free

MOST = 1e300  # what JSON calls Infinity is no number


def amount(value: Any, at: str) -> None:
    """A check for numbers of any size."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not abs(value) <= MOST:  # NaN is in no range
        raise Broken(f"{at} must be a number")


def words(value: Any, at: str) -> None:
    """A check for text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise Broken(f"{at} must be text")


def maybe(check: Check) -> Check:
    """A check for what may also be null: it could not be had."""

    def checked(value: Any, at: str) -> None:
        if value is not None:
            check(value, at)

    return checked


def named(check: Check) -> Check:
    """A check for objects that hold such values under any names."""

    def checked(value: Any, at: str) -> None:
        free(value, at)
        for name, part in value.items():
            check(part, f"{at}.{name}")

    return checked


def listed(check: Check, fewest: int = 0) -> Check:
    """A check for lists of such values, at least so many of them."""

    def checked(value: Any, at: str) -> None:
        if not isinstance(value, list) or len(value) < fewest:
            raise Broken(f"{at} must be a list" + f" of {fewest} or more" * (fewest > 0))
        for place, part in enumerate(value, start=1):
            check(part, f"{at}.{place}")

    return checked
