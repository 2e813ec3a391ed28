"""A small network and embeddings of two recordings for it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import VIEWS, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.encoders import ModelSize, ScreeningModel

WINDOWS = 6


class Recordings(NamedTuple):
    """What `encode_recording` takes, in its order."""

    view_embeddings: Tensor
    start_s: Tensor
    view_mask: Tensor
    window_mask: Tensor


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Small arrays: more threads only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture
def model() -> ScreeningModel:
    """The default size with random weights, in evaluation mode."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ScreeningModel(ModelSize()).eval()


@pytest.fixture
def recordings(model: ScreeningModel) -> Recordings:
    """Two recordings of six windows; nothing is masked."""
    generator = torch.Generator().manual_seed(1)
    shape = (2, WINDOWS, len(VIEWS), model.size.embedding)
    return Recordings(
        torch.randn(shape, generator=generator),
        (torch.arange(WINDOWS) * WINDOW_S).repeat(2, 1),
        torch.ones(2, WINDOWS, len(VIEWS)),
        torch.ones(2, WINDOWS),
    )


@pytest.fixture
def samples() -> Tensor:
    """Four windows of noise that swells 2.4 times a second."""
    generator = torch.Generator().manual_seed(2)
    time = torch.arange(WINDOW_SAMPLES) / 4_000
    swell = 1.0 + torch.sin(2 * torch.pi * 2.4 * time)
    return 0.05 * swell * torch.randn(4, WINDOW_SAMPLES, generator=generator)
