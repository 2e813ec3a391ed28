"""A study and a screening that reports are made of."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.evaluation import ControlFeatures, ScoreTable, StudyInput, fit_controls


@pytest.fixture(scope="session")
def make_study():
    """A function of the numbers of women and of positives that gives a `StudyInput`."""

    def make(women: int, positives: int) -> StudyInput:
        generator = np.random.default_rng(0)
        rows = 2 * women
        label = (np.arange(rows) < positives).astype(np.int64)
        margin = generator.normal(size=rows) + 1.5 * label
        numbers = {f.name: generator.normal(size=rows) for f in fields(ScoreTable)[12:]}
        table = ScoreTable(
            recording_id=np.array([f"r{i}" for i in range(rows)], dtype=np.str_),
            participant_id=np.array([f"w{i // 2}" for i in range(rows)], dtype=np.str_),
            visit_id=np.array([f"v{i % 2}" for i in range(rows)], dtype=np.str_),
            split=np.array(["test"] * rows, dtype=np.str_),
            device_id=np.array(["d"] * rows, dtype=np.str_),
            site_id=np.array(["s"] * rows, dtype=np.str_),
            label=label,
            bp_class=2 * label,
            abstained=np.zeros(rows, dtype=bool),
            probability=1 / (1 + np.exp(-margin)),
            margin=margin,
            logits=generator.normal(size=(rows, 4)),
            **numbers,
        )
        control = ControlFeatures(generator.normal(size=(40, 3)), generator.normal(size=(rows, 3)))
        return StudyInput(
            test=table,
            beside=fit_controls(
                {"age_ga_bmi": control, "embedding": control, "a<b": control}, np.arange(40) % 2
            ),
            train_labels=np.arange(40) % 2,
            train_women=np.array([f"t{i}" for i in range(40)], dtype=np.str_),
            embeddings_test=generator.normal(size=(rows, 4)),
            specificity=0.9,
            prevalence=0.05,
            threshold=0.5,
            simulated=True,
            resamples=50,
        )

    return make


@pytest.fixture(scope="session")
def make_result():
    """A function of windows, and of what the newest runtimes add, that gives a result's JSON.

    A window is (quality, rate or None, confidence).
    """

    def make(windows: list[tuple[str, float | None, float]], **added) -> dict:
        count = len(windows)
        rates = [rate for _, rate, _ in windows if rate is not None]
        rows = [
            {
                "start_s": 3.75 * i,
                "quality": quality,
                "heart_rate_bpm": rate,
                "confidence": confidence,
                "attention": 1 / count if quality == "good" else None,
                "dead_share": float(quality == "silent"),
                "clipped_share": 0.0,
                "usable": quality == "good",
            }
            for i, (quality, rate, confidence) in enumerate(windows)
        ]
        heart_rate = {
            "mean_bpm": sum(rates) / len(rates) if rates else None,
            "short_term_variation_ms": 6.25 if rates else None,
            "long_term_variation_ms": None,
            **added.pop("heart_rate", {}),
        }
        return {
            "outcome": "screened",
            "reasons": [],
            "sentence": "Below the threshold: keep to the usual cuff readings.",
            "probability": 0.254,
            "band": "below threshold",
            "threshold": 0.3,
            "heart_rate": heart_rate,
            "recording": {
                "sha256": "0123456789abcdef" * 4,
                "duration_s": 3.75 * count,
                "sample_rate_hz": 1_000,
                "band_limit_hz": 500.0,
                "channels": 2,
                "channel": 1,
            },
            "model": {"name": "m", "version": "1", "sha256": "f" * 64, "simulated": True},
            "notice": "not for clinical use",
            "windows": rows,
            **added,
        }

    return make


@pytest.fixture(scope="session")
def beating():
    """A function of a number of windows that gives noise which swells at 140 bpm."""

    def make(count: int) -> np.ndarray:
        time = np.arange(count * WINDOW_SAMPLES) / SAMPLE_RATE_HZ
        loud = np.maximum(0.05, np.sin(2 * np.pi * 140 / 60 * time))
        return np.random.default_rng(0).normal(size=len(time)) * loud / 10

    return make
