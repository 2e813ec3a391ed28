"""A run becomes the same bundle wherever it lies, or none, with a report either way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from export.candidate import smallest
from export.golden import golden_vectors
from export.keys import key_id, public_bytes
from export.pipeline import export_run
from export.quantise import quantise_trunk
from export.runners import Graphs
from fetal_hemo.errors import FetalHemoError
from firmware_bridge.bundle import Bundle, open_bundle

from .conftest import FACTS, KEY, RECIPE, export_set


@pytest.fixture(scope="module")
def bundle(bundle_from_elsewhere: Path) -> Bundle:
    return open_bundle(bundle_from_elsewhere, {key_id(KEY): public_bytes(KEY)})


def test_graphs_are_the_same_from_two_folders(bundle: Bundle, exported) -> None:
    """The bundle's were made by another process from other folders, these here."""
    method = bundle.manifest["quantisation"]["trunk"].split()[-1]
    windows = (export_set()["calibration"].float() / 32_767).numpy()
    int8 = smallest(quantise_trunk(exported.window, exported.trunk, windows, method))
    recording = smallest(exported.recording)
    assert bundle.members["window.onnx"] == int8
    assert bundle.members["recording.onnx"] == recording
    assert bundle.members["golden.npz"] == golden_vectors(Graphs(int8, recording))


@pytest.mark.slow
def test_the_same_run_gives_the_same_bundle(
    bundle_from_elsewhere: Path, make_run: Callable[..., Path], signer: Path, tmp_path: Path
) -> None:
    export_run(make_run(tmp_path / "here"), tmp_path / "here.fhb", signer)
    assert (tmp_path / "here.fhb").read_bytes() == bundle_from_elsewhere.read_bytes()


def test_created_and_counter_come_from_the_run(bundle: Bundle) -> None:
    assert bundle.manifest["created"] == FACTS["finished"]
    assert bundle.manifest["counter"] == 1_777_863_721
    assert bundle.manifest["simulated"] is True


def test_the_bundle_is_small(bundle: Bundle) -> None:
    assert bundle.size <= 600_000


def test_every_float_operator_stands_in_the_card(bundle: Bundle) -> None:
    card = bundle.members["MODEL_CARD.md"].decode()
    for member in ("window.onnx", "recording.onnx"):
        kinds = {node.op_type for node in onnx.load_from_string(bundle.members[member]).graph.node}
        for kind in kinds - {"QuantizeLinear", "DequantizeLinear"}:
            assert f"{kind} x" in card, kind


def test_the_report_stands_beside_the_run(bundle: Bundle, bundle_from_elsewhere: Path) -> None:
    run = bundle_from_elsewhere.parent / "run"
    found = json.loads((run / "export.json").read_text())
    assert set(found["by_method"]) == {"extremes", "percentile", "entropy"}
    assert len(found["by_layer"]) == 10
    assert found["method"] == min(found["by_method"], key=found["by_method"].get)
    assert found["cost"]["bytes"] == bundle.size
    assert found["cost"]["peak_ram_bytes"] > 50_000_000
    page = (run / "export.html").read_text()
    assert "<svg" in page
    assert "A bundle was written." in page


def test_a_missed_gate_leaves_a_report_and_no_bundle(
    make_run: Callable[..., Path], signer: Path, tmp_path: Path
) -> None:
    """Labels of one class alone: the loss of AUROC cannot be measured."""
    one_class = torch.zeros(len(export_set()["gate.labels"]), dtype=torch.int64)
    recipe = RECIPE + "distil = false\n"
    run = make_run(tmp_path / "run", recipe, **{"gate.labels": one_class})
    said: list[str] = []
    with pytest.raises(FetalHemoError, match="E-EXPORT-GATE: delta_auroc_upper cannot be measured"):
        export_run(run, tmp_path / "no.fhb", signer, say=said.append)
    assert [words.split()[0] for words in said] == ["graphs", "8"]  # and never "tested"
    assert not (tmp_path / "no.fhb").exists()
    found = json.loads((run / "export.json").read_text())
    assert found["outcome"].startswith("No bundle: delta_auroc_upper")
    assert found["gate"]["delta_auroc_upper"] is None
    assert "not available" in (run / "export.html").read_text()


def test_windows_of_no_woman_are_refused(make_run: Callable[..., Path], tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (run / "export_set.safetensors").write_bytes(b"")
    with pytest.raises(FetalHemoError, match="E-RUN"):
        export_run(run, tmp_path / "no.fhb")


def test_women_of_the_gate_are_numbers(make_run: Callable[..., Path], tmp_path: Path) -> None:
    from fetal_hemo.training.export_set import read_export_set

    kept = read_export_set(make_run(tmp_path / "run"))
    np.testing.assert_array_equal(kept.women.numpy(), np.arange(16) // 2)
