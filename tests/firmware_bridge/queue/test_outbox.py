"""The queue: order, one record each, keys, damage, several processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.queue.clock import Clocks
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.result import Abstained, Screened

DAY = 86_400.0
Made = Callable[[int], Screened | Abstained]
CRASH = Path(__file__).parents[2] / "crash"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "q.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with Outbox.open(path, create=True) as opened:
        yield opened


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(FetalHemoError) as caught:
        action()
    assert "\n" not in caught.value.line()
    return caught.value.code


def test_what_goes_in_comes_out(outbox: Outbox, result: Made, bundle: Any) -> None:
    stamp = outbox.put(result(0), bundle.manifest)
    (record,) = outbox.records()
    assert record.stamp == stamp
    assert record.result == result(0).to_json()
    assert not record.handed_over
    outbox.confirm(record.id)
    assert outbox.waiting() == 0
    assert list(outbox.sequences(waiting_only=True)) == []


def test_same_recording_and_model_is_one_record(outbox: Outbox, result: Made, bundle: Any) -> None:
    first = outbox.put(result(0), bundle.manifest)
    again = outbox.put(result(0), bundle.manifest)
    assert first == again
    assert len(list(outbox.records())) == 1
    outcome = [count for _, measure, _, count in outbox.counts() if measure == "outcome"]
    assert outcome == [1]


def test_order_holds_whatever_the_clocks_do(outbox: Outbox, result: Made, bundle: Any) -> None:
    made = 1_767_225_600.0  # 2026-01-01, when the random bundle was made
    readings = [
        Clocks("one", 10, made + 50 * DAY),
        Clocks("one", 20, made + 50 * DAY + 10),
        Clocks("one", 30, made + 49 * DAY),  # set back a day
        Clocks("two", 5, 3.0),  # the battery was empty
        Clocks("two", 6, made + 51 * DAY),  # and set right
        Clocks("three", 7, made + 3_700 * DAY),  # ten years on
        Clocks("four", 8, made + 52 * DAY),
        Clocks("one", 40, made + 53 * DAY),  # a boot that is known keeps its number
    ]
    stamps = [
        outbox.put(result(number), bundle.manifest, clocks=lambda now=now: now)  # type: ignore[misc]
        for number, now in enumerate(readings)
    ]
    assert [s.boot for s in stamps if s] == [1, 1, 1, 2, 2, 3, 4, 1]
    assert [s.sequence for s in stamps if s] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [s.clock_suspect for s in stamps if s] == [
        *(None, None, "went-back"),
        *("before-model", "stepped"),
        *("far-future", None, "stepped"),
    ]
    assert [record.stamp for record in outbox.records()] == stamps
    assert {record.result["recording"]["duration_s"] for record in outbox.records()} == {15.0}


def test_clock_doubt_is_handed_over(outbox: Outbox, result: Made, bundle: Any) -> None:
    outbox.put(result(0), bundle.manifest, clocks=lambda: Clocks("x", 1.5, 0.0))
    (record,) = outbox.records()
    provenance = record.transaction()["entry"][-1]["resource"]
    told = {part["url"]: part for part in provenance["extension"]}
    assert told["urn:fetal-hemo:clock-suspect"]["valueCode"] == "before-model"
    assert told["urn:fetal-hemo:monotonic-s"]["valueDecimal"] == 1.5
    assert provenance["recorded"] == "1970-01-01T00:00:00.000Z"


def test_a_queue_for_its_owner_only(outbox: Outbox, path: Path, result: Made, bundle: Any) -> None:
    outbox.put(result(0), bundle.manifest)
    assert {p.stat().st_mode & 0o777 for p in path.parent.glob("q.db*")} == {0o600}


def test_sealed(path: Path, tmp_path: Path, result: Made, bundle: Any) -> None:
    key = tmp_path / "keys" / "q.key"
    key.parent.mkdir()
    with Outbox.open(path, key, create=True) as outbox:
        outbox.put(result(0), bundle.manifest)
        (record,) = outbox.records()
        assert record.result == result(0).to_json()
    assert key.stat().st_mode & 0o777 == 0o600
    bytes_there = b"".join(p.read_bytes() for p in tmp_path.glob("q.db*"))
    clear = result(0).to_json()
    for word in (clear["recording"]["sha256"], clear["outcome"], "heart_rate", clear["sentence"]):
        assert word.encode() not in bytes_there
    other = tmp_path / "other.key"
    other.write_text("0" * 64 + "\n")
    other.chmod(0o600)
    assert code_of(lambda: Outbox.open(path)) == "E-KEY"
    assert code_of(lambda: Outbox.open(path, other)) == "E-KEY"
    key.chmod(0o644)
    assert code_of(lambda: Outbox.open(path, key)) == "E-KEY"
    key.chmod(0o600)
    with Outbox.open(path, counters_only=True) as outbox:
        assert outbox.counts()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE results SET payload = substr(payload, 1, length(payload) - 1) || x'00'")
    with Outbox.open(path, key) as outbox:
        assert code_of(lambda: list(outbox.records())) == "E-STORAGE"


def test_a_lost_key_is_not_replaced(path: Path, tmp_path: Path, result: Made, bundle: Any) -> None:
    with Outbox.open(path, tmp_path / "k", create=True) as outbox:
        outbox.put(result(0), bundle.manifest)
    (tmp_path / "k").unlink()
    assert code_of(lambda: Outbox.open(path, tmp_path / "k", create=True)) == "E-KEY"
    assert not (tmp_path / "k").exists()


def test_an_open_queue_is_not_sealed_later(
    outbox: Outbox, path: Path, tmp_path: Path, result: Made, bundle: Any
) -> None:
    outbox.put(result(0), bundle.manifest)
    assert code_of(lambda: Outbox.open(path, tmp_path / "k")) == "E-KEY"
    assert not (tmp_path / "k").exists()


def test_what_is_no_queue(tmp_path: Path, path: Path) -> None:
    assert code_of(lambda: Outbox.open(path)) == "E-NOT-FOUND"
    path.write_bytes(b"something else that is long enough to be looked at" * 100)
    assert code_of(lambda: Outbox.open(path, create=True)) == "E-STORAGE"
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE mine (x)")
    as_it_was = (tmp_path / "other.db").read_bytes()
    assert code_of(lambda: Outbox.open(tmp_path / "other.db", create=True)) == "E-STORAGE"
    assert (tmp_path / "other.db").read_bytes() == as_it_was
    assert code_of(lambda: Outbox.open(tmp_path / ("x" * 300))) == "E-STORAGE"
    assert code_of(lambda: Outbox.open(tmp_path / "none" / "q.db", create=True)) == "E-STORAGE"
    assert code_of(lambda: Outbox.open(tmp_path, create=True)) == "E-STORAGE"


def test_a_newer_queue_is_left_alone(path: Path) -> None:
    Outbox.open(path, create=True).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 2")
    assert code_of(lambda: Outbox.open(path, create=True)) == "E-STORAGE"


def test_damage_is_said(path: Path, result: Made, bundle: Any) -> None:
    with Outbox.open(path, create=True) as outbox:
        for number in range(40):
            outbox.put(result(number), bundle.manifest)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8_192] = b"\xa5" * 8_192
    path.write_bytes(data)

    def read() -> None:
        with Outbox.open(path) as outbox:
            list(outbox.records())

    assert code_of(read) == "E-STORAGE"


def test_four_processes_on_one_queue(path: Path) -> None:
    text = """
