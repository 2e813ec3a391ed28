"""The `verify` verb: is this bundle whole, signed by someone trusted, and right on this machine?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from firmware_bridge.bundle import open_bundle
from firmware_bridge.counters import adopt
from firmware_bridge.errors import EXIT_OK, FetalHemoError
from firmware_bridge.output import print_json, print_text
from firmware_bridge.screen import Screener
from firmware_bridge.stdout_guard import keep_stdout_clean
from firmware_bridge.trust import trusted_keys


def verify_bundle(
    path: str, trust: Sequence[str] = (), as_json: bool = False, adopting: bool = False
) -> int:
    """The exit status after checking a bundle and running its self-test: 0, 5 or 2 (E-KEY).

    What is wrong first is named. With `adopting` a right one is the oldest release of its name
    that this device takes from now on; 6 (E-STORAGE) where that cannot be recorded.
    """
    keep_stdout_clean()
    try:
        screener = _checked(path, trust, adopting)
    except FetalHemoError as error:
        if as_json:
            print_json({"ok": False, "code": error.code, "message": error.what})
        print(error.line(), file=sys.stderr)
        return error.exit_status
    found = describe(screener)
    if as_json:
        print_json(found)
    else:
        print_text(_as_text(found))
    return EXIT_OK


def _checked(path: str, trust: Sequence[str], adopting: bool) -> Screener:
    """Adopted only after all else: a bundle that is not right changes no record."""
    if not adopting:
        return Screener.load(path, trust)
    screener = Screener(open_bundle(path, trusted_keys(trust)))
    adopt(screener.bundle.manifest, screener.bundle.where)
    return screener


def describe(screener: Screener) -> dict[str, Any]:
    """What a verified bundle is, as plain JSON values."""
    bundle, manifest = screener.bundle, screener.bundle.manifest
    named = ("name", "version", "created", "simulated", "notice", "counter", "signing_key_id")
    return {
        "ok": True,
        **{key: manifest[key] for key in named},
        "sha256": bundle.sha256,
        "bytes": bundle.size,
        "self_test_max_abs": screener.self_test_max_abs,
        "self_test_tolerance": manifest["tolerances"]["golden_abs"],
        "quantisation": manifest["quantisation"],
        "members": manifest["members"],
    }


def _as_text(found: dict[str, Any]) -> str:
    kind = "trained on simulated data" if found["simulated"] else "trained on recorded data"
    return "\n".join(
        [
            f"{found['name']} {found['version']}: whole, trusted and right on this machine",
            f"  {kind}, made {found['created']}, {found['bytes']} bytes",
            f"  sha256 {found['sha256']}, key {found['signing_key_id']}",
            f"  self-test: largest difference {found['self_test_max_abs']:.2g}, "
            f"allowed {found['self_test_tolerance']:g}",
            f"  {found['notice']}",
        ]
    )
