"""A small simulated cohort, and the shipped model under other names and pressures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.bundle import write_bundle
from export.keys import write_public_key
from fetal_hemo.simulate import simulate_cohort
from firmware_bridge.bundle import open_bundle
from firmware_bridge.manifest import SIGNED_MEMBERS
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys

LIMITS = {"elevated": [90, 55], "hypertensive": [105, 70], "severe": [160, 110]}


class Signed(NamedTuple):
    """A bundle and the key of its signer."""

    path: Path
    public_key: Path


def small_cohort(folder: Path, **cells: str) -> Path:
    """The folder of 16 simulated women with 45 s of sound a visit.

    Every row but the first holds these `cells` instead of its own.
    """
    simulate_cohort(folder, women=16, seed=3, minutes=0.75, prevalence=0.4, jobs=1)
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[1:]:
        row |= cells
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def shipped_model(folder: Path, name: str, **manifest: Any) -> Signed:
    """The shipped model as a bundle of that name, with its card and what `manifest` changes."""
    shipped = open_bundle(DEFAULT_BUNDLE, trusted_keys())
    unsigned = {"members", "signing_key_id"}
    known = {key: value for key, value in shipped.manifest.items() if key not in unsigned}
    members = {member: shipped.members[member] for member in SIGNED_MEMBERS}
    card = f"# {name} {known['version']}\n\n**Instrument**, shown to detect raised pressure.\n"
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signed = Signed(folder / "model.fhb", folder / "signer.pub")
    write_public_key(key, signed.public_key, "for tests")
    members["MODEL_CARD.md"] = card.encode()
    write_bundle(signed.path, members, {**known, "name": name, **manifest}, key)
    return signed
