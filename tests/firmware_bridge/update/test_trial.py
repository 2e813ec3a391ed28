"""A new bundle on trial: which starts have failed, and what is in use after three of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.cli import main
from firmware_bridge.update.install import go_back
from firmware_bridge.update.slots import Slots
from tests.firmware_bridge.update.in_use import SHIPPED, code_of, damage, name, noted, version

Update = Callable[[int], None]
Start = Callable[[str, str], "subprocess.Popen[str]"]
A_START = Path(__file__).with_name("a_start.py")


@pytest.fixture
def start(slots: Slots) -> Iterator[Start]:
    """A start with a signal in the self-test of a release: `start("SIGSTOP", "0.0.2")`."""
    environment = {**os.environ, "FETAL_HEMO_SLOTS": str(slots.folder)}
    started = []

    def made(what: str, to: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(A_START), what, to]
        pipe = subprocess.PIPE
        done = subprocess.Popen(command, env=environment, text=True, stdout=pipe, stderr=pipe)
        started.append(done)
        return done

    yield made
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def second_on_trial(update: Update, slots: Slots) -> None:
    """The first release has proved itself, and the second has been put in."""
    update(1)
    assert version(slots) == "0.0.1"
    update(2)


def crash(start: Start, to: str) -> int:
    process = start("SIGABRT", to)
    process.communicate()
    return process.returncode


def in_self_test(start: Start, to: str) -> subprocess.Popen[str]:
    """A start that has stopped in the middle of its self-test."""
    process = start("SIGSTOP", to)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return process


@pytest.mark.usefixtures("second_on_trial")
def test_three_starts_that_crash_bring_the_one_before_back(slots: Slots, start: Start) -> None:
    assert [crash(start, "0.0.2") for _ in range(4)] == [-6, -6, -6, 0]
    assert version(slots) == "0.0.1"
    assert (noted(slots).trial, noted(slots).previous) == (False, None)


def test_of_the_first_update_they_bring_the_shipped_one_back(
    update: Update, slots: Slots, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    update(1)
    assert [crash(start, "0.0.1") for _ in range(5)] == [-6, -6, -6, 0, 0]
    assert name(slots) == SHIPPED
    assert capsys.readouterr().err == ""  # said once, by the start that gave it up
    assert code_of(lambda: go_back(slots)) == "E-BUNDLE-NOT-FOUND"


def test_what_was_given_up_is_said(update: Update, slots: Slots, start: Start) -> None:
    update(1)
    for _ in range(3):
        crash(start, "0.0.1")
    _, said = start("SIGABRT", "0.0.1").communicate()
    assert said == "note: the new bundle did not pass in 3 starts; the shipped one is back\n"


def test_given_up_can_be_tried_again(update: Update, slots: Slots, start: Start) -> None:
    update(2)
    for _ in range(4):
        crash(start, "0.0.2")
    assert name(slots) == SHIPPED
    update(2)
    assert crash(start, "0.0.2") == -6  # one failed start, not four
    assert version(slots) == "0.0.2"
    assert not noted(slots).trial
    assert code_of(lambda: update(1)) == "E-BUNDLE-OLDER"


@pytest.mark.usefixtures("second_on_trial")
def test_given_up_by_the_next_update(update: Update, slots: Slots, start: Start) -> None:
    for _ in range(3):
        crash(start, "0.0.2")
    update(2)
    assert crash(start, "0.0.2") == -6
    assert version(slots) == "0.0.2"


@pytest.mark.usefixtures("second_on_trial")
def test_an_update_keeps_the_one_that_proved_itself(
    update: Update, slots: Slots, start: Start
) -> None:
    crash(start, "0.0.2")
    update(3)
    assert (noted(slots).active, noted(slots).previous) == ("b", "a")
    assert [crash(start, "0.0.3") for _ in range(4)] == [-6, -6, -6, 0]
    assert version(slots) == "0.0.1"


def test_the_one_before_may_fail_too(update: Update, slots: Slots, start: Start) -> None:
    update(1)
    update(2)  # the first was never seen to work
    for _ in range(3):
        crash(start, "0.0.2")
    assert [crash(start, "0.0.1") for _ in range(4)] == [-6, -6, -6, 0]
    assert name(slots) == SHIPPED


@pytest.mark.usefixtures("second_on_trial")
def test_starts_that_overlap_are_no_failures(slots: Slots, start: Start) -> None:
    under_way = [in_self_test(start, "0.0.2") for _ in range(5)]
    assert version(slots) == "0.0.2"
    for process in under_way:
        process.send_signal(signal.SIGCONT)
        assert process.communicate() == ("0.0.2\n", "")
    assert version(slots) == "0.0.2"
    state = noted(slots)
    assert (state.active, state.previous, state.trial) == ("b", "a", False)
    assert {path.name for path in slots.folder.iterdir()} == FILES


FILES = {"a.fhb", "a.pub", "b.fhb", "b.pub", "slots.json"}


@pytest.mark.usefixtures("second_on_trial")
def test_killed_while_they_overlap_they_are(slots: Slots, start: Start) -> None:
    under_way = [in_self_test(start, "0.0.2") for _ in range(3)]
    for process in under_way:
        process.kill()
        process.wait()
    assert version(slots) == "0.0.1"


@pytest.mark.usefixtures("second_on_trial")
def test_who_passes_after_it_was_given_up_changes_nothing(
    update: Update, slots: Slots, start: Start
) -> None:
    late = in_self_test(start, "0.0.2")
    for _ in range(3):
        crash(start, "0.0.2")
    assert version(slots) == "0.0.1"
    update(3)
    late.send_signal(signal.SIGCONT)
    assert late.communicate() == ("0.0.2\n", "")
    assert noted(slots).trial  # 0.0.3 in the same slot, not yet seen to work
    assert version(slots) == "0.0.3"


@pytest.mark.usefixtures("second_on_trial")
def test_many_at_once_after_an_update(slots: Slots, start: Start, data_dir: Path) -> None:
    """As with `xargs -P 4`: whole `screen` processes, nothing said but results."""
    recording = next((data_dir / "doppler").rglob("*.wav"))
    command = [sys.executable, "-m", "firmware_bridge", "screen", "--json", str(recording)]
    environment = {**os.environ, "FETAL_HEMO_SLOTS": str(slots.folder)}
    pipe = subprocess.PIPE
    many = [
        subprocess.Popen(command, env=environment, text=True, stdout=pipe, stderr=pipe)
        for _ in range(6)
    ]
    for process in many:
        out, error = process.communicate()
        assert (json.loads(out)["model"]["version"], error) == ("0.0.2", "")
    assert not noted(slots).trial


@pytest.mark.parametrize("tries", [0, 2, 3])
@pytest.mark.usefixtures("second_on_trial")
def test_a_state_of_the_version_before(slots: Slots, start: Start, tries: int) -> None:
    """It counted the starts that had begun; how many of those had failed it does not say."""
    old = {"active": "b", "previous": "a", "trial": True, "tries": tries, "floor": {}}
    (slots.folder / "slots.json").write_text(json.dumps(old))
    assert crash(start, "0.0.2") == -6
    assert version(slots) == "0.0.2"
    assert (noted(slots).active, noted(slots).previous) == ("b", "a")


def test_one_that_crashes_after_its_note_was_lost(
    update: Update, slots: Slots, start: Start
) -> None:
    update(1)
    update(2)
    (slots.folder / "slots.json").write_text("")
    assert [crash(start, "0.0.2") for _ in range(4)] == [-6, -6, -6, 0]
    assert version(slots) == "0.0.1"


def test_an_update_keeps_the_only_slot_that_opens(update: Update, slots: Slots) -> None:
    for number in (1, 2):
        update(number)
        assert version(slots) == f"0.0.{number}"
    damage(slots.bundle("b"))
    in_the_way = slots.bundle("b")
    in_the_way.unlink()
    in_the_way.mkdir()  # the rename onto it fails, after the key was written
    assert code_of(lambda: update(3)) == "E-STORAGE"
    assert version(slots) == "0.0.1"
    in_the_way.rmdir()
    update(3)
    assert (noted(slots).active, noted(slots).previous) == ("b", "a")
    assert version(slots) == "0.0.3"
    assert go_back(slots).manifest["version"] == "0.0.1"


def test_the_verb_says_what_is_in_use_after_giving_up(
    update: Update,
    slots: Slots,
    start: Start,
    capfd: pytest.CaptureFixture[str],
) -> None:
    update(1)
    for _ in range(4):
        crash(start, "0.0.1")
    assert main(["update", "--slots", str(slots.folder), "--json"]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert (found["name"], found["slot"], found["trial"]) == (SHIPPED, None, False)
    assert not found["can_roll_back"]


def test_a_folder_out_of_reach_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name is too long for any file system; root may enter what others may not."""
    assert name(Slots(tmp_path / ("x" * 300))) == SHIPPED
    assert capsys.readouterr().err.startswith("note: no slot can be used")
