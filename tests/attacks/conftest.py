"""The random bundle of tests/firmware_bridge, for the attacks on it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "firmware_bridge" / "conftest.py"

spec = importlib.util.spec_from_file_location("random_bundle_fixtures", SOURCE)
assert spec is not None
assert spec.loader is not None
fixtures = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = fixtures
spec.loader.exec_module(fixtures)

graphs, signed, bundle, screener = (
    fixtures.graphs,
    fixtures.signed,
    fixtures.bundle,
    fixtures.screener,
)
