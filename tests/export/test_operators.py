"""An operator outside the list, or a constant in another file, stops the export."""

from __future__ import annotations

import onnx
import pytest

from export.candidate import smallest
from export.operators import require_allowed
from fetal_hemo.errors import FetalHemoError


def test_what_ships_is_on_the_list(exported) -> None:
    for graph in (exported.int8, exported.recording):
        require_allowed(smallest(graph), "a graph", "here")


@pytest.mark.parametrize(("domain", "kind"), [("", "GRU"), ("com.microsoft", "Conv")])
def test_another_operator_is_named(exported, domain: str, kind: str) -> None:
    model = onnx.load_from_string(exported.recording)
    model.graph.node[0].op_type, model.graph.node[0].domain = kind, domain
    with pytest.raises(FetalHemoError, match=f"E-EXPORT-GATE.*{kind}: here"):
        require_allowed(model.SerializeToString(), "recording.onnx", "here")


def test_external_data(exported) -> None:
    model = onnx.load_from_string(exported.recording)
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    with pytest.raises(FetalHemoError, match="another file"):
        require_allowed(model.SerializeToString(), "recording.onnx", "here")
