"""Both graphs: company changes no bit, masks mask, and a real clip has its rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge import runtime
from firmware_bridge.audio import read_audio
from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    return (np.random.default_rng(2).normal(size=(21, 15_000)) * 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def alone(bundle: Bundle, windows: np.ndarray) -> list[runtime.WindowOutputs]:
    """The outputs of the first six windows, each by itself."""
    runner = runtime.WindowRunner(bundle)
    return [runner.run(windows[i : i + 1]) for i in range(6)]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_a_window_gives_the_same_bits_in_any_company(
    order: list[int], bundle: Bundle, windows: np.ndarray, alone: list[runtime.WindowOutputs]
) -> None:
    together = runtime.WindowRunner(bundle).run(windows[order])
    for place, index in enumerate(order):
        for found, expected in zip(together, alone[index], strict=True):
            assert np.array_equal(found[place], expected[0])


def test_masked_windows_do_not_change_the_logits(bundle: Bundle, windows: np.ndarray) -> None:
    embeddings = runtime.WindowRunner(bundle).run(windows).view_embeddings
    usable = np.ones(len(windows), bool)
    usable[[3, 10]] = False
    recording = runtime.RecordingRunner(bundle)
    first = recording.run(embeddings, usable)
    embeddings[[3, 10]] = 100.0
    second = recording.run(embeddings, usable)
    assert np.abs(first.logits - second.logits).max() < 1e-5
    assert (first.window_attention[[3, 10]] == 0).all()
    assert first.window_attention.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("runner", [runtime.WindowRunner, runtime.FeedbackRunner])
def test_graph_that_gives_no_numbers_is_refused(
    bundle: Bundle, runner: type[runtime.WindowRunner | runtime.FeedbackRunner]
) -> None:
    infinite = np.full((1, 15_000), np.inf, np.float32)
    with pytest.raises(FetalHemoError) as caught:
        runner(bundle).run(infinite)
    assert caught.value.code == "E-BUNDLE-SELF-TEST"


@pytest.mark.parametrize("shipped", [False, True])
def test_feedback_has_the_bits_of_the_whole_graph(bundle: Bundle, shipped: bool) -> None:
    """Whatever else onnxruntime makes of a graph without the embeddings, int8 or not."""
    judged = open_bundle(DEFAULT_BUNDLE, trusted_keys(())) if shipped else bundle
    whole, part = runtime.WindowRunner(judged), runtime.FeedbackRunner(judged)
    rng = np.random.default_rng(3)
    for level in 10.0 ** np.arange(-6, 1):
        for _ in range(5):
            window = (rng.normal(size=(1, 15_000)) * level).clip(-1, 1).astype(np.float32)
            window[:, : rng.integers(0, 15_000)] *= rng.random() > 0.3  # some begin in silence
            expected, found = whole.run(window), part.run(window)
            for name in runtime.FeedbackOutputs._fields:
                assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()


def test_constant_windows_give_numbers(bundle: Bundle) -> None:
    """An unplugged probe gives windows without any movement; the graph must stay finite there."""
    constant = np.full((2, 15_000), -(2.0**-7), np.float32)
    constant[1] = 0.0
    assert (runtime.WindowRunner(bundle).run(constant).dead_share == 1).all()


def test_rate_of_a_real_clip(bundle: Bundle, data_dir: Path) -> None:
    audio = read_audio(data_dir / "doppler" / "quality_good.wav")
    assert runtime.WindowRunner(bundle).run(audio.windows()).heart_rate_bpm == pytest.approx(
        148, abs=3
    )
