"""Every sentence in every language, and none of them a diagnosis."""

from __future__ import annotations

import dataclasses
import string
from typing import Any

import numpy as np
import pytest

from firmware_bridge import messages
from firmware_bridge.answer import PredictiveValue
from firmware_bridge.decide import ABOVE, BELOW
from firmware_bridge.errors import CATALOGUE, EXIT_DATA
from firmware_bridge.language import english, spanish
from firmware_bridge.result import Abstained, Screened
from firmware_bridge.summary import summary

CUFF = {"en": "cuff", "es": "tensiómetro"}
DIAGNOSIS = {"en": "not a diagnosis", "es": "no es un diagnóstico"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_spanish_has_every_key_with_the_same_places() -> None:
    missing = set(english.WORDS) - set(spanish.WORDS)
    assert missing == {"to do"}  # what to do is said in English only
    for key in set(english.WORDS) - missing:
        assert places(english.WORDS[key]) == places(spanish.WORDS[key])


def test_every_reason_and_refusal_is_translated() -> None:
    codes = {code for code in CATALOGUE if code.startswith("A-")} | {"E-BUG"}
    audio = list(CATALOGUE)[: list(CATALOGUE).index("E-BUNDLE-NOT-FOUND")]
    codes |= {code for code in audio if CATALOGUE[code].exit_status == EXIT_DATA}
    assert codes <= set(spanish.WORDS)
    assert {key for key in spanish.WORDS if key[1] == "-"} <= set(CATALOGUE)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_answer_asks_for_a_cuff(language: str, screener: Any) -> None:
    noise = np.random.default_rng(0).normal(size=60_000) * 0.1
    evidence = screener.screen(noise, 4_000).evidence
    results = [
        Screened(evidence, 0.6, ABOVE, PredictiveValue(0.31, 0.05)),
        Screened(evidence, 0.1, BELOW, PredictiveValue(0.97, 0.05)),
        *(Abstained(evidence, (code,)) for code in CATALOGUE if code.startswith("A-")),
    ]
    for result in results:
        sentence = result.to_json(language)["sentence"]
        assert CUFF[language] in sentence
        assert DIAGNOSIS[language] in sentence
        assert sentence.count(".") - sentence.count("3.75") == 1  # one sentence
        assert sentence in summary("x", result, language)
    assert "31" in summary("x", results[0], language)
    assert "97" in summary("x", results[1], language)


def test_how_much_signal_is_missing(screener: Any) -> None:
    noise = np.random.default_rng(0).normal(size=60_000) * 0.1
    evidence = dataclasses.replace(screener.screen(noise, 4_000).evidence, good_signal_s=11.25)
    found = Abstained(evidence, ("A-TALKING", "A-LITTLE-SIGNAL")).to_json()
    assert "11 s of good signal, 30 s needed" in found["sentence"]
    assert found["needed_signal_s"] == 30.0
    spoken = Abstained(evidence, ("A-LITTLE-SIGNAL",)).to_json("es")["sentence"]
    assert "11 s de buena señal, se necesitan 30 s" in spoken


def test_refusals(screener: Any) -> None:
    refused = screener.screen(np.zeros(10), 4_000)
    assert refused.to_json()["sentence"].startswith("Not screened: ")
    spoken = refused.to_json("es")["sentence"]
    assert spoken == f"Sin evaluar: {spanish.WORDS[refused.code]}."
    assert messages.meaning("E-MANIFEST", "es") == CATALOGUE["E-MANIFEST"].meaning
