"""A model on disk: weights and widths in one safetensors file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import write_atomically

MODEL = "model.safetensors"


def save_model(model: ScreeningModel, path: Path) -> None:
    """Write the weights of a model, and its widths as metadata. Raises E-STORAGE."""
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    write_atomically(path, save(state, {"size": json.dumps(asdict(model.size))}))


def model_identity(folder: Path) -> dict[str, str]:
    """The sha256 of a run's weights. Raises E-RUN."""
    try:
        content = (Path(folder) / MODEL).read_bytes()
    except OSError:
        raise FetalHemoError("E-RUN", "the run holds no trained model", str(folder)) from None
    return {"sha256": hashlib.sha256(content).hexdigest()}


def load_model(folder: Path) -> ScreeningModel:
    """The model of a run folder, in evaluation mode.

    Raises E-RUN where the run holds none, or one that does not fit this version.
    """
    path = Path(folder) / MODEL
    if not path.is_file():
        raise FetalHemoError("E-RUN", "the run holds no trained model", str(folder))
    try:
        with safe_open(str(path), framework="pt") as file:
            size = json.loads((file.metadata() or {})["size"])
            model = ScreeningModel(ModelSize(**size | {"views": tuple(size["views"])}))
            names = file.keys()
            model.load_state_dict({name: file.get_tensor(name) for name in names})
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError, OSError) as error:
        what = f"the model cannot be read ({type(error).__name__})"
        raise FetalHemoError("E-RUN", what, str(path), "train it again") from None
    return model.eval()
