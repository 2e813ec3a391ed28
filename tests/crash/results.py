"""Made-up results, quick to make in a process of its own."""

from __future__ import annotations

import hashlib
from typing import Any

from firmware_bridge.result import Abstained, Evidence, HeartRate, Model, Recording, Window

MANIFEST: dict[str, Any] = {"created": "2026-01-01T00:00:00Z"}


def abstained(number: int) -> Abstained:
    """The result of recording `number`: 40 windows, no probability."""
    sha256 = hashlib.sha256(f"recording {number}".encode()).hexdigest()
    window = Window(0.0, "good", 140.0 + number % 7, 0.9, None, 0.0, 0.0, True)
    return Abstained(
        Evidence(
            index=0,
            recording=Recording(sha256, 150.0, 4_000, 1_500.0, 1, 0),
            model=Model("made-up", "0.0.1", "0" * 64, True, (140.0, 90.0)),
            notice="made up",
            threshold=0.3,
            heart_rate=HeartRate(mean_bpm=140.0 + number % 7, signal_loss_share=0.0),
            beats_s=(),
            windows=(window,) * 40,
            good_signal_s=150.0,
            needed_signal_s=30.0,
            embedding_distance=None,
            timing_s=0.1,
        ),
        ("A-UNCERTAIN",),
    )
