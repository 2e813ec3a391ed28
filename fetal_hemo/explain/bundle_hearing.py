"""The exported int8 model as an explanation asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import BP_CLASSES, POSITIVE_CLASSES, VIEWS, WINDOW_S
from fetal_hemo.explain.hearing import Heard, Weighed
from firmware_bridge.bundle import Bundle
from firmware_bridge.runtime import session

HEARD = ["view_embeddings", "beat_attention"]
WEIGHED = ["logits", "window_attention", "view_attention"]


@dataclass(frozen=True)
class BundleHearing:
    """The graphs of a verified bundle, in the sessions that a device makes of them."""

    bundle: Bundle
    recording: bytes = b""  # another recording graph in place of the bundle's

    @cached_property
    def _windows(self) -> Any:
        return session(self.bundle.members["window.onnx"], "window.onnx", self.bundle.where)

    @cached_property
    def _recording(self) -> Any:
        graph = self.recording or self.bundle.members["recording.onnx"]
        return session(graph, "recording.onnx", self.bundle.where)

    def hear(self, windows: NDArray[np.float32]) -> Heard:
        """See `Hearing`; each window alone, as on a device."""
        alone = (np.ascontiguousarray(windows[i : i + 1]) for i in range(len(windows)))
        found = [self._windows.run(HEARD, {"samples": window}) for window in alone]
        return Heard(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def weigh(self, embeddings: NDArray[np.float32], usable: NDArray[np.bool_]) -> Weighed:
        """See `Hearing`."""
        given = {
            "view_embeddings": embeddings,
            "start_s": np.arange(len(usable), dtype=np.float32) * np.float32(WINDOW_S),
            "view_mask": np.ones((len(usable), len(VIEWS)), np.float32),
            "window_mask": usable.astype(np.float32),
        }
        logits, of_windows, of_views = self._recording.run(WEIGHED, given)
        raised = np.isin(BP_CLASSES, POSITIVE_CLASSES)
        margin = np.logaddexp.reduce(logits[raised]) - np.logaddexp.reduce(logits[~raised])
        return Weighed(float(margin), of_windows, of_views)

    def randomised(self, seed: int) -> BundleHearing:
        """See `Hearing`: the weights of the recording graph, each tensor's in another order."""
        return replace(
            self, recording=shuffled_weights(self.bundle.members["recording.onnx"], seed)
        )


def shuffled_weights(graph: bytes, seed: int) -> bytes:
    """An ONNX graph in which the numbers of every weight tensor changed their places."""
    import onnx
    from onnx import numpy_helper

    model, generator = onnx.load_from_string(graph), np.random.default_rng(seed)
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.ndim > 1:
            mixed = generator.permutation(values.reshape(-1)).reshape(values.shape)
            tensor.CopyFrom(numpy_helper.from_array(mixed, tensor.name))
    content: bytes = model.SerializeToString()
    return content