import sys
sys.path.insert(0, sys.argv[1])
from results import MANIFEST, abstained
from firmware_bridge.queue.outbox import Outbox
with Outbox.open(sys.argv[2], create=True) as outbox:
    for number in range(int(sys.argv[3]), int(sys.argv[3]) + 20):
        outbox.put(abstained(number), MANIFEST)
"""
    started = [
        subprocess.Popen([sys.executable, "-c", text, str(CRASH), str(path), str(10 * first)])
        for first in range(4)
    ]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    with Outbox.open(path) as outbox:
        records = list(outbox.records())
    assert len({record.id for record in records}) == len(records) == 50  # ranges of 20 overlap
    assert [record.stamp.sequence for record in records] == list(range(1, 51))
    assert {record.stamp.boot for record in records} == {1}


def test_queues_begun_together_share_a_new_key(tmp_path: Path) -> None:
    text = """
import sys
from pathlib import Path
from firmware_bridge.queue.seal import load_seal
folder = Path(sys.argv[1])
for round in range(200):
    (folder / f"{round}.{sys.argv[2]}").touch()
    while not (folder / f"{round}.{1 - int(sys.argv[2])}").exists():
        pass
    print(load_seal(folder / f"{round}.key", make=True).key_id)
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", text, str(tmp_path), who], stdout=subprocess.PIPE, text=True
        )
        for who in "01"
    ]
    one, another = (process.communicate(timeout=120)[0].split() for process in started)
    assert len(set(one)) == 200
    assert one == another


def test_fhir_is_r4b_and_the_same_each_time(outbox: Outbox, result: Made, bundle: Any) -> None:
    r4b = pytest.importorskip("fhir.resources.R4B.bundle")
    outbox.put(result(0), bundle.manifest)
    (first,), (second,) = list(outbox.records()), list(outbox.records())
    assert json.dumps(first.transaction()) == json.dumps(second.transaction())
    checked = r4b.Bundle.model_validate(first.transaction())
    kinds = [entry.resource.get_resource_type() for entry in checked.entry]
    assert kinds[0] == "Device"
    assert kinds[-1] == "Provenance"
    assert {entry.request.method for entry in checked.entry} == {"PUT"}
