"""Settings of the augmentations: chances stay chances, limits rise, and the rest is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe

NEW = ("beat_crop", "time_warp", "contamination", "band_edges")


def test_new_augmentations_are_off_and_have_a_strength_for_when_they_are_not() -> None:
    augment = load_recipe().augment
    assert [getattr(augment.chance, name) for name in NEW] == [0.0] * 4
    assert augment.beat_crop > 0
    assert augment.time_warp > 0


def test_one_line_switches_one_on(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[augment.chance]\ntime_warp = 0.5\n")
    assert load_recipe(recipe).augment.chance.time_warp == 0.5
    assert load_recipe(recipe).augment.chance.gain == 1.0


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[augment.chance]\ngain = 1.5", "augment.chance.gain must be from 0 to 1"),
        ("[augment.chance]\ngian = 1", 'unknown key "augment.chance.gian"'),
        ("[augment]\nroll_off_hz = [900, 700]", "augment.roll_off_hz must not fall"),
        ("[augment]\nhigh_pass_hz = [0, 90]", "must be from 1 to 2000"),
        ("[augment]\ntime_warp = 0.5", "augment.time_warp must be from 0 to 0.1"),
        ("[augment]\nbeat_crop = 1.0", "augment.beat_crop must be from 0 to 0.75"),
    ],
)
def test_what_cannot_be_is_refused(text: str, part: str, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(text)
    with pytest.raises(FetalHemoError, match="E-RECIPE") as caught:
        load_recipe(recipe)
    assert part in caught.value.line()
