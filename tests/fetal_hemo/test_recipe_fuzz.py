"""Whatever is in a recipe: settings that hold every limit, or a one-line error with a code."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, load_recipe, to_toml
from fetal_hemo.rules import RULES

DEFAULT = to_toml(load_recipe())
KEYS = [line.split(" = ")[0] for line in DEFAULT.splitlines() if " = " in line]
SECTIONS = [line for line in DEFAULT.splitlines() if line.startswith("[")]
SCALAR = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.sampled_from(["true", '"good"', "'x'", "1979-05-27", "{a = 1}", "[]", "[1]", "[[1], [2]]"]),
    st.lists(st.one_of(st.integers(0, 300), st.floats(-30, 70)), max_size=3).map(str),
)


def load(content: bytes) -> Recipe | None:
    """The recipe, or None after a refusal that is one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_bytes(content)
        try:
            return load_recipe(path)
        except FetalHemoError as error:
            refusal = error
    assert refusal.code == "E-RECIPE"
    assert len(refusal.line().splitlines()) == 1
    return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes(content: bytes) -> None:
    recipe = load(content)
    assert recipe in (None, load_recipe())


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SECTIONS), st.sampled_from(KEYS), SCALAR)
def test_any_value_under_any_key(section: str, key: str, value: str) -> None:
    recipe = load(f"{section}\n{key} = {value}\n".encode())
    if recipe is not None:
        assert all(rule.holds(recipe) for rule in RULES)
        assert load(to_toml(recipe).encode()) == recipe


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DEFAULT) - 1), st.text(max_size=3), st.integers(0, 4))
def test_the_default_with_some_characters_replaced(at: int, new: str, lost: int) -> None:
    changed = DEFAULT[:at] + new + DEFAULT[at + lost :]
    recipe = load(changed.encode("utf-8", "surrogatepass"))
    assert recipe is None or all(rule.holds(recipe) for rule in RULES)
