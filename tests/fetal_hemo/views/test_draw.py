"""Frozen draws: shared by two copies, by two windows, or in part."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from fetal_hemo.recipe import load_recipe
from fetal_hemo.views import Augmentations, Draw

ITEMS, LENGTH = 5, 15_000


@pytest.fixture(scope="module")
def augment() -> Augmentations:
    """Every transform on, each met by half of the windows."""
    strength = load_recipe().augment
    names = [field.name for field in dataclasses.fields(strength.chance)]
    chance = dataclasses.replace(strength.chance, **dict.fromkeys(names, 0.5))
    return Augmentations.from_recipe(dataclasses.replace(strength, chance=chance))


def draw(augment: Augmentations, seed: int, items: int = ITEMS) -> Draw:
    return augment.draw(items, LENGTH, torch.Generator().manual_seed(seed))


def numbers(drawn: Draw, name: str) -> list[Tensor]:
    step = drawn.steps[name]
    fields = dataclasses.fields(step.drawn)
    return [step.met, *(getattr(step.drawn, field.name) for field in fields)]


def same(first: Draw, second: Draw, name: str) -> bool:
    pairs = zip(numbers(first, name), numbers(second, name), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_two_copies_may_share_a_draw(augment: Augmentations, hearts) -> None:
    samples, frozen = hearts.samples[:ITEMS], draw(augment, 0)
    first, second = augment.apply(samples, frozen), augment.apply(samples, frozen)
    assert torch.equal(first, second)
    assert not torch.equal(first, augment.apply(samples, draw(augment, 1)))


def test_windows_of_a_visit_may_share_a_draw(augment: Augmentations, hearts) -> None:
    visits = draw(augment, 0, items=2)
    windows = visits.take(torch.arange(2).repeat_interleave(3))
    same_window = hearts.samples[:1].expand(6, -1)
    changed = augment.apply(same_window, windows)
    torch.testing.assert_close(changed[:3], changed[:1].expand(3, -1), atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(changed[3:], changed[3:4].expand(3, -1), atol=1e-6, rtol=1e-4)
    assert not torch.allclose(changed[0], changed[3], atol=1e-3)


def test_two_copies_may_share_a_part(augment: Augmentations) -> None:
    first, second = draw(augment, 0), draw(augment, 1)
    mixed = second.sharing(first, ("band_response", "band_edges"))
    for name in augment.transforms:
        assert same(mixed, first if name.startswith("band_") else second, name)
        assert not same(first, second, name)


def test_what_is_off_cannot_be_shared() -> None:
    plain = Augmentations.from_recipe(load_recipe().augment)
    with pytest.raises(KeyError, match="beat_crop"):
        draw(plain, 0).sharing(draw(plain, 1), ("beat_crop",))
