"""`listen` as a process: output, exit status, Ctrl-C, and the same result as `screen`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyte
import pytest
import soundfile

import firmware_bridge
from firmware_bridge.link.frames import Header, encode_stream

SCHEMAS = Path(firmware_bridge.__file__).parent / "schemas"
EVENT, RESULT = (
    json.loads((SCHEMAS / f"{name}.schema.json").read_text()) for name in ("listen", "result")
)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def model(signed: Any) -> list[str]:
    return ["--bundle", str(signed.path), "--trust", str(signed.public_key)]


@pytest.fixture
def beats() -> np.ndarray:
    """Twelve seconds of int16 noise that swells 140 times a minute."""
    at = np.arange(12 * 4_000) / 4_000
    loud = 0.03 + np.exp(-(((at * 140 / 60) % 1.0 - 0.3) ** 2) / 0.01)
    noise = np.random.default_rng(4).normal(size=at.size)
    return np.clip(3_000 * noise * loud, -32_768, 32_767).astype(np.int16)


@pytest.fixture
def path(tmp_path: Path, beats: np.ndarray) -> Path:
    path = tmp_path / "beats.flac"
    soundfile.write(path, beats, 4_000)
    return path


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "firmware_bridge", *map(str, arguments)]


def run(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments), capture_output=True, timeout=60, env=ENVIRONMENT, **options
    )


def started(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """The command, while it runs."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*arguments), stdout=pipe, stderr=pipe, env=ENVIRONMENT)


