"""Updates: into the other slot, only upwards, proved before and after, and back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export.bundle import write_bundle
from firmware_bridge.cli import main
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.update.active import open_active
from firmware_bridge.update.install import go_back, install
from firmware_bridge.update.slots import Slots, default_folder
from tests.firmware_bridge.update.in_use import SHIPPED, code_of, damage, version

Release = Callable[[int], Path]


def test_without_an_update_the_shipped_bundle_is_in_use(slots: Slots) -> None:
    assert open_active(slots=slots).manifest["name"] == SHIPPED
    assert not slots.folder.exists()


def test_each_update_goes_into_the_other_slot(update: Callable[[int], None], slots: Slots) -> None:
    used = []
    for number in (1, 2, 3):
        update(number)
        state = slots.read()
        assert state is not None
        assert state.trial
        used.append(state.active)
        assert version(slots) == f"0.0.{number}"
        state = slots.read()
        assert state is not None
        assert not state.trial  # it has passed its self-test at a start
    assert used == ["a", "b", "a"]


def test_its_signer_is_trusted_without_naming_the_key_again(
    update: Callable[[int], None], slots: Slots, release: Release
) -> None:
    update(1)
    assert version(slots) == "0.0.1"
    assert code_of(lambda: Screener.load(release(1))) == "E-BUNDLE-UNTRUSTED"


def test_only_upwards(update: Callable[[int], None], slots: Slots) -> None:
    for release in (1, 2, 3):
        update(release)
    for older in (1, 2):  # one is in no slot any more
        assert code_of(lambda: update(older)) == "E-BUNDLE-OLDER"  # noqa: B023
    assert version(slots) == "0.0.3"


def test_the_same_again_changes_nothing(update: Callable[[int], None], slots: Slots) -> None:
    update(1)
    before = slots.read()
    update(1)
    assert slots.read() == before


def test_shipped_counter_counts_too(slots: Slots) -> None:
    assert code_of(lambda: install(DEFAULT_BUNDLE, (), slots)) == "E-BUNDLE-OLDER"


def test_what_was_cut_short_is_no_way_back_and_can_be_tried_again(
    update: Callable[[int], None], slots: Slots
) -> None:
    update(1)
    update(2)
    in_the_way = slots.bundle("a")
    in_the_way.unlink()
    in_the_way.mkdir()  # the rename onto it fails, after the key was written
    assert code_of(lambda: update(3)) == "E-STORAGE"
    assert version(slots) == "0.0.2"
    assert code_of(lambda: go_back(slots)) == "E-BUNDLE-NOT-FOUND"
    in_the_way.rmdir()
    update(3)
    assert version(slots) == "0.0.3"
    assert go_back(slots).manifest["version"] == "0.0.2"


def test_back_and_not_forward_again(update: Callable[[int], None], slots: Slots) -> None:
    update(1)
    update(2)
    assert go_back(slots).manifest["version"] == version(slots) == "0.0.1"
    assert code_of(lambda: go_back(slots)) == "E-BUNDLE-NOT-FOUND"
    assert code_of(lambda: update(2)) == "E-BUNDLE-OLDER"
    update(3)
    assert version(slots) == "0.0.3"


def test_untrusted_or_damaged_never_reaches_a_slot(
    update: Callable[[int], None], slots: Slots, release: Release, signed: Any, tmp_path: Path
) -> None:
    update(1)
    before = {path.name: path.read_bytes() for path in slots.folder.iterdir()}
    assert code_of(lambda: install(release(2), (), slots)) == "E-BUNDLE-UNTRUSTED"
    data = bytearray(release(2).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.fhb").write_bytes(data)
    found = code_of(lambda: install(tmp_path / "bad.fhb", [signed.public_key], slots))
    assert found.startswith("E-BUNDLE-")
    assert {path.name: path.read_bytes() for path in slots.folder.iterdir()} == before


def test_one_that_fails_its_self_test_is_not_switched_to(
    update: Callable[[int], None], slots: Slots, signed: Any, tmp_path: Path
) -> None:
    update(1)
    manifest = {**signed.manifest, "version": "0.0.2", "counter": 2}
    del manifest["members"], manifest["signing_key_id"]
    manifest["tolerances"] = {**manifest["tolerances"], "golden_abs": 0.0}
    members = {**signed.members, "golden.npz": worse(signed.members["golden.npz"])}
    write_bundle(tmp_path / "wrong.fhb", members, manifest, signed.private_key)
    action = lambda: install(tmp_path / "wrong.fhb", [signed.public_key], slots)  # noqa: E731
    assert code_of(action) == "E-BUNDLE-SELF-TEST"
    assert version(slots) == "0.0.1"
    update(3)
    assert version(slots) == "0.0.3"


def worse(golden: bytes) -> bytes:
    """Golden vectors that expect something else."""
    import io

    import numpy as np

    with np.load(io.BytesIO(golden)) as arrays:
        changed = {name: arrays[name] for name in arrays}
    changed["logits"] = changed["logits"] + 1.0
    file = io.BytesIO()
    np.savez(file, **changed)
    return file.getvalue()


def test_a_slot_that_rots_is_passed_over(
    update: Callable[[int], None], slots: Slots, capsys: pytest.CaptureFixture[str]
) -> None:
    update(1)
    update(2)
    damage(slots.bundle("b"))
    assert version(slots) == "0.0.1"
    assert "slot b is passed over: E-BUNDLE-" in capsys.readouterr().err
    damage(slots.bundle("a"))
    assert open_active(slots=slots).manifest["name"] == SHIPPED
    update(3)
    assert version(slots) == "0.0.3"


@pytest.mark.parametrize("text", ["", '{"active": "c"}'])
def test_lost_state_means_the_newest_whole_bundle(
    update: Callable[[int], None], slots: Slots, text: str
) -> None:
    update(1)
    update(2)
    (slots.folder / "slots.json").write_text(text)
    assert version(slots) == "0.0.2"
    assert code_of(lambda: update(1)) == "E-BUNDLE-OLDER"
    update(3)
    state = slots.read()
    assert state is not None
    assert (state.active, state.previous) == ("a", "b")


def test_a_slot_filled_before_the_first_switch_is_not_in_use(
    slots: Slots, release: Release, signed: Any
) -> None:
    with slots.changing():
        slots.fill("a", release(2).read_bytes(), bytes.fromhex(public(signed)))
    assert open_active(slots=slots).manifest["name"] == SHIPPED
    install(release(2), [signed.public_key], slots)
    assert version(slots) == "0.0.2"


def public(signed: Any) -> str:
    return str(signed.public_key.read_text().splitlines()[-1])


def test_two_updates_at_the_same_time(update: Callable[[int], None], slots: Slots) -> None:
    update(1)
    with slots.changing():
        assert code_of(lambda: update(2)) == "E-STORAGE"
    update(2)


def test_an_update_waits_for_who_is_soon_done(update: Callable[[int], None], slots: Slots) -> None:
    """As a start is that notes how it went."""
    holder = """
