"""Products and bytes against what follows from the layers' shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from export.budget import MCU, Cost, cost_of, require_budget
from export.candidate import smallest
from export.cost import multiply_adds, trunk_memory
from fetal_hemo.encoders import ModelSize
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe

# Channels and steps of the views; kernels and strides of the four convolutions.
VIEWS = ((32, 750), (6, 750), (1, 395))
LAYERS = ((7, 3), (5, 2), (3, 1), (3, 1))


def by_hand(width: int) -> tuple[int, int, int]:
    """Multiply-adds, constant bytes, and bytes of the fullest pair of activations."""
    products, constants, pairs = 0, 0, []
    for channels, steps in VIEWS:
        for kernel, stride in LAYERS:
            before, steps = channels * steps, -(-steps // stride)
            products += width * steps * channels * kernel
            constants += width * channels * kernel + 4 * width
            channels = width
            pairs.append(before + channels * steps)
    return products, constants, max(pairs)


def test_trunks_against_their_shapes(exported) -> None:
    products, constants, activations = by_hand(ModelSize().width)
    for graph in (exported.int8, smallest(exported.int8)):
        assert trunk_memory(graph) == (constants, activations)
        assert multiply_adds(graph, in_trunk=True) == products


def test_the_whole_graph_costs_the_same_however_it_is_stored(exported) -> None:
    whole = multiply_adds(exported.window)
    assert whole > multiply_adds(exported.int8, in_trunk=True)
    assert multiply_adds(exported.int8) == multiply_adds(smallest(exported.int8)) == whole


def test_a_graph_without_int8_has_no_trunk(exported) -> None:
    assert trunk_memory(exported.window) == (0, 0)


def test_cost_on_each_target(signed: Any) -> None:
    from firmware_bridge.bundle import open_bundle
    from firmware_bridge.trust import trusted_keys

    bundle = open_bundle(signed.path, trusted_keys([signed.public_key]))
    phone = cost_of(bundle, signed.path, signed.public_key, "phone")
    assert phone.bytes == bundle.size
    assert 60_000_000 < phone.peak_ram_bytes < 500_000_000
    assert cost_of(bundle, signed.path, signed.public_key, MCU) == (0, 0, 0)  # it is float
    with pytest.raises(FetalHemoError, match="does not screen"):
        cost_of(bundle, Path("/none"), signed.public_key, "phone")


@pytest.mark.parametrize("name", Cost._fields)
def test_the_first_amount_beyond_is_named(name: str) -> None:
    budget = load_recipe().budgets.mcu
    cost = {field: getattr(budget, field) for field in Cost._fields}
    require_budget(cost, budget, MCU, "here")
    with pytest.raises(FetalHemoError, match=f"E-EXPORT-GATE.*{name.replace('_', ' ')}.*mcu"):
        require_budget({**cost, name: cost[name] + 1}, budget, MCU, "here")
