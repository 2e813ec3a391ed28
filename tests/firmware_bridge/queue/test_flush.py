"""Handed over exactly once, whatever the line and the server do."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.cli import main
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.lock import only_one
from firmware_bridge.queue.flush import HandOver, flush
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.queue.receivers import FhirServer, NotConfirmed, body, receiver
from firmware_bridge.result import Abstained, Screened
from tests.torture.programme import record, seeds

SERVER = Path(__file__).with_name("fhir_server.py")
Made = Callable[[int], Screened | Abstained]


@contextmanager
def server(seed: int, good: float) -> Iterator[str]:
    """Base URL of the server, in a process of its own."""
    command = [sys.executable, str(SERVER), str(seed), str(good)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/fhir"
    finally:
        process.kill()
        process.wait()


def seen_by(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def quietly(outbox: Outbox, to: Any, attempts: int = 4) -> HandOver:
    return flush(outbox, to, attempts, sleep=lambda _: None)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "q.db", create=True) as opened:
        yield opened


def hand_over_all(outbox: Outbox, result: Made, manifest: Any, seed: int, records: int) -> None:
    for number in range(records):
        outbox.put(result(number), manifest)
    with server(seed, good=0.3) as url:
        to = FhirServer(url, timeout_s=5.0)
        rounds = 0
        while outbox.waiting():
            quietly(outbox, to)
            rounds += 1
            assert rounds < 1_000
        found = seen_by(url)
    expected = {}
    for each in outbox.records():
        for entry in each.transaction()["entry"]:
            expected[entry["request"]["url"]] = entry["resource"]
    assert found["store"] == expected
    assert len([name for name in expected if name.startswith("Provenance/")]) == records
    assert max(found["updates"].values()) > 1
    record({"programme": "hand-over", "seed": seed, "tries": records, "shown": found["shown"]})


def test_exactly_once_over_a_bad_line(outbox: Outbox, result: Made, bundle: Any) -> None:
    hand_over_all(outbox, result, bundle.manifest, seed=1, records=280)


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(100))
def test_exactly_once_many(outbox: Outbox, result: Made, bundle: Any, seed: int) -> None:
    hand_over_all(outbox, result, bundle.manifest, seed, records=1_000)


def test_nobody_there_ends_it_at_once(outbox: Outbox, result: Made, bundle: Any) -> None:
    for number in range(3):
        outbox.put(result(number), bundle.manifest)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = quietly(outbox, FhirServer(f"http://127.0.0.1:{port}/"), attempts=2)
    assert (done.confirmed, done.reached, len(done.complaints)) == (0, False, 1)
    assert outbox.waiting() == 3


def test_a_line_that_drops_does_not_end_it(outbox: Outbox, result: Made, bundle: Any) -> None:
    for number in range(3):
        outbox.put(result(number), bundle.manifest)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            for _ in range(3):
                connection = listening.accept()[0]
                connection.recv(65_536)
                connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=hang_up)
        thread.start()
        to = FhirServer(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout_s=5)
        done = quietly(outbox, to, attempts=1)
        thread.join()
    assert (done.reached, len(done.complaints)) == (True, 3)


def test_a_server_that_never_answers(outbox: Outbox, result: Made, bundle: Any) -> None:
    outbox.put(result(0), bundle.manifest)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        to = FhirServer(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=0.2)
        done = quietly(outbox, to, attempts=1)
    assert [said.what for said in done.complaints] == ["result 1: no answer (TimeoutError)"]
    assert outbox.waiting() == 1


def test_one_refused_result_does_not_keep_the_others(
    outbox: Outbox, result: Made, bundle: Any
) -> None:
    class Picky:
        tried = 0

        def take(self, record: Any) -> None:
            self.tried += 1
            if record.stamp.sequence == 2:
                raise NotConfirmed("answer 422", again=False)

    for number in range(3):
        outbox.put(result(number), bundle.manifest)
    to = Picky()
    done = quietly(outbox, to)
    assert [said.what for said in done.complaints] == ["result 2: answer 422"]
    assert (done.confirmed, to.tried) == (2, 3)
    assert [record.handed_over for record in outbox.records()] == [True, False, True]


def test_one_damaged_result_does_not_keep_the_others(
    outbox: Outbox, result: Made, bundle: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        outbox.put(result(number), bundle.manifest)
    with sqlite3.connect(tmp_path / "q.db") as raw:
        raw.execute("UPDATE results SET payload = x'00' WHERE sequence = 2")
    queue, to = str(tmp_path / "q.db"), str(tmp_path / "to")
    assert main(["queue", "flush", queue, "--to", to]) == 7
    assert "E-STORAGE: result 2 of the queue is damaged" in capfd.readouterr().err
    assert len(list((tmp_path / "to").iterdir())) == 2
    assert main(["queue", "list", queue]) == 6
    listed = capfd.readouterr()
    assert (listed.out.count("handed over"), listed.err.count("E-STORAGE")) == (2, 1)
    assert main(["queue", "export", queue, "--to", to]) == 6


def test_two_processes_do_not_hand_over_together(
    outbox: Outbox, result: Made, bundle: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outbox.put(result(0), bundle.manifest)
    arguments = ["queue", "flush", str(tmp_path / "q.db"), "--to", str(tmp_path / "to")]
    with only_one(f"{tmp_path}/q.db.flush", "handing over"):
        assert main(arguments) == 6
    assert "another process is handing over" in capfd.readouterr().err
    assert main(arguments) == 0


def test_waits_longer_before_each_try(outbox: Outbox, result: Made, bundle: Any) -> None:
    class Busy:
        def take(self, _: Any) -> None:
            raise NotConfirmed("answer 503", again=True)

    outbox.put(result(0), bundle.manifest)
    waits: list[float] = []
    flush(outbox, Busy(), 4, waits.append)
    assert waits == [1.0, 2.0, 4.0]


def test_into_a_folder(outbox: Outbox, result: Made, bundle: Any, tmp_path: Path) -> None:
    for number in range(3):
        outbox.put(result(number), bundle.manifest)
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / ".unfinished-0.json.abcd_123").write_bytes(b"half")  # of a killed write
    with receiver(str(tmp_path / "to")) as to:
        assert quietly(outbox, to).confirmed == 3
        assert quietly(outbox, to).confirmed == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "to").iterdir()}
    assert written == {f"{record.id}.json": body(record) for record in outbox.records()}


def test_one_process_at_a_time_in_a_folder(tmp_path: Path) -> None:
    again = receiver(str(tmp_path))
    with receiver(str(tmp_path)), pytest.raises(FetalHemoError, match="another process"):
        again.__enter__()


NO_ADDRESSES = (
    "https://[",
    "https://h:abc/",
    "https://h:99999/",
    "https://h/\u00e9",
    "https://h/a b",
    "https://fhir..example.org/",
)


@pytest.mark.parametrize("to", ["ftp://x/y", "https://", "http://example.org/fhir", *NO_ADDRESSES])
def test_where_results_may_not_go(to: str) -> None:
    with pytest.raises(FetalHemoError) as caught, receiver(to):
        pass
    assert caught.value.code == "E-USAGE"


def test_token_goes_along_and_must_be_private(
    outbox: Outbox, result: Made, bundle: Any, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    token.chmod(0o644)
    with pytest.raises(FetalHemoError, match="E-KEY"), receiver("https://x", str(token)):
        pass
    token.chmod(0o600)
    outbox.put(result(0), bundle.manifest)
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hear() -> None:
            connection = listening.accept()[0]
            heard.extend(connection.recv(65_536))
            connection.close()

        thread = threading.Thread(target=hear)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with receiver(url, str(token)) as to:
            quietly(outbox, to, attempts=1)
        thread.join()
    assert b"Authorization: Bearer secret\r\n" in heard
    assert outbox.waiting() == 1


def test_what_goes_to_this_machine_passes_no_proxy(
    outbox: Outbox, result: Made, bundle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put(result(0), bundle.manifest)
    with server(0, 1.0) as proxy, server(0, 1.0) as url:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        with receiver(url) as to:
            assert quietly(outbox, to).confirmed == 1
        monkeypatch.delenv("http_proxy")
        assert (len(seen_by(proxy)["store"]), len(seen_by(url)["store"]) > 0) == (0, True)
