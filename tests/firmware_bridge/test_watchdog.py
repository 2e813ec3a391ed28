"""systemd's datagrams, received as systemd receives them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from firmware_bridge.watchdog import ready, still_alive


@pytest.mark.parametrize("named", ["path", "abstract"])
def test_messages_arrive(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify") if named == "path" else f"@fetal-hemo-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(address.replace("@", "\0"))
        supervisor.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        ready()
        still_alive()
        assert [supervisor.recv(100), supervisor.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


@pytest.mark.parametrize("address", [None, "", "relative", "/none/there", "vsock:2:3"])
def test_without_a_supervisor_nothing_happens(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    still_alive()


def test_a_supervisor_that_does_not_listen_blocks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        for _ in range(5_000):
            still_alive()


def test_screening_says_that_it_goes_on(signed: Any, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=20_000) * 0.1
    soundfile.write(tmp_path / "noise.wav", noise, 4_000)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(0.1)
        model = ["--bundle", str(signed.path), "--trust", str(signed.public_key)]
        command = [sys.executable, "-m", "firmware_bridge", "screen", *model]
        command += [str(tmp_path / "noise.wav")] * 2
        environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        subprocess.run(command, env=environment, capture_output=True, timeout=60)
        heard = [supervisor.recv(100) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