import sys, time
from firmware_bridge.update.slots import Slots
with Slots(sys.argv[1]).changing():
    print("held", flush=True)
    time.sleep(1)
"""
    command = [sys.executable, "-c", holder, str(slots.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        update(1)
    assert version(slots) == "0.0.1"


@pytest.mark.parametrize(
    "releases", [5, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_starts_while_bundles_are_replaced(
    slots: Slots,
    release: Release,
    signed: Any,
    capsys: pytest.CaptureFixture[str],
    releases: int,
) -> None:
    """Another process updates all the time; every start finds a good bundle, and no older one."""
    paths = [str(release(number)) for number in range(1, releases + 1)]
    install(paths[0], [signed.public_key], slots)
    text = """
import sys
from firmware_bridge.update.install import install
from firmware_bridge.update.slots import Slots
for path in sys.argv[3:]:
    install(path, [sys.argv[2]], Slots(sys.argv[1]))
"""
    command = [sys.executable, "-c", text, str(slots.folder), str(signed.public_key), *paths]
    updates = subprocess.Popen(command)
    seen = []
    while updates.poll() is None:
        seen.append(open_active(slots=slots).manifest["counter"])
    assert updates.wait() == 0
    seen.append(open_active(slots=slots).manifest["counter"])
    assert seen == sorted(seen)
    assert seen[-1] == releases
    assert capsys.readouterr().err == ""


def test_where_the_slots_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FETAL_HEMO_SLOTS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "fetal-hemo" / "slots"
    monkeypatch.setenv("FETAL_HEMO_SLOTS", str(tmp_path / "x"))
    assert default_folder() == tmp_path / "x"


def test_the_verb(
    release: Release,
    signed: Any,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FETAL_HEMO_SLOTS", str(tmp_path / "s"))
    trust = ["--trust", signed.public_key]

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["update", *map(str, arguments)])
        return status, *capfd.readouterr()

    first = json.loads(run(release(1), *trust, "--json")[1])
    assert (first["version"], first["slot"], first["can_roll_back"]) == ("0.0.1", "a", False)
    assert run(release(2), *trust) == (0, "in use: random-weights 0.0.2, counter 2\n", "")
    status, out, error = run(release(1), *trust)
    assert (status, out) == (5, "")
    assert error.startswith("E-BUNDLE-OLDER: ")
    assert json.loads(run("--rollback", "--json")[1])["version"] == "0.0.1"
    status, out, error = run("--rollback")
    assert (status, out) == (5, "")
    assert error.endswith("; remove that folder to have the shipped one again\n")
    assert run(release(1), "--rollback")[0] == 2
    assert run()[1] == "in use: random-weights 0.0.1, counter 1\n"
