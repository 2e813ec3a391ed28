"""Graphs in onnxruntime's own format: same answers, operators listed, no trace of here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from export.ort_format import OPERATORS, ORIGIN, write_ort
from firmware_bridge.bundle import Bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.runtime import session


@pytest.mark.slow
def test_ort_files(bundle: Bundle, tmp_path: Path) -> None:
    write_ort(bundle, tmp_path)
    origin = json.loads((tmp_path / ORIGIN).read_text())
    assert origin["bundle_sha256"] == bundle.sha256
    assert origin["simulated"] is True
    for name, digest in origin["sha256"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    assert b"Conv" in (tmp_path / OPERATORS).read_bytes()
    for path in tmp_path.iterdir():
        for trace in (b"/tmp", b"/home", b"/root"):
            assert trace not in path.read_bytes()
    samples = np.random.default_rng(0).normal(0, 0.1, (4, 15_000)).astype(np.float32)
    first, second = (
        session(data, "window", "here").run(["view_embeddings"], {"samples": samples})[0]
        for data in (bundle.members["window.onnx"], (tmp_path / "window.ort").read_bytes())
    )
    np.testing.assert_allclose(first, second, atol=1e-5)


@pytest.mark.slow
def test_a_graph_that_is_none(tmp_path: Path) -> None:
    members = {"window.onnx": b"no graph", "recording.onnx": b"none"}
    broken = Bundle({"simulated": True, "notice": ""}, members, "", 0, "here")
    with pytest.raises(FetalHemoError, match="E-EXPORT-GATE"):
        write_ort(broken, tmp_path)
    assert list(tmp_path.iterdir()) == []
