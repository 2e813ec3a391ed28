"""Does the model fit the device it is for?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from export.cost import multiply_adds, trunk_memory
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.settings_export import Budget
from firmware_bridge.bundle import Bundle

MCU = "mcu"
SCREEN_S = 600
# VmHWM and not ru_maxrss: the latter begins with the memory of the process that forked.
SCREEN_TEN_MINUTES = f"""
import sys
import numpy as np
from firmware_bridge.screen import Screener
from firmware_bridge.constants import SAMPLE_RATE_HZ
screener = Screener.load(sys.argv[1], sys.argv[2:])
noise = np.random.default_rng(0).normal(0, 0.1, {SCREEN_S} * SAMPLE_RATE_HZ).astype(np.float32)
screener.screen(noise, SAMPLE_RATE_HZ)
lines = open("/proc/self/status").read().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")).split()[1])
"""


class Cost(NamedTuple):
    """What a model takes, in the units of a `Budget`."""

    bytes: int
    multiply_adds: int
    peak_ram_bytes: int


def cost_of(bundle: Bundle, path: Path, public_key: Path, target: str) -> Cost:
    """The `Cost` on a target: of the int8 trunks on a microcontroller, else of the whole bundle.

    Peak memory of the latter is that of a process on this machine that screens ten minutes.
    Raises `FetalHemoError` E-EXPORT-GATE if that process fails.
    """
    window = bundle.members["window.onnx"]
    if target == MCU:
        memory = trunk_memory(window)
        return Cost(memory.constants, multiply_adds(window, in_trunk=True), memory.activations)
    return Cost(bundle.size, multiply_adds(window), screening_bytes(path, public_key))


def screening_bytes(path: Path, public_key: Path) -> int:
    """Peak resident bytes of a process that loads a bundle and screens ten minutes of noise."""
    command = [sys.executable, "-c", SCREEN_TEN_MINUTES, str(path), str(public_key)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        what = f"the bundle does not screen: {done.stderr.strip()[-200:]}"
        raise FetalHemoError("E-EXPORT-GATE", what, str(path))
    return 1024 * int(done.stdout)


def require_budget(cost: dict[str, Any], budget: Budget, target: str, where: str) -> None:
    """Raises `FetalHemoError` E-EXPORT-GATE naming the first amount beyond the budget."""
    for name in Cost._fields:
        used = cost[name]
        allowed = getattr(budget, name)
        if used > allowed:
            what = f"{used:,} {name.replace('_', ' ')}, the budget of {target} is {allowed:,}"
            fix = "make [model] smaller, or choose another [export] target"
            raise FetalHemoError("E-EXPORT-GATE", what, where, fix)
