"""Weights of everything behind the trunks -> `fh_head_sizes.h` and `fh_head_weights.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from export.c_source.emit import literal, table
from export.c_source.refuse import RECORDING, WINDOW, refusal
from fetal_hemo.constants import BEAT_VIEWS, BP_CLASSES, VIEWS
from fetal_hemo.encoders.recording import TIME_PERIODS_S
from firmware_bridge.rhythm.lags import PRIOR_BPM

Linear = tuple[np.ndarray, np.ndarray | None]  # weight (outputs, inputs), bias (outputs,)
RECORDING_LAYERS = {  # field of `fh_head`: layer of the recording graph
    "fusion_score": "fusion.score",
    "time": "recording.time",
    "query_key_value": "recording.attention.query_key_value",
    "output": "recording.attention.output",
    "widen": "recording.attention.feed_forward.0",
    "narrow": "recording.attention.feed_forward.2",
    "pool_hidden": "recording.pool.hidden",
    "project": "recording.project.0",
    "project_again": "recording.project.2",
    "measure": "average.measure",
    "tell": "average.tell",
    "classifier": "classifier",
}
RHYTHM = VIEWS[2]
NORMS = ("norm", "norm_after")  # fields, in the order of the recording graph


class Layers:
    """The linear layers of a graph by name; the exporter renames the weights, not the biases."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        graph = onnx.load_from_string(content).graph
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        for node in graph.node:
            if node.op_type == "Cast" and node.input[0] in self.constants:  # kept as float16
                self.constants[node.output[0]] = self.constants[node.input[0]]
        self.makers = {out: node for node in graph.node for out in node.output}
        self.readers = {name: node for node in graph.node for name in node.input}
        self.norms = [node for node in graph.node if node.op_type == "LayerNormalization"]

    def linear(self, layer: str) -> Linear:
        """Weight `(outputs, inputs)` and bias of a layer; raises E-EXPORT-C."""
        bias = self._constant(f"model.{layer}.bias")
        named = self.constants.get(f"model.{layer}.weight")
        if named is not None:
            return named, bias
        add = self.readers[f"model.{layer}.bias"]
        product = self.makers[next(name for name in add.input if name in self.makers)]
        return self._constant(product.input[1]).T, bias

    def score(self, layer: str) -> Linear:
        """The layer without bias behind the tanh of an attention's hidden layer."""
        add = self.readers[f"model.{layer}.hidden.bias"]
        tanh = self.readers[add.output[0]]
        return self._constant(self.readers[tanh.output[0]].input[1]).T, None

    def norm(self, number: int) -> Linear:
        """Weight and bias `(features,)` of a layer norm, by its place in the graph.

        Not by name: untrained norms are alike, and the exporter keeps one constant for all.
        """
        weight, bias = self.norms[number].input[1:3]
        return self._constant(weight), self._constant(bias)

    def norm_after(self, layer: str) -> Linear:
        """Weight and bias of the layer norm that reads a linear layer's output."""
        product = self.readers[f"model.{layer}.bias"]
        return self.norm(self.norms.index(self.readers[product.output[0]]))

    def _constant(self, name: str) -> np.ndarray:
        if name not in self.constants:
            fix = "export with this version's graphs"
            raise refusal(f"no constant {name}", fix, self.name)
        return self.constants[name].astype(np.float32)


def head_texts(
    window: bytes, recording: bytes, manifest: dict[str, Any], channels: int
) -> dict[str, str]:
    """Texts of the two generated files by name; raises `FetalHemoError` E-EXPORT-C.

    `channels` are those that come out of the rhythm's trunk.
    """
    inside, above = Layers(window, WINDOW), Layers(recording, RECORDING)
    if not above.constants["model.offered"].all():
        raise refusal("a model that leaves out a view", "train with all views", RECORDING)
    views = {view: _beats(inside, view) for view in BEAT_VIEWS}
    fields = _rhythm(inside, channels)
    fields |= {f"fusion_{v}": above.linear(f"fusion.project.{v}") for v in range(len(VIEWS))}
    fields |= {field: above.linear(layer) for field, layer in RECORDING_LAYERS.items()}
    fields |= {field: above.norm(number) for number, field in enumerate(NORMS)}
    fields["pool_score"] = above.score("recording.pool")
    return {
        "fh_head_sizes.h": _sizes(views[VIEWS[0]], fields),
        "fh_head_weights.c": _weights(views, fields, manifest),
    }


