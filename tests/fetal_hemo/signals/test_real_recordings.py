"""Heart rate on real recordings, gated as a screening result is."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_S
from fetal_hemo.recipe import load_recipe
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import load_quality_head

WITHIN_BPM = 5.0
NEEDED_SHARE = 0.95
Rates = Callable[[str], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def rates(front_end: FrontEnd, clip: Callable[[str], Tensor]) -> Rates:
    """Rates `(windows,)`, NaN where the default recipe gives none, and dead shares, by name."""
    gate, head = load_recipe().heart_rate, load_quality_head()
    least = np.array([getattr(gate.min_confidence, name) for name in QUALITY_CLASSES])

    def find(name: str) -> tuple[np.ndarray, np.ndarray]:
        with torch.inference_mode():
            out = front_end(clip(name))
            quality = head(out).argmax(dim=1).numpy()
        given = (out.dead_share.numpy() <= gate.max_dead_share) & (
            out.confidence.numpy() >= least[quality]
        )
        return np.where(given, out.heart_rate_bpm.numpy(), np.nan), out.dead_share.numpy()

    return find


@pytest.fixture(scope="module")
def reference(data_dir: Path) -> np.ndarray:
    """The device's own rate, median of each window `(160,)`; NaN where it found none."""
    with (data_dir / "doppler" / "luna_600s_reference_fhr.csv").open(encoding="utf-8") as file:
        rows = [(float(row["t_audio_s"]), float(row["fhr_bpm"])) for row in csv.DictReader(file)]
    time, bpm = np.array(rows).T
    window = np.floor(time / WINDOW_S)
    inside = [bpm[(window == index) & (bpm > 50)] for index in range(160)]
    return np.array([np.median(values) if len(values) else np.nan for values in inside])


def test_ten_minutes_beside_the_reference_of_the_device(
    rates: Rates, reference: np.ndarray
) -> None:
    """A window without a rate counts as a miss."""
    found, dead = rates("luna_600s")
    live = (dead <= 0.3) & np.isfinite(reference)
    assert live.sum() > 140
    near = np.abs(found - reference)[live] <= WITHIN_BPM  # NaN is not near
    missed = np.flatnonzero(live)[~near] * WINDOW_S
    assert near.mean() >= NEEDED_SHARE, f"{near.mean():.4f}, missed at {missed.tolist()} s"


def test_dead_spans_get_no_rate(rates: Rates) -> None:
    found, _ = rates("luna_600s")
    start = np.arange(len(found)) * WINDOW_S
    for first, last in ((98, 100), (260, 280)):
        overlaps = (start < last) & (start + WINDOW_S > first)
        assert overlaps.any()
        assert np.isnan(found[overlaps]).all()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("quality_good", 145, 151), ("autofhr_1", 149, 155), ("quality_poor", 139, 153)],
)
def test_clips_of_known_rate(name: str, low: float, high: float, rates: Rates) -> None:
    (bpm,), _ = rates(name)
    assert low <= bpm <= high


def test_silent_clip_gets_no_rate(rates: Rates) -> None:
    (bpm,), _ = rates("quality_silent")
    assert np.isnan(bpm)
