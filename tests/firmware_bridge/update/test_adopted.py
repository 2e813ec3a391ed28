"""What a device has adopted holds for every way in which a bundle comes into use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export.bundle import write_bundle
from firmware_bridge.cli import main
from firmware_bridge.counters import record_path
from firmware_bridge.update.active import open_active
from firmware_bridge.update.install import go_back
from firmware_bridge.update.slots import Slots
from tests.firmware_bridge.update.in_use import SHIPPED, code_of, name, noted, version

Release = Callable[[int], Path]
Update = Callable[[int], None]
Adopt = Callable[[int], None]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("FETAL_HEMO_SLOTS", str(tmp_path / "slots"))


@pytest.fixture
def adopt(release: Release, signed: Any, capfd: pytest.CaptureFixture[str]) -> Adopt:
    """Have the device refuse what is older than a release: `adopt(7)`."""

    def made(number: int) -> None:
        trust = ["--trust", str(signed.public_key)]
        assert main(["verify", str(release(number)), *trust, "--adopt"]) == 0
        capfd.readouterr()

    return made


def test_a_slot_that_is_too_old_is_passed_over(
    update: Update, slots: Slots, adopt: Adopt, capfd: pytest.CaptureFixture[str]
) -> None:
    update(5)
    assert version(slots) == "0.0.5"
    update(6)
    adopt(6)
    assert version(slots) == "0.0.6"
    assert capfd.readouterr().err == ""
    adopt(7)
    assert name(slots) == open_active(slots=slots).manifest["name"] == SHIPPED
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 4
    assert said[0].startswith("note: slot b is passed over: E-BUNDLE-OLDER: release 6 of random")
    assert said[1].startswith("note: slot a is passed over: E-BUNDLE-OLDER: release 5 of random")


def test_there_is_no_way_back_to_it(
    update: Update, slots: Slots, adopt: Adopt, capfd: pytest.CaptureFixture[str]
) -> None:
    update(5)
    update(6)
    adopt(6)
    assert main(["update", "--rollback"]) == 5
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("E-BUNDLE-OLDER: release 5 of random-weights, this device adopted 6: ")
    assert noted(slots).active == "b"
    assert main(["update", "--json"]) == 0
    assert not json.loads(capfd.readouterr().out)["can_roll_back"]


def test_opened_by_name_it_is_refused_too(
    release: Release, signed: Any, slots: Slots, adopt: Adopt
) -> None:
    adopt(7)
    trust = [signed.public_key]
    assert open_active(release(7), trust, slots).manifest["counter"] == 7
    assert code_of(lambda: open_active(release(6), trust, slots)) == "E-BUNDLE-OLDER"


def test_an_update_keeps_the_slot_that_is_allowed(
    update: Update, slots: Slots, adopt: Adopt, signed: Any, tmp_path: Path
) -> None:
    """The other model in slot a is what the device falls back to: it is not written over."""
    plain = {k: v for k, v in signed.manifest.items() if k not in ("members", "signing_key_id")}
    other = tmp_path / "other.fhb"
    write_bundle(other, signed.members, {**plain, "name": "other"}, signed.private_key)
    assert main(["update", str(other), "--trust", str(signed.public_key)]) == 0
    update(6)
    adopt(7)
    assert name(slots) == "other"
    update(7)
    assert (noted(slots).active, noted(slots).previous) == ("b", "a")
    assert version(slots) == "0.0.7"


def test_the_shipped_one_is_refused_as_well(
    slots: Slots, capfd: pytest.CaptureFixture[str]
) -> None:
    shipped = open_active(slots=slots).manifest
    release = f"{shipped['signing_key_id']} {shipped['name']}"
    record_path().parent.mkdir(parents=True)
    record_path().write_text(json.dumps({release: shipped["counter"] + 1}))
    assert main(["screen", "any.wav"]) == 5
    error = capfd.readouterr().err
    assert error.startswith("E-BUNDLE-OLDER: ")
    assert error.count("\n") == 1


def test_a_damaged_record_lets_no_slot_in(
    update: Update, slots: Slots, capfd: pytest.CaptureFixture[str]
) -> None:
    update(1)
    record_path().parent.mkdir(parents=True)
    record_path().write_text("{")
    assert code_of(lambda: version(slots)) == "E-STORAGE"
    assert code_of(lambda: go_back(slots)) != "E-BUG"
    assert capfd.readouterr().err == ""  # one line for the caller, none for each slot