def _beats(layers: Layers, view: str) -> dict[str, Linear]:
    return {
        "hidden": layers.linear(f"{view}.beats.hidden"),
        "score": layers.score(f"{view}.beats"),
        "project": layers.linear(f"{view}.project.0"),
        "norm": layers.norm_after(f"{view}.project.0"),
    }


def _rhythm(layers: Layers, channels: int) -> dict[str, Linear]:
    """Layers of the rhythm; the projection's inputs in the order of C, channels last."""
    weight, bias = layers.linear(f"{RHYTHM}.project")
    outputs, inputs = weight.shape
    steps_first = weight.reshape(outputs, channels, inputs // channels).transpose(0, 2, 1)
    return {
        "rhythm": (steps_first.reshape(outputs, inputs), bias),
        "rhythm_norm": layers.norm_after(f"{RHYTHM}.project"),
        "rate": layers.linear(f"{RHYTHM}.rate"),
    }


def _sizes(view: dict[str, Linear], fields: dict[str, Linear]) -> str:
    hidden, width = view["hidden"][0].shape
    numbers = {
        "VIEWS": len(VIEWS),
        "WIDTH": width,
        "HIDDEN": hidden,
        "HEADS": len(view["score"][0]),
        "EMBEDDING": len(view["norm"][0]),
        "RECORDING": len(fields["project"][0]),
        "CLASSES": len(BP_CLASSES),
        "PRIOR_BPM": literal(np.float32(PRIOR_BPM)),
    }
    lines = [f"#define FH_{name} {value}" for name, value in numbers.items()]
    return "\n".join(["#ifndef FH_HEAD_SIZES_H", "#define FH_HEAD_SIZES_H", *lines, "#endif", ""])


def _weights(
    views: dict[str, dict[str, Linear]], fields: dict[str, Linear], manifest: dict[str, Any]
) -> str:
    lines, rows = ["/* Generated by `fetal-hemo export --c`. */", '#include "fh_head.h"', ""], []
    for view, layers in views.items():
        for name, layer in layers.items():
            lines += _tables(f"{view}_{name}", layer)
        inner = ", ".join(f".{name} = {_pair(f'{view}_{name}', layers[name])}" for name in layers)
        rows.append(f"    .beats[FH_{view.upper()}] = {{{inner}}},")
    for name, layer in fields.items():
        lines += _tables(name, layer)
        stem, _, number = name.rpartition("_")
        place = f"{stem}[{number}]" if number.isdigit() else name
        rows.append(f"    .{place} = {_pair(name, layer)},")
    periods = ", ".join(literal(np.float32(period)) for period in TIME_PERIODS_S)
    rows.append(f"    .periods_s = {{{periods}}},")
    for name, value in (
        *((name, manifest["calibration"][name]) for name in ("slope", "intercept")),
        ("threshold", manifest["decision"]["threshold"]),
    ):
        rows.append(f"    .{name} = {literal(np.float32(value))},")
    positive = sum(1 << i for i, c in enumerate(BP_CLASSES) if c in manifest["positive_classes"])
    rows.append(f"    .positive = {positive},")
    return "\n".join([*lines, "", "const fh_head fh_model = {", *rows, "};", ""])


def _tables(name: str, layer: Linear) -> list[str]:
    weight, bias = layer
    lines = table("float", f"{name}_weight", weight)
    return lines if bias is None else lines + table("float", f"{name}_bias", bias)


def _pair(name: str, layer: Linear) -> str:
    return f"{{{name}_weight, {name}_bias}}" if layer[1] is not None else f"{{{name}_weight, 0}}"