def lines_of(output: bytes) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events and the result, each as its published schema says."""
    *events, result = [json.loads(line) for line in output.splitlines()]
    for event in events:
        jsonschema.validate(event, EVENT)
    jsonschema.validate(result, RESULT)
    return events, {**result, "timing_s": 0}


def test_all_that_is_said_while_listening_is_in_the_language(path: Path, model: list[str]) -> None:
    spoken = run("listen", "--source", f"wav:{path}@max", "--language", "es", *model)
    log = spoken.stderr.decode()
    assert log.startswith("escuchando wav a 4000 Hz\n")
    assert "de buena señal" in log
    assert "good" not in log
    events = run("listen", "--source", f"wav:{path}@max", "--language", "es", "--json", *model)
    told = [json.loads(line) for line in events.stdout.splitlines()][:-1]
    assert told[-1]["sentence"].startswith("el sonido ha terminado; faltan ")


def test_a_file_ends_as_screen_does(model: list[str], path: Path) -> None:
    heard = run("listen", "--source", f"wav:{path}@max", *model, "--json")
    screened = run("screen", path, *model, "--json")
    events, result = lines_of(heard.stdout)
    assert result == {**json.loads(screened.stdout), "timing_s": 0}
    assert heard.returncode == screened.returncode
    assert heard.stderr == b""
    names = [event["event"] for event in events]
    assert (names[0], names[-1]) == ("started", "ended")
    assert (names.count("signal"), names.count("window")) == (34, 3)
    assert events[-1]["why"] == "source"


def test_raw_samples_on_standard_input(model: list[str], path: Path, beats: np.ndarray) -> None:
    done = run("listen", "--source", "stdin", *model, "--json", input=beats.tobytes())
    _, result = lines_of(done.stdout)
    screened = json.loads(run("screen", path, *model, "--json").stdout)
    for part in ("windows", "beats_s", "heart_rate", "probability", "reasons"):
        assert result[part] == screened[part]


def test_a_probe_on_a_port(model: list[str], beats: np.ndarray, plug: Callable[..., Any]) -> None:
    port, start = plug(encode_stream(Header(1, 4_000, 20.0, 100), beats))
    process = subprocess.Popen(
        command("listen", "--source", f"serial:{port}", *model, "--json"),
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert json.loads(first)["event"] == "waiting"
    start()
    output, _ = process.communicate(timeout=60)
    events, result = lines_of(first + output)
    assert process.returncode in (0, 4)
    assert events[-1]["counters"]["good"] == 480
    assert result["recording"]["duration_s"] == 12.0
    assert result["heart_rate"]["mean_bpm"] == pytest.approx(140, abs=2)


def test_a_listener_that_is_held_up_loses_sound_but_not_time(
    model: list[str], beats: np.ndarray, plug: Callable[..., Any]
) -> None:
    """The process stands still while the probe goes on: its bytes are lost in the kernel."""
    most_sent = threading.Event()

    def sending() -> Iterator[bytes]:
        for count, wire in enumerate(encode_stream(Header(1, 4_000, 20.0, 100), beats)):
            yield wire
            if count == 430:  # 90 kB, of which the kernel keeps 64
                most_sent.set()

    port, start = plug(sending(), pause_s=0.003, impatient=True)
    process = subprocess.Popen(
        command("listen", "--source", f"serial:{port}", *model, "--json"),
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    waiting = process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    start()
    assert most_sent.wait(30)
    process.send_signal(signal.SIGCONT)
    output, _ = process.communicate(timeout=60)
    events, result = lines_of(waiting + output)
    counters = events[-1]["counters"]
    assert counters["lost"] > 40
    sent = counters["good"] + counters["lost"]
    assert 440 < sent <= 480  # frames lost at the very end are not missed
    assert result["recording"]["duration_s"] == sent * 100 / 4_000
    last = result["windows"][-1]
    assert (last["quality"], last["dead_share"], last["usable"]) == ("silent", 1.0, False)
    assert any("sound is lost" in event.get("sentence", "") for event in events)


def test_a_probe_that_goes_wrong_is_named_beside_the_result(
    model: list[str], beats: np.ndarray
) -> None:
    wires = [*encode_stream(Header(1, 4_000, 0.0, 100), beats)]
    wires += encode_stream(Header(1, 8_000, 0.0, 100), beats)
    arguments = ["--source", "stdin", "--framed", *model, "--json"]
    done = run("listen", *arguments, input=b"".join(wires))
    events, result = lines_of(done.stdout)
    assert events[-1]["why"] == "fault"
    assert result["recording"]["duration_s"] == 12.0
    assert done.returncode in (0, 4)
    assert done.stderr.startswith(b"E-LINK: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_gives_the_result_of_what_was_heard(
    model: list[str], path: Path, number: signal.Signals
) -> None:
    process = started("listen", "--source", f"wav:{path}@4x", *model, "--json")
    assert process.stdout is not None
    before = b""
    while b'"window"' not in before:
        before += process.stdout.readline()
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    events, result = lines_of(before + output)
    assert events[-1]["why"] == "stopped"
    assert result["outcome"] in ("screened", "abstained")
    assert 3.75 <= result["recording"]["duration_s"] < 12
    assert process.returncode in (0, 4)
    assert errors == b""


def test_stopping_before_anything_can_be_said(model: list[str], path: Path) -> None:
    process = started("listen", "--source", f"wav:{path}@1x", *model, "--json")
    assert process.stdout is not None
    before = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    _, result = lines_of(before + output)
    assert result["reasons"] == ["E-TOO-SHORT"]
    assert process.returncode == 130
    assert errors.startswith(b"E-TOO-SHORT: ")


def test_no_sound_is_refused(model: list[str]) -> None:
    done = run("listen", "--source", "stdin", *model, "--json", input=b"")
    assert done.returncode == 3
    assert lines_of(done.stdout)[1]["reasons"] == ["E-SOURCE"]
    assert done.stderr.startswith(b"E-SOURCE: ")


def test_closed_standard_input(model: list[str]) -> None:
    line = " ".join(command("listen", "--source", "stdin", *model, "--json")) + " <&-"
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, env=ENVIRONMENT)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"E-SOURCE: it is closed: standard input\n"


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["--source", "radio"], 2, b"E-USAGE"),
        (["--source", "serial:/dev/null"], 3, b"E-SOURCE"),
        (["--source", "wav:/nowhere"], 3, b"E-NOT-FOUND"),
        (["--source", "stdin", "--minutes", "0"], 2, b"E-USAGE"),
        (["--source", "stdin", "--minutes", "x"], 2, b"E-USAGE"),
        ([], 2, b"E-USAGE"),
    ],
)
def test_what_cannot_be_heard_is_one_line(
    model: list[str], arguments: list[str], status: int, code: bytes
) -> None:
    done = run("listen", *arguments, *model, "--json")
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.startswith(code)
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_goes_away(model: list[str], path: Path) -> None:
    process = started("listen", "--source", f"wav:{path}@4x", *model, "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read().startswith(b"E-STORAGE: ")
    assert process.wait(30) == 6


def test_lines_for_a_log(model: list[str], path: Path) -> None:
    done = run("listen", "--source", f"wav:{path}@max", *model)
    assert b"no probability" in done.stdout or b"probability" in done.stdout
    told = done.stderr.decode().splitlines()
    assert told[0] == "listening to wav at 4000 Hz"
    assert told[1].startswith("0:03  140 bpm")
    assert told[-1].startswith("the sound has ended; ")


def test_the_panel_on_a_real_terminal(model: list[str], path: Path) -> None:
    """Standard error is a terminal: big digits there, and only the result on standard output."""
    master, slave = os.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        command("listen", "--source", f"wav:{path}@8x", *model),
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
    )
    os.close(slave)
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    seen: list[str] = []
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            data = os.read(master, 4_096)
        except OSError:
            break  # the other side has closed
        stream.feed(data)
        seen.append("\n".join(screen.display))
    output, _ = process.communicate(timeout=30)
    os.close(master)
    assert any("beats a minute" in text and "██" in text for text in seen)
    assert any("s more of good signal needed" in text for text in seen)
    assert b"windows: " in output
    assert b"\x1b" not in output


def test_what_was_heard_waits_in_the_queue(model: list[str], path: Path, tmp_path: Path) -> None:
    queue = tmp_path / "queue.db"
    source = ["--source", f"wav:{path}@max", "--queue", queue, "--language", "es"]
    heard = run("listen", *source, *model, "--json")
    _, result = lines_of(heard.stdout)
    listed = run("queue", "list", queue, "--json")
    (waiting,) = [json.loads(line) for line in listed.stdout.splitlines()]
    assert waiting["result"]["outcome"] == result["outcome"]
    assert "diagn\u00f3stico" in json.dumps(result, ensure_ascii=False)
