"""What `doctor` says of a complete and of an incomplete installation."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from fetal_hemo.doctor import DEVICE, WORKSTATION, as_text, doctor


@pytest.fixture(scope="module")
def facts() -> dict:
    """Facts of this installation."""
    return doctor()


def test_versions_are_those_of_the_installed_packages(facts: dict) -> None:
    for install, names in (("device", DEVICE), ("workstation", WORKSTATION)):
        packages = facts[install]["packages"]
        assert packages == {name: version(name) for name in names}
        assert facts[install]["complete"]


def test_json_is_one_document_and_the_status_follows_it() -> None:
    command = [sys.executable, "-m", "fetal_hemo.cli", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    facts = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    works = facts["device"]["complete"] and facts["default_bundle"]["ok"]
    assert done.returncode == (0 if works else 1)


def test_text_of_a_complete_installation(facts: dict) -> None:
    text = as_text({**facts, "default_bundle": {"ok": True, "name": "some", "version": "1.2"}})
    assert "device (screen, verify, bench): complete" in text
    assert "workstation (training, export): complete" in text
    assert "some 1.2 is right here" in text
    assert "pip install" not in text


def test_text_of_a_device_names_what_is_missing_and_how_to_get_it(facts: dict) -> None:
    packages = {**facts["workstation"]["packages"], "torch": None, "scipy": None}
    text = as_text({**facts, "workstation": {"complete": False, "packages": packages}})
    assert "workstation (training, export): lacks torch, scipy" in text
    assert "pip install 'fetal-hemo[train]'" in text


def test_text_tells_what_is_wrong_with_the_shipped_model(facts: dict) -> None:
    broken = {"ok": False, "code": "E-BUNDLE-HASH", "message": "model.onnx was changed"}
    assert "shipped model: model.onnx was changed" in as_text({**facts, "default_bundle": broken})


def test_nothing_of_this_machine_s_paths_is_told(facts: dict) -> None:
    assert sys.prefix not in json.dumps(facts)
    assert "/" not in json.dumps({**facts, "machine": ""})
