"""The sentences a person reads. They rank who needs a cuff reading; none of them diagnoses."""

from __future__ import annotations

from firmware_bridge.errors import CATALOGUE
from firmware_bridge.language import english, spanish

ENGLISH = "en"
WORDS = {ENGLISH: english.WORDS, "es": spanish.WORDS}
LANGUAGES = tuple(WORDS)
SLOW_NOTED_S = 15.0  # four windows: as long as a deceleration
SAYS_IT = frozenset(("A-MATERNAL-PULSE", "A-NO-FETAL-SIGNAL"))


def text(key: str, language: str = ENGLISH, **values: object) -> str:
    """The text of a key in a language, its places filled in."""
    return WORDS[language][key].format(**values)


def meaning(code: str, language: str = ENGLISH) -> str:
    """What a code of the catalogue means; in English where it is not translated."""
    return WORDS[language].get(code) or CATALOGUE[code].meaning


def abstained(
    reasons: tuple[str, ...], good_s: float, needed_s: float, language: str = ENGLISH
) -> str:
    """Why there is no probability, and what to do."""
    why = meaning(reasons[0], language)
    if "A-LITTLE-SIGNAL" in reasons:
        why += "; " + text("signal", language, good=good_s, needed=needed_s)
    return text("abstained", language, why=why)


def slow_rhythm(heard_s: float | None, reasons: tuple[str, ...], language: str = ENGLISH) -> str:
    """What is to be done about a slow rhythm; nothing where it was short or a reason says it."""
    if heard_s is None or heard_s < SLOW_NOTED_S or not SAYS_IT.isdisjoint(reasons):
        return ""
    return " " + text("slow", language, heard=heard_s)


def refused(code: str, what: str, fix: str, language: str = ENGLISH) -> str:
    """Why a recording was not screened at all, and what to do."""
    if language != ENGLISH:  # what happened and what to do are said in English only
        return text("refused", language, what=meaning(code, language))
    sentence = text("refused", what=what)
    return f"{sentence} {text('to do', fix=fix)}" if fix else sentence
