"""Tables that a session makes when it loads are those of the front end, to the last bit."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from export.runners import Graphs
from export.wave_tables import wave_tables
from export.waves import STEPS, Waves, store_waves, table_of
from fetal_hemo.signals import modulation, voicing
from fetal_hemo.signals.half_exact import half_exact
from fetal_hemo.signals.heart_rate import HeartRate
from fetal_hemo.simulate.quality import quality_windows


@pytest.mark.parametrize("name", sorted(wave_tables()))
def test_each_table_is_the_front_ends_to_the_bit(name: str) -> None:
    rate = HeartRate()
    used = {
        "rate_waves": rate.basis,
        "rate_lags": rate.cosines,
        "modulation_waves": modulation._FIRST,
        "voice_waves": voicing._WAVES,
    }
    np.testing.assert_array_equal(table_of(wave_tables()[name]), used[name].numpy())


def test_a_turn_is_a_cosine() -> None:
    """Against numpy's own cosine, in float16, with a scale and a quarter turn."""
    rows, columns = np.arange(7), np.arange(0, STEPS, 311)
    offsets = np.arange(len(columns)) % 4 * (STEPS // 4)
    scale = np.linspace(0.5, 2.0, len(columns))[None]
    made = table_of(Waves(rows, columns, offsets, np.ones((7, 1)), scale))
    turns = (np.outer(rows, columns) + offsets) / STEPS
    expected = half_exact(np.cos(2 * np.pi * turns) * scale)
    assert (made != expected).mean() < 1e-3  # a tie may fall the other way
    np.testing.assert_allclose(made, expected, rtol=0, atol=2e-3)


def test_window_graph_gives_the_same_bits_in_far_fewer_bytes(exported) -> None:
    small = store_waves(exported.int8, wave_tables())
    assert len(exported.int8) - len(small) > 400_000
    samples, _ = quality_windows(14, 3)
    before, after = (Graphs(g, exported.recording).windows(samples) for g in (exported.int8, small))
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, name)


def test_a_table_off_by_one_bit_stays() -> None:
    name = "voice_waves"
    waves = wave_tables()[name]
    values = table_of(waves)
    values[70, 3] = np.nextafter(values[70, 3], np.float32(2))
    rows = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", values.shape[0]])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", values.shape[1]])
    node = helper.make_node("MatMul", ["x", "t"], ["y"])
    body = helper.make_graph([node], "g", [rows], [out], [numpy_helper.from_array(values, "t")])
    opset = [helper.make_opsetid("", 20)]
    data = helper.make_model(body, opset_imports=opset, ir_version=10).SerializeToString()
    assert store_waves(data, {name: waves}) == data
    assert onnx.load_from_string(data).graph.initializer[0].name == "t"
