"""One untrained model and its graphs, made once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import torch

from export.pipeline import float_graphs
from export.quantise import quantise_trunk
from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.simulate.quality import quality_windows


class Exported(NamedTuple):
    """A model, its float graphs, its int8 window graph, and the names of its trunk nodes."""

    model: ScreeningModel
    window: bytes
    recording: bytes
    int8: bytes
    trunk: list[str]


@pytest.fixture(scope="session")
def calibration() -> np.ndarray:
    """Simulated windows `(windows, 15000)` of every quality."""
    return quality_windows(60, 11)[0]


@pytest.fixture(scope="session")
def exported(calibration: np.ndarray) -> Exported:
    """An untrained model whose batch norms have seen data, exported."""
    torch.manual_seed(0)
    model = ScreeningModel(ModelSize()).train()
    with torch.no_grad():
        for _ in range(5):
            model.encode_windows(torch.from_numpy(calibration))
    model.eval()
    window, recording, trunk = float_graphs(model)
    return Exported(model, window, recording, quantise_trunk(window, trunk, calibration), trunk)
