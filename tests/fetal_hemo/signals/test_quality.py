"""The quality head: its features, its shipped weights, five real clips."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import (
    FEATURES,
    QualityHead,
    load_quality_head,
    quality_features,
)


@pytest.fixture(scope="module")
def head() -> QualityHead:
    """The weights that ship with the package."""
    return load_quality_head()


@pytest.mark.parametrize("name", QUALITY_CLASSES)
def test_real_clips_are_told_apart(
    name: str, head: QualityHead, front_end: FrontEnd, clip: Callable[[str], Tensor]
) -> None:
    probabilities = head(front_end(clip(f"quality_{name}")))[0]
    assert QUALITY_CLASSES[int(probabilities.argmax())] == name, probabilities.tolist()


def test_level_of_a_real_clip_does_not_matter(
    head: QualityHead, front_end: FrontEnd, clip: Callable[[str], Tensor]
) -> None:
    samples = clip("quality_good")
    quieter, louder = (head(front_end(samples * factor)) for factor in (0.1, 10.0))
    torch.testing.assert_close(quieter, louder, atol=0.02, rtol=0)


def test_probabilities_of_any_window_sum_to_one(head: QualityHead, front_end: FrontEnd) -> None:
    generator = torch.Generator().manual_seed(0)
    windows = torch.randn(6, WINDOW_SAMPLES, generator=generator)
    windows *= torch.tensor([1e-8, 1e-3, 0.1, 1.0, 1e3, 0.0])[:, None]
    probabilities = head(front_end(windows))
    assert probabilities.shape == (6, len(QUALITY_CLASSES))
    assert (probabilities >= 0).all()
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(6))


def test_nothing_arriving_is_silent(head: QualityHead, front_end: FrontEnd) -> None:
    probabilities = head(front_end(torch.zeros(1, WINDOW_SAMPLES)))
    assert QUALITY_CLASSES[int(probabilities.argmax())] == "silent"


def test_shipped_head_is_frozen_and_evaluating(head: QualityHead) -> None:
    assert not head.training
    assert not any(parameter.requires_grad for parameter in head.parameters())
    assert head.layers[0].running_mean.abs().max() > 0.1  # trained, not as initialised


def test_features_are_finite_and_as_many_as_named(front_end: FrontEnd) -> None:
    generator = torch.Generator().manual_seed(1)
    windows = torch.cat(
        [torch.zeros(1, WINDOW_SAMPLES), torch.randn(2, WINDOW_SAMPLES, generator=generator)]
    )
    features = quality_features(front_end(windows))
    assert features.shape == (3, FEATURES)
    assert torch.isfinite(features).all()
