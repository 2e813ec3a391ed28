"""One stored result with the time and the order in which it was stored."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

from firmware_bridge.fhir import to_fhir
from firmware_bridge.queue.clock import utc_text
from firmware_bridge.queue.provenance import with_provenance
from firmware_bridge.result import Abstained, Screened

MAX_BYTES = 16 * 2**20  # of an unpacked record: an hour of windows takes 200 kB


@dataclass(frozen=True)
class Stamp:
    """When and where a result was stored; (device, boot, sequence) is the order of results."""

    device: str
    boot: int
    sequence: int
    monotonic_s: float
    wall_s: float
    clock_suspect: str | None  # why the wall clock is not believed

    def to_json(self) -> dict[str, Any]:
        """The stamp as plain JSON values."""
        return {
            "device": self.device,
            "boot": self.boot,
            "sequence": self.sequence,
            "monotonic_s": round(self.monotonic_s, 3),
            "time": utc_text(self.wall_s),
            "clock_suspect": self.clock_suspect,
        }


@dataclass(frozen=True)
class Record:
    """A stored result, whole."""

    id: str  # of its FHIR transaction: the same recording and model, the same id
    stamp: Stamp
    handed_over: bool
    result: dict[str, Any]
    fhir: dict[str, Any]

    def transaction(self) -> dict[str, Any]:
        """The FHIR transaction that a receiver gets, the same bytes each time."""
        return with_provenance(self.fhir, self.stamp)


def pack_payload(result: Screened | Abstained) -> bytes:
    """What is stored of a result: its JSON and its FHIR transaction, compressed."""
    found = {"result": result.to_json(), "fhir": to_fhir(result)}
    return zlib.compress(json.dumps(found, allow_nan=False).encode())


def unpack_payload(data: bytes) -> dict[str, Any]:
    """The result and the transaction again; raises ValueError for damage."""
    unpacker = zlib.decompressobj()
    try:
        found = json.loads(unpacker.decompress(data, MAX_BYTES))
    except (zlib.error, ValueError, RecursionError):
        raise ValueError("damaged") from None
    if not isinstance(found, dict) or found.keys() != {"result", "fhir"}:
        raise ValueError("damaged")
    return found
