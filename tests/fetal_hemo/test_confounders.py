"""Confounders by name: usual, none, all, a list, a misspelt one."""

from __future__ import annotations

import pytest

from fetal_hemo.confounders import CONFOUNDERS, USUAL, confounders_of
from fetal_hemo.errors import FetalHemoError


def test_names_are_read_in_one_order() -> None:
    assert confounders_of("usual") == USUAL
    assert confounders_of("none") == ()
    assert confounders_of("all") == tuple(CONFOUNDERS)
    assert confounders_of("site, bmi") == ("bmi", "site")


def test_a_misspelt_name_is_refused_with_the_right_one() -> None:
    with pytest.raises(FetalHemoError) as caught:
        confounders_of("bmi,devise")
    assert caught.value.code == "E-USAGE"
    assert 'did you mean "device"?' in caught.value.line()
