"""The window graph with its int8 tensors brought to light, run as a device runs it."""

from __future__ import annotations

import numpy as np
import onnx

from firmware_bridge.runtime import session

BLOCK = 8


class TappedGraph:
    """Samples `(windows, 15000)` -> the named uint8 tensors, channels last."""

    def __init__(self, graph: bytes, tensors: list[str]) -> None:
        proto = onnx.load_from_string(graph)
        del proto.graph.output[:]
        proto.graph.output.extend(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.UINT8, None)
            for name in tensors
        )
        self._names = tensors
        self._session = session(proto.SerializeToString(), "window.onnx", "the export")
        given = self._session.get_inputs()[0]
        self._input, self.window_samples = given.name, given.shape[-1]

    def run(self, samples: np.ndarray) -> dict[str, np.ndarray]:
        """Each tensor as `(windows, steps, channels)` of float32 samples in [-1, 1]."""
        blocks = [
            self._session.run(self._names, {self._input: samples[i : i + BLOCK]})
            for i in range(0, len(samples), BLOCK)
        ]
        whole = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return {
            name: np.ascontiguousarray(np.moveaxis(tensor, 1, -1))
            for name, tensor in zip(self._names, whole, strict=True)
        }
