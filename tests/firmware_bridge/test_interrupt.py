"""Ctrl-C while native packages are imported ends as Ctrl-C does at any other time."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from firmware_bridge.interrupt import interrupt_noted

# Presses Ctrl-C where onnxruntime imports numpy: a plain ImportError comes of it.
PRESSED = """
import os, signal, sys
from {package}.cli import main

class Press:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise ImportError("import numpy failed") from None

sys.meta_path.insert(0, Press())
sys.exit(main({arguments}))
"""

HIDDEN = ImportError("import numpy failed")  # what a Ctrl-C can look like


@pytest.mark.parametrize(
    ("package", "arguments", "fix"),
    [
        ("firmware_bridge", ["screen", "a.wav"], ""),
        ("fetal_hemo", ["screen", "a.wav"], "; run it again"),
        (
            *("fetal_hemo", ["pretrain", "COHORT", "--out", "RUN"]),
            "; run it again, with --resume if it had begun",
        ),
        (
            *("fetal_hemo", ["evaluate", "COHORT", "--study", "RECIPE", "--out", "STUDY"]),
            "; run it again, with --resume if it had begun",
        ),
        (
            *("fetal_hemo", ["evaluate", "RUN", "COHORT", "--out", "STUDY"]),
            "; run it again, with another --out if it had begun",
        ),
    ],
)
def test_an_import_that_hides_the_interrupt(
    package: str, arguments: list[str], fix: str, tmp_path: Path
) -> None:
    code = PRESSED.format(package=package, arguments=arguments)
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == f"E-INTERRUPTED: stopped by the user{fix}\n"


def test_the_handler_is_put_back_and_another_ones_left_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with interrupt_noted() as is_interrupt:
            assert not is_interrupt(HIDDEN)
            assert is_interrupt(KeyboardInterrupt())
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            assert is_interrupt(HIDDEN)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with interrupt_noted():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_is_changed() -> None:
    said: list[bool] = []

    def look() -> None:
        with interrupt_noted() as is_interrupt:
            said.append(is_interrupt(HIDDEN))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert said == [False]
