"""What the bundle was made with and what it needs, as a CycloneDX 1.6 document."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from firmware_bridge import __version__

RUNTIME = ("numpy", "onnxruntime", "soundfile", "soxr", "cryptography")
BUILD = ("torch", "onnx", "onnxscript", "safetensors")


def software_bill(name: str, bundle_version: str) -> bytes:
    """JSON bytes: packages that a device needs (required) and that made the bundle (excluded)."""
    components: list[dict[str, Any]] = [
        {"type": "library", "name": "fetal-hemo", "version": __version__, "scope": "required"}
    ]
    for scope, packages in (("required", RUNTIME), ("excluded", BUILD)):
        components += [
            {
                "type": "library",
                "name": package,
                "version": version(package),
                "purl": f"pkg:pypi/{package}@{version(package)}",
                "scope": scope,
            }
            for package in packages
        ]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "machine-learning-model",
                "name": name,
                "version": bundle_version,
            }
        },
        "components": components,
    }
    return (json.dumps(document, indent=1) + "\n").encode()
