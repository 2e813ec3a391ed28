"""The word a person most likely meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` with the nearest of the known words, or all of them if none is near."""
    choices = list(known)
    return did_you_mean(word, choices) or "known: " + ", ".join(choices)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` with the nearest of the known words; empty if none is near."""
    near = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""
