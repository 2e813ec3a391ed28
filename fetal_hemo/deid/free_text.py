"""Does a text look as if it named somebody, or a day? Rules that rather refuse too much."""

from __future__ import annotations

import re
from itertools import pairwise

MOST_WORDS, LONGEST = 3, 40  # beyond, a cell is a sentence, and a sentence can hold anything
MONTH = r"(?:jan|ene|feb|mar|apr|abr|may|jun|jul|aug|ago|sep|oct|nov|dec|dic)[a-z]*"
# A measurement: up to five digits before the point and three behind it.
NUMBER = re.compile(r"[+-]?\d{1,5}(\.\d{1,3})?")
PATTERNS = {
    "e-mail": re.compile(r"\S@\S"),
    "web address": re.compile(r"(?i)\bwww\.|://"),
    "date": re.compile(
        rf"(?i)\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\d[\s./-]*{MONTH}\b|\b{MONTH}[\s./-]*\d"
    ),
    "time": re.compile(r"\b\d{1,2}:\d{2}"),
    "long number": re.compile(r"(?:\d[\s().+/-]{0,2}){6,}"),  # telephone and hospital numbers
    "name": re.compile(r"(?i)\b(?:mrs?|ms|miss|dr|prof|sra?|srta|señora?|don|doña)\b\.?\s+\w"),
}
CODE = re.compile(r"[^\W\d_][\W_]?\d{4,}|\d{4,}[\W_]?[^\W\d_]")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD = re.compile(r"[^\W\d_]{2,}")


def looks_like(text: str) -> str | None:
    """What a text looks like (`date`, `name`, ...), None for a plain number or category."""
    if NUMBER.fullmatch(text):
        return None
    named = names_somebody(text)
    if named:
        return named
    if CODE.search(text):
        return "code"
    if len(text) > LONGEST or len(text.split()) > MOST_WORDS or not text.isprintable():
        return "sentence"
    return None


def names_somebody(text: str) -> str | None:
    """As `looks_like`, but numbered codes and long texts are let through: for paths and ids."""
    for kind, pattern in PATTERNS.items():
        if pattern.search(text):
            return kind
    return "name" if _two_names(text) else None


def _two_names(text: str) -> bool:
    """Two words in a row with capitals, or words of a script that has none."""
    words = WORD.findall(CAMEL.sub(" ", text))
    capital = [word[0].isupper() for word in words]
    no_case = any(word.lower() == word.upper() for word in words)
    return no_case or any(a and b for a, b in pairwise(capital))
