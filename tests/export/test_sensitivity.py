"""The sweep over layers and methods, on a graph whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from export.quantise import quantise, trunk_ranges
from export.sensitivity import by_layer, by_method, embeddings, layers, relative_error, spread_out
from export.sensitivity_plot import sensitivity_plot


@pytest.fixture(scope="module")
def errors(exported, calibration: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
    some = calibration[:8]
    ranges = trunk_ranges(exported.window, exported.trunk, some)
    methods = by_method(exported.window, exported.trunk, ranges, some)
    return methods, by_layer(exported.window, exported.trunk, ranges["extremes"], some)


def test_each_layer_costs_less_than_all(errors) -> None:
    methods, alone = errors
    assert len(alone) == 12
    assert "time_frequency.trunk.0.0" in alone
    assert all(0 < error < methods["extremes"] for error in alone.values())


def test_a_layer_with_a_wrong_range_stands_out(exported, calibration: np.ndarray) -> None:
    some = calibration[:8]
    ranges = trunk_ranges(exported.window, exported.trunk, some)["extremes"]
    maker, reader = "envelope.trunk.2.0", "envelope.trunk.3.0"
    nodes = layers(exported.window, exported.trunk)[maker]
    fed = {name: ends for name, ends in ranges.items() if name.startswith("relu_7")}
    assert fed  # what the maker's ReLU makes
    wrong = {**ranges, **{name: (0.0, 50 * high) for name, (_, high) in fed.items()}}
    errors = by_layer(exported.window, exported.trunk, wrong, some)
    assert set(sorted(errors, key=errors.get)[-2:]) == {maker, reader}
    wanted = embeddings(exported.window, some)
    found = embeddings(quantise(exported.window, nodes, wrong), some)
    assert errors[maker] == pytest.approx(relative_error(found, wanted))


def test_the_plot_names_the_worst(errors) -> None:
    methods, alone = errors
    svg = sensitivity_plot(alone, methods["extremes"])
    assert svg.startswith("<svg")
    assert max(alone, key=alone.get) in svg


def test_windows_are_spread_over_all() -> None:
    windows = np.arange(200, dtype=np.float32)[:, None]
    chosen = spread_out(windows)[:, 0]
    assert (chosen[0], chosen[-1], len(chosen)) == (0, 199, 64)
    assert len(spread_out(windows[:5])) == 5
