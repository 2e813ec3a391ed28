"""From a fine-tuned run to a bundle: export -> quantise -> gate -> golden vectors -> sign."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.budget import cost_of, require_budget
from export.bundle import write_bundle
from export.candidate import Candidate, FloatGraphs, float_graphs, make_candidate
from export.card import evaluation, model_card
from export.distil import distil
from export.export_report import write_export_report
from export.gate import curable, require_gate
from export.golden import golden_vectors
from export.keys import load_key, user_key, write_public_key
from export.operators import describe_operators
from export.run_manifest import optional_parts, run_manifest
from export.runners import Graphs
from export.sbom import software_bill
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Say, unsaid
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.training.export_set import ExportSet, read_export_set
from fetal_hemo.training.model_file import load_model
from fetal_hemo.training.run_folder import RECIPE, finished_run, read_metrics
from firmware_bridge.bundle import Bundle
from firmware_bridge.store import write_atomically

__all__ = ["export_run", "float_graphs"]


def export_run(
    run: Path | str,
    out: Path | str,
    key_file: Path | str | None = None,
    name: str = "fetal-hemo",
    version: str = "0.1.0",
    counter: int | None = None,
    study: Path | str | None = None,
    say: Say = unsaid,
) -> Bundle:
    """The signed bundle that now stands under `out`, read back as a device reads it.

    Signed with `key_file`, or with the user's own key, made on first use. The same run, key and
    arguments give the same bytes: without `counter` it is the second in which the run ended. A
    `study` of the run fills its part of the model card. What was measured is left in the run
    folder, `export.html` and `export.json`. `say` is told what is done next. Raises
    `FetalHemoError` with E-RUN, E-EXPORT-GATE, E-KEY or E-STORAGE; then there is no bundle.
    """
    run = Path(run)
    facts = finished_run(run, ["finetune"])
    recipe, calibration = load_recipe(run / RECIPE), read_metrics(run)["calibration"]
    key: Ed25519PrivateKey = load_key(key_file) if key_file else user_key()
    evaluated = evaluation(Path(study), run) if study else ""
    model, kept = load_model(run), read_export_set(run)

    manifest = run_manifest(run, facts, recipe, calibration) | {"name": name, "version": version}
    if counter is not None:
        manifest["counter"] = counter
    found, distilled = _best_candidate(model, kept, manifest, recipe, say)
    manifest["quantisation"] = _quantisation(found, distilled)
    manifest |= optional_parts(run, calibration, Graphs(found.window, found.recording), kept.gate)
    report = _report(found, manifest)
    try:
        require_gate(found.gate, recipe.export, str(run))
        say("tested in a new process and signed")
        bundle = _signed(found, manifest, key, out, recipe, report, evaluated)
        report["outcome"] = "A bundle was written."
    except FetalHemoError as error:
        report["outcome"] = f"No bundle: {error.what}."
        raise
    finally:
        write_export_report(run, report, recipe.export)
    return bundle


def _quantisation(found: Candidate, distilled: bool) -> dict[str, Any]:
    """What the manifest says of how the graphs were made small, and what that changed."""
    return {
        "trunk": f"int8, per channel, static, {found.method}",
        "heads": "weights float16, sums float32",
        "distilled": distilled,
        "operators": describe_operators(found.window),
        "recording_operators": describe_operators(found.recording),
        "gate": {k: v for k, v in found.gate.items() if v is not None and v == v},
    }


def _report(found: Candidate, manifest: dict[str, Any]) -> dict[str, Any]:
    """What `export.json` holds: the candidate, its graphs by their size alone."""
    report = asdict(found)
    for graph in ("window", "recording"):
        report[f"{graph}_bytes"] = len(report.pop(graph))
    quantisation = manifest["quantisation"]
    return report | {
        "operators": quantisation["operators"],
        "distilled": quantisation["distilled"],
        "simulated": manifest["simulated"],
        "outcome": "No bundle: it was cut short.",
    }


def _best_candidate(
    model: ScreeningModel, kept: ExportSet, manifest: dict[str, Any], recipe: Recipe, say: Say
) -> tuple[Candidate, bool]:
    """The candidate that ships, and whether its trunk was distilled.

    Distilled only if 8 bits made the plain one miss the gate, and kept only if it then passes.
    """
    say("graphs of the trained model")
    reference = float_graphs(model)
    say(f"8 bits, and the gate on {len(kept.women)} visits")
    plain = make_candidate(model, reference, reference, kept, manifest, recipe.export)
    if not recipe.export.distil or not curable(plain.gate, recipe.export):
        return plain, False
    say("8 bits missed the gate: the trunk learns from the float one")
    taught: FloatGraphs = float_graphs(distil(model, kept.calibration, recipe.finetune.seed))
    other = make_candidate(model, reference, taught, kept, manifest, recipe.export)
    try:
        require_gate(other.gate, recipe.export, "")
    except FetalHemoError:
        return plain, False
    return other, True


def _signed(
    found: Candidate,
    manifest: dict[str, Any],
    key: Ed25519PrivateKey,
    out: Path | str,
    recipe: Recipe,
    report: dict[str, Any],
    evaluated: str,
) -> Bundle:
    """The bundle, written where it belongs once it has been seen to fit its target."""
    members = {
        "window.onnx": found.window,
        "recording.onnx": found.recording,
        "golden.npz": golden_vectors(Graphs(found.window, found.recording)),
        "MODEL_CARD.md": model_card(manifest, evaluated),
        "sbom.json": software_bill(manifest["name"], manifest["version"]),
    }
    target = recipe.export.target
    with tempfile.TemporaryDirectory() as folder:
        path, public = Path(folder) / "draft.fhb", Path(folder) / "signer.pub"
        write_public_key(key, public)
        bundle = write_bundle(path, members, manifest, key)
        report["cost"] = cost_of(bundle, path, public, target)._asdict() | {"target": target}
        require_budget(report["cost"], getattr(recipe.budgets, target), target, str(out))
        write_atomically(out, path.read_bytes())
    return Bundle(bundle.manifest, bundle.members, bundle.sha256, bundle.size, str(out))
