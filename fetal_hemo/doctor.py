"""What this installation can do, and what it lacks."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from firmware_bridge import __version__
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.screen import Screener
from firmware_bridge.trust import user_key_folder

DEVICE = ("numpy", "onnxruntime", "soundfile", "soxr", "cryptography")
WORKSTATION = (
    "torch",
    "onnx",
    "onnxscript",
    "scipy",
    "scikit-learn",
    "safetensors",
    "jinja2",
    "matplotlib",
)


def doctor() -> dict[str, Any]:
    """Facts as JSON values: versions, which of the two installs is complete, the shipped bundle."""
    device, workstation = _versions(DEVICE), _versions(WORKSTATION)
    return {
        "fetal_hemo": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "device": {"complete": None not in device.values(), "packages": device},
        "workstation": {"complete": None not in workstation.values(), "packages": workstation},
        "default_bundle": _default_bundle(),
        "own_key": (user_key_folder() / "user.key").exists(),
        "utf8": sys.flags.utf8_mode == 1 or sys.getfilesystemencoding() == "utf-8",
    }


def _versions(packages: tuple[str, ...]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _default_bundle() -> dict[str, Any]:
    """Whether the shipped bundle verifies and passes its self-test on this machine."""
    try:
        bundle = Screener.load().bundle
    except FetalHemoError as error:
        return {"ok": False, "code": error.code, "message": error.what}
    return {"ok": True, "name": bundle.manifest["name"], "version": bundle.manifest["version"]}


def as_text(facts: dict[str, Any]) -> str:
    """The facts for a person."""
    lines = [f"fetal-hemo {facts['fetal_hemo']} on Python {facts['python']}, {facts['machine']}"]
    for install, use in (("device", "screen, verify, bench"), ("workstation", "training, export")):
        packages = facts[install]["packages"]
        missing = [name for name, found in packages.items() if found is None]
        state = f"lacks {', '.join(missing)}" if missing else "complete"
        lines.append(f"{install} ({use}): {state}")
    if not facts["workstation"]["complete"]:
        lines.append("  to train: pip install 'fetal-hemo[train]'")
    bundle = facts["default_bundle"]
    good = bundle["ok"]
    what = f"{bundle['name']} {bundle['version']} is right here" if good else bundle["message"]
    lines.append(f"shipped model: {what}")
    return "\n".join(lines)
