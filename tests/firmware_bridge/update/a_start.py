"""One start in a process of its own, to which something happens in the self-test of one release.

    FETAL_HEMO_SLOTS=DIR python a_start.py SIGNAL VERSION

The process sends SIGNAL to itself, as a native library that crashes would, on this machine only.
Prints the version in use.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from firmware_bridge import screen
from firmware_bridge.update.active import load_active

real = screen.self_test


def eventful(bundle: Any, *runners: Any) -> float:
    """The real self-test, after the signal if it is that release."""
    if bundle.manifest["version"] == sys.argv[2]:
        os.kill(os.getpid(), signal.Signals[sys.argv[1]])
    return real(bundle, *runners)


screen.self_test = eventful
print(load_active().bundle.manifest["version"])
