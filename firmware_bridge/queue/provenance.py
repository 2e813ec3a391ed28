"""FHIR Provenance: which device stored a result when, in which order, by what clock."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from firmware_bridge.fhir import NAMESPACE
from firmware_bridge.queue.clock import utc_text

if TYPE_CHECKING:
    from firmware_bridge.queue.record import Stamp

SYSTEM = "urn:fetal-hemo"


def with_provenance(transaction: dict[str, Any], stamp: Stamp) -> dict[str, Any]:
    """The transaction with one entry more, whose id follows from the device and the result."""
    entries = transaction["entry"]
    name = str(uuid.uuid5(NAMESPACE, f"{stamp.device}/{transaction['id']}/Provenance"))
    targets = [
        entry["fullUrl"] for entry in entries if entry["resource"]["resourceType"] != "Device"
    ]
    resource = {
        "resourceType": "Provenance",
        "id": name,
        "extension": _extensions(stamp),
        "target": [{"reference": target} for target in targets],
        "recorded": utc_text(stamp.wall_s),
        "agent": [{"who": {"identifier": {"system": f"{SYSTEM}:device", "value": stamp.device}}}],
    }
    request = {"method": "PUT", "url": f"Provenance/{name}"}
    entry = {"fullUrl": f"urn:uuid:{name}", "resource": resource, "request": request}
    return {**transaction, "entry": [*entries, entry]}


def _extensions(stamp: Stamp) -> list[dict[str, Any]]:
    """The order of results, which holds whatever the wall clock did."""
    found: list[dict[str, Any]] = [
        {"url": f"{SYSTEM}:boot", "valueInteger": stamp.boot},
        {"url": f"{SYSTEM}:sequence", "valueInteger": stamp.sequence},
        {"url": f"{SYSTEM}:monotonic-s", "valueDecimal": round(stamp.monotonic_s, 3)},
    ]
    if stamp.clock_suspect is not None:
        found.append({"url": f"{SYSTEM}:clock-suspect", "valueCode": stamp.clock_suspect})
    return found
