"""What a bundle's manifest must hold; published as schemas/bundle.schema.json."""

from __future__ import annotations

import json
from typing import Any

from firmware_bridge import __version__
from firmware_bridge.checks import (
    Broken,
    equal,
    flag,
    free,
    number,
    numbers,
    pressures,
    section,
    shares,
    some_of,
    text,
)
from firmware_bridge.constants import (
    BP_CLASSES,
    POSITIVE_CLASSES,
    QUALITY_CLASSES,
    RATE_EDGES_BPM,
    SAMPLE_RATE_HZ,
    VIEWS,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from firmware_bridge.errors import FetalHemoError

SIGNED_MEMBERS = ("window.onnx", "recording.onnx", "golden.npz", "MODEL_CARD.md", "sbom.json")

SHARE = number(0, 1)
COUNT = number(1, 100_000, whole=True)
BY_CLASS = section({"positive": SHARE, "negative": SHARE})
ANSWERED = section({"above": SHARE, "below": SHARE})
MEMBER = section({"sha256": text("[0-9a-f]{64}"), "bytes": number(0, 2**24, whole=True)})
SCHEMA = section(
    {
        "schema_version": equal(1),
        "name": text(r"[A-Za-z0-9][A-Za-z0-9._-]*", 64),
        "version": text(r"[0-9]+\.[0-9]+\.[0-9]+[A-Za-z0-9.+-]*", 64),
        "created": text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}.*", 40),
        "simulated": flag,
        "notice": text(".+", 2_000),
        "minimum_runtime": text(r"[0-9]+\.[0-9]+\.[0-9]+", 32),
        "counter": number(0, 2**53, whole=True),
        "signing_key_id": text("[0-9a-f]{16}"),
        "members": section(dict.fromkeys(SIGNED_MEMBERS, MEMBER)),
        "input": section(
            {
                "sample_rate_hz": equal(SAMPLE_RATE_HZ),
                "window_samples": equal(WINDOW_SAMPLES),
                "window_s": equal(WINDOW_S),
                "max_windows": number(1, 4_096, whole=True),
            }
        ),
        "views": equal(list(VIEWS)),
        "quality_classes": equal(list(QUALITY_CLASSES)),
        "bp_classes": equal(list(BP_CLASSES)),
        "positive_classes": equal(list(POSITIVE_CLASSES)),
        "bp_thresholds_mmhg": section(dict.fromkeys(BP_CLASSES[1:], pressures)),
        "heart_rate": section(
            {
                "min_confidence": section(dict.fromkeys(QUALITY_CLASSES, number(0, 2))),
                "max_dead_share": SHARE,
            }
        ),
        "decision": section(
            {
                "usable_quality": some_of(QUALITY_CLASSES),
                "max_dead_share": SHARE,
                "min_usable_windows": COUNT,
                "threshold": SHARE,
                "specificity_at_threshold": SHARE,
                "prevalence": SHARE,
            }
        ),
        "calibration": section(
            {
                "slope": number(-1_000, 1_000),
                "intercept": number(-1_000, 1_000),
                "population": text(".+", 500),
            }
        ),
        "tolerances": section(
            {
                "golden_abs": number(0, 100),
                "float_logit": number(0, 100),
                "int8_logit": number(0, 100),
            }
        ),
        "training_data": free,
        "quantisation": free,
        "session": section(
            {"opt": equal("all"), "threads": equal(1), "x64quantprecision": equal(True)}
        ),
    },
    optional={
        # of validation visits: conformal quantiles, and how often each class is answered how
        "answers": section(
            {
                "error": BY_CLASS,
                "quantile": BY_CLASS,
                "shares": section({"positive": ANSWERED, "negative": ANSWERED}),
            }
        ),
        # what validation women sound like, as histograms: for the drift counters
        "reference": section(
            {
                "recordings": COUNT,
                "outcome": shares,
                "quality": shares,
                "rate": shares,
                "distance": shares,
                "distance_edges": numbers(0, 1e9, 63),
                "embedding_mean": numbers(-1e9, 1e9, 4_096),
                "embedding_scale": numbers(1e-9, 1e9, 4_096),
            }
        ),
    },
)


def parse_manifest(data: bytes, where: str) -> dict[str, Any]:
    """The object that a manifest's bytes hold, not yet checked; raises E-BUNDLE-SCHEMA.

    A name that stands twice is refused: two readers could take two different values.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        what = "manifest.json is not plain JSON"
        raise FetalHemoError("E-BUNDLE-SCHEMA", what, where) from None
    if not isinstance(value, dict):
        raise FetalHemoError("E-BUNDLE-SCHEMA", "manifest.json is not an object", where)
    return value


def raised_from_mmhg(manifest: dict[str, Any]) -> tuple[float, float]:
    """Systolic and diastolic mmHg from which the bundle calls a visit raised; either is enough."""
    systolic, diastolic = manifest["bp_thresholds_mmhg"][POSITIVE_CLASSES[0]]
    return float(systolic), float(diastolic)


def check_manifest(manifest: dict[str, Any], where: str) -> None:
    """Nothing, when this runtime understands the manifest.

    Raises `FetalHemoError` E-BUNDLE-SCHEMA or E-BUNDLE-RUNTIME.
    """
    try:
        equal(1)(manifest.get("schema_version"), "schema_version")
        SCHEMA(manifest, "")
        _check_reference(manifest.get("reference"))
        _check_simulated(manifest)
    except Broken as error:
        raise FetalHemoError("E-BUNDLE-SCHEMA", str(error), where) from None
    if _release(manifest["minimum_runtime"]) > _release(__version__):
        what = f"needs runtime {manifest['minimum_runtime']}, this is {__version__}"
        raise FetalHemoError("E-BUNDLE-RUNTIME", what, where, "update fetal-hemo")


def _check_reference(reference: dict[str, Any] | None) -> None:
    """Histograms must have the bins that the counters have."""
    if reference is None:
        return
    edges = reference["distance_edges"]
    if edges != sorted(edges):
        raise Broken("reference.distance_edges must rise")
    bins = {
        "outcome": 2,
        "quality": len(QUALITY_CLASSES),
        "rate": len(RATE_EDGES_BPM) + 1,
        "distance": len(edges) + 1,
    }
    for name, count in bins.items():
        if len(reference[name]) != count:
            raise Broken(f"reference.{name} must have {count} bins")


def _check_simulated(manifest: dict[str, Any]) -> None:
    """A model that learned from simulated sound says so wherever it says anything of itself."""
    learned = manifest["training_data"].get("simulated")
    if learned not in (None, manifest["simulated"]):
        raise Broken("simulated must be what training_data says")
    if manifest["simulated"] and "simulat" not in manifest["notice"]:
        raise Broken("notice must say that the training was simulated")


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
