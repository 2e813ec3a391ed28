"""The graphs of a bundle as functions of numpy arrays, with fixed session options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import onnxruntime

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.graph_part import part_of

if TYPE_CHECKING:
    from firmware_bridge.bundle import Bundle

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


class FeedbackOutputs(NamedTuple):
    """What live feedback needs of `WindowOutputs`: two thirds of the graph's time, no embedding."""

    quality: np.ndarray
    dead_share: np.ndarray
    autocorrelation: np.ndarray


Outputs = TypeVar("Outputs", WindowOutputs, FeedbackOutputs)  # for what looks at those three


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
    # more threads split the sums elsewhere: other last bits, and little gain on graphs this small
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
    """Windows `(windows, 15000)` -> `WindowOutputs`.

    Each window runs by itself. In a batch its last bits would depend on its place and on the
    batch's size (vector kernels do tails differently), and a live stream could not repeat them.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._where = bundle.where
        self._session = session(bundle.members["window.onnx"], "window.onnx", bundle.where)

    def run(self, windows: np.ndarray) -> WindowOutputs:
        """The outputs for float32 windows in [-1, 1]; raises E-BUNDLE-SELF-TEST."""
        alone = [self._one(windows[i : i + 1]) for i in range(len(windows))]
        outputs = join_windows(alone)
        _check_finite(outputs, self._where)
        return outputs

    def _one(self, window: np.ndarray) -> WindowOutputs:
        inputs = {"samples": window}
        return WindowOutputs(*_run(self._session, WindowOutputs._fields, inputs, self._where))


class FeedbackRunner:
    """A window `(1, 15000)` -> `FeedbackOutputs`, the bits that `WindowRunner` gives."""

    def __init__(self, bundle: Bundle) -> None:
        self._where = bundle.where
        model = part_of(bundle.members["window.onnx"], FeedbackOutputs._fields)
        self._session = session(model, "window.onnx", bundle.where)

    def run(self, window: np.ndarray) -> FeedbackOutputs:
        """The outputs for float32 in [-1, 1]; raises E-BUNDLE-SELF-TEST."""
        names, inputs = FeedbackOutputs._fields, {"samples": window}
        outputs = FeedbackOutputs(*_run(self._session, names, inputs, self._where))
        _check_finite(outputs, self._where)
        return outputs


def join_windows(parts: Sequence[WindowOutputs]) -> WindowOutputs:
    """The outputs of all windows of `parts`, in their order."""
    return WindowOutputs(*(np.concatenate(part) for part in zip(*parts, strict=True)))


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
        outputs = _run(self._session, RecordingOutputs._fields, inputs, self._where)
        _check_finite(outputs, self._where)
        return RecordingOutputs(*outputs)


def _run(
    runner: onnxruntime.InferenceSession,
    names: tuple[str, ...],
    inputs: dict[str, np.ndarray],
    where: str,
) -> list[np.ndarray]:
    try:
        return runner.run(list(names), inputs)
    except Exception:  # onnxruntime's errors share no base class
        what = "a model of the bundle does not run"
        raise FetalHemoError("E-BUNDLE-SELF-TEST", what, where) from None


def _check_finite(outputs: Iterable[np.ndarray], where: str) -> None:
    if not all(np.isfinite(output).all() for output in outputs):
        what = "a model of the bundle gives values that are no numbers"
        raise FetalHemoError("E-BUNDLE-SELF-TEST", what, where)
