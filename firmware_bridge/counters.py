"""Which releases this device has taken over: an older one of the same signer and name is refused.

Nothing is recorded until somebody says so (`verify --adopt`), so that a workstation may compare
old models with new ones. The record lies beside the user's keys.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.store import PRIVATE, make_folder, write_atomically
from firmware_bridge.trust import user_key_folder

RECORD = "adopted.json"


def record_path() -> Path:
    """`adopted.json` in the folder that holds the user's folder of keys."""
    return user_key_folder().parent / RECORD


def check_counter(manifest: dict[str, Any], where: str) -> None:
    """Raises `FetalHemoError` E-BUNDLE-OLDER for a release before the adopted one, E-STORAGE."""
    adopted = _read().get(release_of(manifest), 0)
    if manifest["counter"] < adopted:
        what = f"release {manifest['counter']} of {manifest['name']}, this device adopted {adopted}"
        raise FetalHemoError("E-BUNDLE-OLDER", what, where, "use the newer one")


def adopt(manifest: dict[str, Any]) -> None:
    """Refuse older releases of this signer and name from now on. Raises E-STORAGE."""
    adopted = _read()
    name = release_of(manifest)
    adopted[name] = max(manifest["counter"], adopted.get(name, 0))
    make_folder(record_path().parent)
    write_atomically(record_path(), (json.dumps(adopted, indent=1) + "\n").encode(), PRIVATE)


def release_of(manifest: dict[str, Any]) -> str:
    """What counters are compared within: the signer and the model's name."""
    return f"{manifest['signing_key_id']} {manifest['name']}"


def _read() -> dict[str, int]:
    path = record_path()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        content = None
    whole = isinstance(content, dict) and all(type(x) is int for x in content.values())
    if not whole:  # never taken for "nothing adopted": that would let an old model in
        what = "the record of adopted models cannot be read"
        raise FetalHemoError("E-STORAGE", what, str(path), "restore it, or adopt the model again")
    return dict(content)
