"""The example that plays a file as a probe, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

from firmware_bridge.link import LinkReceiver
from firmware_bridge.link.serial_port import open_port

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "probe.py"


def test_it_sends_what_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.random.default_rng(0).normal(size=16_000) * 0.1, 4_000)
    probe = subprocess.Popen(
        [sys.executable, SCRIPT, path, "--lose", "0.05"], stdout=subprocess.PIPE, text=True
    )
    assert probe.stdout is not None
    port = open_port(probe.stdout.readline().strip())
    receiver, end = LinkReceiver(), time.monotonic() + 20
    try:
        while receiver.counters.good < 60:
            assert time.monotonic() < end
            time.sleep(0.05)
            try:
                receiver.feed(os.read(port, 4_096))
            except BlockingIOError:
                continue
    finally:
        probe.kill()
        probe.wait()
        os.close(port)
    assert receiver.header is not None
    assert receiver.header.rate_hz == 4_000
    assert receiver.counters.broken <= 1  # the one in which we came
