"""The golden self-test notices a bundle that computes something else."""

from __future__ import annotations

import dataclasses
import io
import tracemalloc
from typing import Any

import numpy as np
import pytest

from firmware_bridge.bundle import Bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.runtime import RecordingRunner, WindowRunner
from firmware_bridge.self_test import self_test


def with_golden(bundle: Bundle, **change: Any) -> Bundle:
    arrays = {**bundle.golden(), **change}
    file = io.BytesIO()
    np.savez(file, **{name: value for name, value in arrays.items() if value is not None})
    return dataclasses.replace(bundle, members={**bundle.members, "golden.npz": file.getvalue()})


def run(bundle: Bundle) -> float:
    return self_test(bundle, WindowRunner(bundle), RecordingRunner(bundle))


def test_own_golden_outputs(bundle: Bundle) -> None:
    assert run(bundle) <= 1e-5


@pytest.mark.parametrize("name", ["quality", "heart_rate_bpm", "view_embeddings", "logits"])
def test_another_output_is_refused(bundle: Bundle, name: str) -> None:
    changed = bundle.golden()[name].copy()
    changed.flat[0] += 0.1
    with pytest.raises(FetalHemoError) as caught:
        run(with_golden(bundle, **{name: changed}))
    assert caught.value.code == "E-BUNDLE-SELF-TEST"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quality": None}, "E-BUNDLE-FORMAT"),
        ({"samples": np.zeros((0, 15_000), np.int16)}, "E-BUNDLE-FORMAT"),
        ({"samples": np.zeros((3, 100), np.int16)}, "E-BUNDLE-SELF-TEST"),
        ({"logits": np.full(4, np.nan, np.float32)}, "E-BUNDLE-SELF-TEST"),
        ({"logits": np.zeros(3, np.float32)}, "E-BUNDLE-SELF-TEST"),
        ({"logits": np.array(["a"])}, "E-BUNDLE-FORMAT"),
    ],
)
def test_broken_golden(bundle: Bundle, change: dict[str, Any], code: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        run(with_golden(bundle, **change))
    assert caught.value.code == code


def test_golden_vectors_that_unpack_to_more_than_they_may_are_not_unpacked(bundle: Bundle) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, samples=np.zeros(4 * 2**20, np.float32))
    assert len(file.getvalue()) < 2**20
    bomb = dataclasses.replace(bundle, members={**bundle.members, "golden.npz": file.getvalue()})
    tracemalloc.start()
    with pytest.raises(FetalHemoError, match="E-BUNDLE-FORMAT"):
        bomb.golden()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20
