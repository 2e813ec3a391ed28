"""A column's numbers -> whether they could be years, or the day numbers of spreadsheets."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

KINDS = {"years": range(1900, 2101), "spreadsheet dates": range(15_000, 55_000)}  # 1941 to 2050
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,'\s]\d{3})+(?:\.\d*)?")
# Written for "none" and "unknown"; among them a few years would be a small share of a column.
FILLERS = frozenset(
    {0.0, -1.0}
    | {sign * float(digit * n) for sign in (1, -1) for digit in "789" for n in range(1, 6)}
)


def day_numbers(cells: Sequence[str]) -> str | None:
    """What most numbers among the cells could be, in words; None if half of them or fewer could.

    Their whole part decides, because programs write years as 1987.0 and noon as half a day. Words
    are not counted, nor numbers that stand for an unknown one. More than half, because weights of
    1,500 to 4,000 g, alike as they may be, have less than a third in the range of years.
    """
    numbers = [math.trunc(n) for n in map(_number, cells) if n is not None and n not in FILLERS]
    inside = {kind: sum(n in span for n in numbers) for kind, span in KINDS.items()}
    together = sum(inside.values())
    if together * 2 <= len(numbers):
        return None
    kinds = " or ".join(kind for kind, count in inside.items() if count)
    return f"{together} of {len(numbers)} numbers in it could be {kinds}"


def _number(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma, or with its thousands set apart."""
    plain = re.sub(r"[,'\s]", "", cell) if GROUPED.fullmatch(cell) else cell.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
