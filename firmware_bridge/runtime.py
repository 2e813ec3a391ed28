"""The two graphs of a bundle as functions of numpy arrays, with fixed session options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import onnxruntime

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.errors import FetalHemoError

if TYPE_CHECKING:
    from firmware_bridge.bundle import Bundle

# Windows a run: memory does not follow the recording's length. Sizes differ by float noise only
# (1e-6), since the matrix kernels take rows in fours.
BLOCK = 8
SILENT = 4  # onnxruntime's log level "fatal": what it would print, we raise


class WindowOutputs(NamedTuple):
    """What the window graph says of every window; `windows` is the first axis of each."""

    view_embeddings: np.ndarray  # (windows, views, embedding)
    quality: np.ndarray  # (windows, 7) probabilities
    heart_rate_bpm: np.ndarray  # (windows,) each window by itself
    heart_rate_confidence: np.ndarray  # (windows,) 0 to 1, likewise
    dead_share: np.ndarray  # (windows,) 0 to 1
    autocorrelation: np.ndarray  # (windows, lags) of the envelopes, at `rhythm.lags.LAGS_S`
    beat_envelope: np.ndarray  # (windows, bands, frames) log envelopes at 100 Hz


class RecordingOutputs(NamedTuple):
    """What the recording graph says of one recording."""

    logits: np.ndarray  # (4,) over the blood-pressure classes
    window_attention: np.ndarray  # (windows,)


def session(model: bytes, name: str, where: str, threads: int = 1) -> onnxruntime.InferenceSession:
    """A session whose int8 trunk gives the same bits on every processor (the options are fixed).

    Raises `FetalHemoError` E-BUNDLE-FORMAT for bytes that onnxruntime does not load.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = SILENT
    # int8 products saturate on processors without VNNI unless this is set
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception:  # onnxruntime's errors share no base class
        what = f"{name} is not a model that runs here"
        raise FetalHemoError("E-BUNDLE-FORMAT", what, where) from None


class WindowRunner:
    """Windows `(windows, 15000)` -> `WindowOutputs`, eight at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self._where = bundle.where
        self._session = session(bundle.members["window.onnx"], "window.onnx", bundle.where)

    def run(self, windows: np.ndarray) -> WindowOutputs:
        """The outputs for float32 windows in [-1, 1]; raises E-BUNDLE-SELF-TEST."""
        blocks = [self._block(windows[i : i + BLOCK]) for i in range(0, len(windows), BLOCK)]
        return WindowOutputs(*(np.concatenate(part) for part in zip(*blocks, strict=True)))

    def _block(self, windows: np.ndarray) -> list[np.ndarray]:
        inputs = {"samples": windows}
        return _run(self._session, WindowOutputs._fields, inputs, self._where)


class RecordingRunner:
    """View embeddings, start times and a window mask -> `RecordingOutputs`."""

    def __init__(self, bundle: Bundle) -> None:
        self._where = bundle.where
        model = bundle.members["recording.onnx"]
        self._session = session(model, "recording.onnx", bundle.where)

    def run(
        self, view_embeddings: np.ndarray, usable: np.ndarray, start_s: np.ndarray | None = None
    ) -> RecordingOutputs:
        """The outputs for `(windows, views, embedding)`, flags and seconds, both `(windows,)`.

        Without `start_s` the windows follow each other from 0 s.
        """
        if start_s is None:
            start_s = np.arange(len(usable)) * WINDOW_S
        inputs = {
            "view_embeddings": view_embeddings,
            "start_s": start_s,
            "view_mask": np.ones(view_embeddings.shape[:2]),
            "window_mask": usable,
        }
        inputs = {name: np.ascontiguousarray(x, np.float32) for name, x in inputs.items()}
        return RecordingOutputs(*_run(self._session, RecordingOutputs._fields, inputs, self._where))


def _run(
    runner: onnxruntime.InferenceSession,
    names: tuple[str, ...],
    inputs: dict[str, np.ndarray],
    where: str,
) -> list[np.ndarray]:
    try:
        outputs = runner.run(list(names), inputs)
    except Exception:  # onnxruntime's errors share no base class
        what = "a model of the bundle does not run"
        raise FetalHemoError("E-BUNDLE-SELF-TEST", what, where) from None
    if not all(np.isfinite(output).all() for output in outputs):
        what = "a model of the bundle gives values that are no numbers"
        raise FetalHemoError("E-BUNDLE-SELF-TEST", what, where)
    return outputs
