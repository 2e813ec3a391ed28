"""Which releases this device has taken over: an older one of the same signer and name is refused.

Nothing is recorded until somebody says so (`verify --adopt`), so that a workstation may compare
old models with new ones. The record lies beside the user's keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.store import PRIVATE, make_folder, write_atomically
from firmware_bridge.streams import note
from firmware_bridge.trust import user_key_folder

RECORD = "adopted.json"


def record_path() -> Path:
    """`adopted.json` in the folder that holds the user's folder of keys."""
    return user_key_folder().parent / RECORD


def open_allowed(path: str | Path, trusted: dict[str, bytes]) -> Bundle:
    """The verified bundle of a file, no older than adopted; raises as `open_bundle` and below."""
    bundle = open_bundle(path, trusted)
    check_counter(bundle.manifest, bundle.where)
    return bundle


def check_counter(manifest: dict[str, Any], where: str) -> None:
    """Raises `FetalHemoError` E-BUNDLE-OLDER for a release before the adopted one, E-STORAGE."""
    adopted = _read()
    if adopted is None:  # never taken for "nothing adopted": that would let an old model in
        what = "the record of adopted models is damaged"
        fix = "restore it, or have `verify --adopt` begin it anew, for each model"
        raise FetalHemoError("E-STORAGE", what, str(record_path()), fix)
    least = adopted.get(release_of(manifest), 0)
    if manifest["counter"] < least:
        what = f"release {manifest['counter']} of {manifest['name']}, this device adopted {least}"
        raise FetalHemoError("E-BUNDLE-OLDER", what, where, "use the newer one")


def adopt(manifest: dict[str, Any], where: str) -> None:
    """Refuse older releases of this signer and name from now on; raises as `check_counter`.

    A damaged record is begun anew: whoever adopts a release asks for it, and is told.
    """
    adopted = _read()
    if adopted is None:
        text = "the damaged record of adopted models is begun anew; adopt the others again"
        note(f"{text}: {record_path()}")
    else:
        check_counter(manifest, where)
    make_folder(record_path().parent)
    text = json.dumps(highest(adopted or {}, [manifest]), indent=1) + "\n"
    write_atomically(record_path(), text.encode(), PRIVATE)


def highest(counters: dict[str, int], manifests: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Counters by signer and name, raised to those of `manifests`."""
    raised = dict(counters)
    for manifest in manifests:
        release = release_of(manifest)
        raised[release] = max(manifest["counter"], raised.get(release, 0))
    return raised


def release_of(manifest: dict[str, Any]) -> str:
    """What counters are compared within: the signer and the model's name."""
    return f"{manifest['signing_key_id']} {manifest['name']}"


def _read() -> dict[str, int] | None:
    """What was adopted, or None if the record is damaged; raises E-STORAGE."""
    path = record_path()
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:  # it may be whole
        what = f"the record of adopted models cannot be read ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what, str(path), "make it readable") from None
    except (ValueError, RecursionError):
        return None
    whole = isinstance(content, dict) and all(type(x) is int for x in content.values())
    return content if whole else None
