"""The quality head: its shipped weights, on held-out generators and on real recordings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_SAMPLES
from fetal_hemo.evaluation.confusion import confusion_matrix, macro_f1
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import QualityHead, load_quality_head
from fetal_hemo.simulate.heldout import held_out_windows
from fetal_hemo.simulate.maternal import artery

# The goal is 0.94, the field's published figure; these floors lie under what is reached, so that a
# worse head is noticed. `examples/train_quality.py --judge` prints confusion and interval.
FLOOR_QUICK, FLOOR_FULL = 0.90, 0.94
LARGEST = 40_000  # weights: small beside the encoders, cheap on a phone


@pytest.fixture(scope="module")
def head() -> QualityHead:
    """The weights that ship with the package."""
    return load_quality_head()


@pytest.fixture(scope="module")
def judge(head: QualityHead, front_end: FrontEnd) -> Callable[[Tensor], np.ndarray]:
    """Class index `(windows,)` of samples `(windows, 15000)`."""

    def classes(samples: Tensor) -> np.ndarray:
        with torch.inference_mode():
            blocks = [head(front_end(block)).argmax(dim=1) for block in samples.split(32)]
        return torch.cat(blocks).numpy()

    return classes


@pytest.mark.parametrize("name", ["good", "poor", "interference", "talking", "silent"])
def test_real_clips_are_told_apart(
    name: str, head: QualityHead, front_end: FrontEnd, clip: Callable[[str], Tensor]
) -> None:
    probabilities = head(front_end(clip(f"quality_{name}")))[0]
    assert QUALITY_CLASSES[int(probabilities.argmax())] == name, probabilities.tolist()


def test_ten_real_minutes_are_good_or_poor_where_they_live(
    judge: Callable[[Tensor], np.ndarray], front_end: FrontEnd, clip: Callable[[str], Tensor]
) -> None:
    windows = clip("luna_600s")
    found, dead = judge(windows), front_end(windows).dead_share.numpy()
    heard = np.isin(found, [QUALITY_CLASSES.index("good"), QUALITY_CLASSES.index("poor")])
    assert heard[dead < 0.02].mean() > 0.95
    assert (found[dead > 0.5] == QUALITY_CLASSES.index("silent")).all()


@pytest.mark.parametrize(
    ("windows", "seed", "floor"),
    [
        (350, 77, FLOOR_QUICK),
        pytest.param(4_200, 2_026, FLOOR_FULL, marks=pytest.mark.slow),
    ],
)
def test_macro_f1_on_other_generators(
    windows: int, seed: int, floor: float, judge: Callable[[Tensor], np.ndarray]
) -> None:
    """Simulated, not real: the field's published 0.942 is on real recordings."""
    samples, labels = held_out_windows(windows, seed)
    found = judge(torch.from_numpy(samples))
    classes = len(QUALITY_CLASSES)
    score = macro_f1(labels, found, classes)
    assert score >= floor, (score, confusion_matrix(labels, found, classes).tolist())


def test_a_mothers_pulse_is_no_fetal_signal(judge: Callable[[Tensor], np.ndarray]) -> None:
    """At 97 bpm, of which half and double are 48 and 194: no fetal rate."""
    sounds = [artery(WINDOW_SAMPLES, np.random.default_rng(i), (96.0, 98.0)) for i in range(20)]
    found = judge(0.1 * torch.from_numpy(np.stack(sounds)))
    assert (found == QUALITY_CLASSES.index("no_fetal_signal")).mean() >= 0.9


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


def test_nothing_arriving_is_silent(judge: Callable[[Tensor], np.ndarray]) -> None:
    assert QUALITY_CLASSES[int(judge(torch.zeros(1, WINDOW_SAMPLES))[0])] == "silent"


def test_shipped_head_is_small_frozen_and_evaluating(head: QualityHead) -> None:
    assert not head.training
    assert not any(parameter.requires_grad for parameter in head.parameters())
    assert sum(parameter.numel() for parameter in head.parameters()) < LARGEST
    assert head.layers[0].running_mean.abs().max() > 0.1  # trained, not as initialised
