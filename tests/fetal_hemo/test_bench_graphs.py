"""A row for every graph and number of threads, measured in processes of their own."""

from __future__ import annotations

import pytest

from fetal_hemo import bench_graphs
from firmware_bridge.bundle import Bundle


def test_rows(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_graphs, "RUNS", 1)
    window = bundle.members["window.onnx"]
    rows = bench_graphs.bench_graphs({"float": window}, [1, 2])
    assert [(row["graph"], row["threads"]) for row in rows] == [("float", 1), ("float", 2)]
    for row in rows:
        assert row["bytes"] == len(window)
        assert row["ten_minutes_ms"] > 10
        assert row["cold_start_ms"] > 50  # Python and onnxruntime alone take that
        assert 30 < row["peak_rss_mb"] < 300
    lines = bench_graphs.as_table(rows).splitlines()
    assert len(lines) == 3
    assert len(set(map(len, lines))) == 1
