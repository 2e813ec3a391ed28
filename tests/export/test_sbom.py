"""The software bill against CycloneDX's own schema."""

from __future__ import annotations

import json

import pytest

from export.sbom import software_bill

validation = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-python-lib")


def test_it_is_cyclonedx() -> None:
    from cyclonedx.schema import SchemaVersion

    validator = validation.JsonStrictValidator(SchemaVersion.V1_6)
    text = software_bill("fetal-hemo", "1.2.3").decode()
    assert validator.validate_str(text) is None
    broken = json.loads(text)
    del broken["components"][0]["type"]
    assert validator.validate_str(json.dumps(broken)) is not None  # so it can fail


def test_it_names_the_device_install() -> None:
    components = json.loads(software_bill("a", "1.0.0"))["components"]
    required = {c["name"] for c in components if c["scope"] == "required"}
    expected = {"fetal-hemo", "numpy", "onnxruntime", "soundfile", "soxr", "cryptography"}
    assert required == expected
    assert all("version" in component for component in components)


def test_same_bytes() -> None:
    assert software_bill("a", "1.0.0") == software_bill("a", "1.0.0")
