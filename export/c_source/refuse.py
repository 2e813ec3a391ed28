"""How the generator says no: by the name of what it does not know."""

from __future__ import annotations

from fetal_hemo.errors import FetalHemoError

WINDOW, RECORDING = "window.onnx", "recording.onnx"


def refusal(
    what: str,
    fix: str = "export a trunk of plain one-dimensional convolutions",
    where: str = WINDOW,
) -> FetalHemoError:
    """The E-EXPORT-C error to raise."""
    return FetalHemoError("E-EXPORT-C", what, where, fix)
