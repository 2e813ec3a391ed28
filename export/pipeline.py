"""From a fine-tuned run to a bundle: export -> quantise -> gate -> golden vectors -> sign."""

from __future__ import annotations

import logging
import tempfile
import warnings
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.bundle import write_bundle
from export.card import model_card, notice
from export.gate import Graphs, measure_gate, require_gate
from export.golden import golden_vectors
from export.graphs import export_recording_graph, export_window_graph
from export.halves import store_halves
from export.keys import load_key, user_key
from export.quantise import describe_operators, quantise_trunk
from export.reference import drift_reference
from export.sbom import software_bill
from fetal_hemo.constants import (
    BP_CLASSES,
    POSITIVE_CLASSES,
    QUALITY_CLASSES,
    SAMPLE_RATE_HZ,
    VIEWS,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.splits import read_splits
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.export_set import read_export_set
from fetal_hemo.training.model_file import load_model
from fetal_hemo.training.pretrain import SPLITS
from fetal_hemo.training.run_folder import RECIPE, finished_run, read_metrics
from fetal_hemo.training.survey import window_rules
from firmware_bridge.bundle import Bundle

GOLDEN_TOLERANCE = 1e-3  # float32 sums in another order, on another processor
MINIMUM_RUNTIME = "0.1.0"


def export_run(
    run: Path | str,
    out: Path | str,
    key_file: Path | str | None = None,
    name: str = "fetal-hemo",
    version: str = "0.1.0",
) -> Bundle:
    """The signed bundle that now stands under `out`, read back as a device reads it.

    Signed with `key_file`, or with the user's own key, made on first use. Raises
    `FetalHemoError` with E-RUN, E-EXPORT-GATE, E-KEY or E-STORAGE; then nothing is written.
    """
    run = Path(run)
    facts = finished_run(run, ["finetune"])
    recipe, calibration = load_recipe(run / RECIPE), read_metrics(run)["calibration"]
    key: Ed25519PrivateKey = load_key(key_file) if key_file else user_key()
    model, kept = load_model(run), read_export_set(run)

    window, recording, trunk = float_graphs(model)
    int8 = store_halves(quantise_trunk(window, trunk, kept.calibration.numpy()))
    in_float, in_int8 = Graphs(window, recording), Graphs(int8, recording)
    gate = measure_gate(model, in_float, in_int8, kept.gate, calibration)
    require_gate(gate, recipe.export, str(run))

    manifest = _manifest(facts, recipe, calibration) | {"name": name, "version": version}
    manifest["quantisation"] = {
        "trunk": "int8, per channel, static, MinMax",
        "operators": describe_operators(int8),
        "gate": gate,
    }
    manifest["training_data"] |= _women(run)
    manifest |= _optional(run, calibration, in_int8, kept.gate)
    members = {
        "window.onnx": int8,
        "recording.onnx": recording,
        "golden.npz": golden_vectors(in_int8),
        "MODEL_CARD.md": model_card(manifest),
        "sbom.json": software_bill(name, version),
    }
    return write_bundle(out, members, manifest, key)


def float_graphs(model: ScreeningModel) -> tuple[bytes, bytes, list[str]]:
    """Window graph, recording graph, and the names of the window graph's trunk nodes."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # says only what is not installed
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside the exporter
        window, recording = Path(folder) / "window.onnx", Path(folder) / "recording.onnx"
        trunk = export_window_graph(model, window)
        export_recording_graph(model, recording)
        return window.read_bytes(), recording.read_bytes(), trunk


def _manifest(facts: dict[str, Any], recipe: Recipe, calibration: dict[str, Any]) -> dict[str, Any]:
    """The manifest without what the members, the key and the quantiser add."""
    rules = window_rules(recipe)
    return {
        "schema_version": 1,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "simulated": facts["simulated"],
        "notice": notice(facts["simulated"]),
        "minimum_runtime": MINIMUM_RUNTIME,
        "counter": int(datetime.now(UTC).timestamp()),
        "input": {
            "sample_rate_hz": SAMPLE_RATE_HZ,
            "window_samples": WINDOW_SAMPLES,
            "window_s": WINDOW_S,
            "max_windows": recipe.windows.max_windows,
        },
        "views": list(VIEWS),
        "quality_classes": list(QUALITY_CLASSES),
        "bp_classes": list(BP_CLASSES),
        "positive_classes": list(POSITIVE_CLASSES),
        "bp_thresholds_mmhg": {k: list(v) for k, v in asdict(recipe.labels).items()},
        "heart_rate": rules["heart_rate"],
        "decision": {
            **rules["decision"],
            "threshold": calibration["threshold"],
            "specificity_at_threshold": calibration["specificity_at_threshold"],
            "prevalence": recipe.decision.prevalence,
        },
        "calibration": {k: calibration[k] for k in ("slope", "intercept", "population")},
        "tolerances": {
            "golden_abs": GOLDEN_TOLERANCE,
            "float_logit": recipe.export.float_logit_tolerance,
            "int8_logit": recipe.export.int8_logit_tolerance,
        },
        "training_data": {"simulated": facts["simulated"], "data_hash": facts["data_hash"]},
        "session": {"opt": "all", "threads": 1, "x64quantprecision": True},
    }


def _optional(
    run: Path, calibration: dict[str, Any], graphs: Graphs, visits: Batch
) -> dict[str, Any]:
    """Parts of the manifest that older runs and very small ones do not have."""
    reference = drift_reference(read_metrics(run).get("heard"), graphs, visits)
    parts = {"answers": calibration.get("answers"), "reference": reference}
    return {name: part for name, part in parts.items() if part is not None}


def _women(run: Path) -> dict[str, int]:
    """How many women trained and validated the model."""
    splits = read_splits(run / SPLITS, [])
    return {f"{fold}_women": len(splits.women(fold)) for fold in ("train", "validation")}
