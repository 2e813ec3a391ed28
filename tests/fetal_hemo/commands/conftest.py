"""The random bundle of tests/firmware_bridge, for commands that screen."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "firmware_bridge" / "conftest.py"

spec = importlib.util.spec_from_file_location("random_bundle_fixtures", SOURCE)
assert spec is not None
assert spec.loader is not None
fixtures = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = fixtures
spec.loader.exec_module(fixtures)

graphs, signed = fixtures.graphs, fixtures.signed
