"""The sentences a person reads. They rank who needs a cuff reading; none of them diagnoses."""

from __future__ import annotations

from firmware_bridge.errors import CATALOGUE
from firmware_bridge.language import english, spanish

ENGLISH = "en"
WORDS = {ENGLISH: english.WORDS, "es": spanish.WORDS}
LANGUAGES = tuple(WORDS)


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


def refused(code: str, what: str, fix: str, language: str = ENGLISH) -> str:
    """Why a recording was not screened at all, and what to do."""
    if language != ENGLISH:  # what happened and what to do are said in English only
        return text("refused", language, what=meaning(code, language))
    sentence = text("refused", what=what)
    return f"{sentence} {text('to do', fix=fix)}" if fix else sentence
