"""`listen` to a wire whose numbers jump: little memory is enough, and it ends."""

from __future__ import annotations

import os
import resource
import subprocess
import tracemalloc
from typing import Any

import numpy as np
import pytest

from firmware_bridge.link.frames import Header, encode_header, encode_samples
from firmware_bridge.listen.sources.probe import ProbeSource
from tests.firmware_bridge.listen.test_command import ENVIRONMENT, command, lines_of

FAST = 192_000  # Hz
ROOM = 4_000_000 * 1_024  # bytes of addresses, several times what listening needs
MINUTE_S = 60


def jumping(rate_hz: int, frames: int) -> bytes:
    """Frames of one sample, a minute of numbers between two of them."""
    wire = encode_header(Header(1, rate_hz, 0.0, 1))
    ones = np.ones(1, np.int16)
    numbers = range(0, frames * MINUTE_S * rate_hz, MINUTE_S * rate_hz)
    return wire + b"".join(encode_samples(number % 2**32, ones) for number in numbers)


@pytest.mark.parametrize(("rate_hz", "frames"), [(FAST, 300), (4_000, 4_000)])
def test_kilobytes_make_a_minute_of_silence(signed: Any, rate_hz: int, frames: int) -> None:
    wire = jumping(rate_hz, frames)
    assert len(wire) < 64_000
    model = "--bundle", signed.path, "--trust", signed.public_key
    done = subprocess.run(
        command("listen", "--source", "stdin", "--framed", "--json", *model),
        input=wire,
        capture_output=True,
        timeout=120,
        env=ENVIRONMENT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    )
    assert (done.returncode, done.stderr) == (4, b"")
    events, result = lines_of(done.stdout)
    assert events[-1]["why"] == "source"
    assert MINUTE_S <= result["recording"]["duration_s"] < MINUTE_S + 20
    assert result["reasons"][0] == "A-SILENT"
    counters = events[-1]["counters"]
    assert counters["good"] == frames
    assert counters["restarts"] > 0.9 * frames


def test_reading_what_waits_takes_the_memory_of_what_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, jumping(FAST, 4_000))
    os.close(writing)
    source = ProbeSource("stdin", reading, "a pipe")
    source.start()
    most = heard = 0
    tracemalloc.start()
    while not source.ended:
        heard += sum(len(one.frames) for one in source.read())
        most = max(most, tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    source.close()
    assert most < 3_000_000
    assert MINUTE_S * FAST < heard < (MINUTE_S + 1) * FAST
