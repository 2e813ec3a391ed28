"""One cell of a manifest: text in, value out, or a sentence that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from firmware_bridge.printable import printable

NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
WHOLE = re.compile(r"[0-9]{1,12}(\.0{1,12})?")  # spreadsheets write 2.0 for 2
DATE = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}")
UNKNOWN = "leave unknown values empty"
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
LONGEST_ID = 128
MMHG_A_KPA = 7.50062
LONGEST_SHOWN = 40
LONGEST_TOLD = 6  # characters of a number


class Refused(ValueError):
    """What is wrong with a cell; `fix` says what would do."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.fix = fix


def shown(text: str) -> str:
    """The text in quotes, cut and with nothing unprintable, to stand in a message."""
    cut = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
    return f'"{printable(cut)}"'


def identifier(text: str) -> str:
    """An id that can also be part of a file name."""
    if not text:
        raise Refused("is empty", "every recording needs one")
    if len(text.encode()) > LONGEST_ID:
        raise Refused(f"is longer than {LONGEST_ID} bytes")
    if not text.isprintable() or any(c in '/\\:*?"<>|' for c in text) or not text.strip("."):
        raise Refused("holds a character that cannot stand in a file name")
    return text


def audio_path(text: str) -> str:
    """A path with `/` that stays inside the cohort's folder."""
    if not text:
        raise Refused("is empty", "every recording needs one")
    if not text.isprintable():
        raise Refused("holds an unprintable character")
    if "\\" in text or ":" in text:
        raise Refused("holds a backslash or a colon", "write it relative to the manifest, with /")
    path = PurePosixPath(text)
    if path.is_absolute():
        raise Refused("is absolute", "write it relative to the manifest's folder")
    if ".." in path.parts:
        raise Refused("leaves the manifest's folder", "keep the audio beside the manifest")
    return str(path)  # without "./" and "//": one file has one spelling


def sha256(text: str) -> str | None:
    """A hash in lower case, None when empty."""
    if text and not SHA256.fullmatch(text):
        raise Refused("is not a sha256", "write 64 hexadecimal digits or leave it empty")
    return text.lower() or None


def optional_text(text: str) -> str | None:
    """The text, None when empty."""
    return text or None


def number(low: float, high: float, unit: str) -> Callable[[str], float | None]:
    """A reader of numbers from `low` to `high`; empty is None."""

    def read(text: str) -> float | None:
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            fix = "write decimals with a point" if "," in text else UNKNOWN
            raise Refused(f"{_told(text)} is not a number", fix)
        return _inside(float(text), text, low, high, unit)

    return read


def pressure(low: float, high: float) -> Callable[[str], float | None]:
    """A reader of mmHg, which knows kPa when it sees them."""
    mmhg = number(low, high, "mmHg")

    def read(text: str) -> float | None:
        try:
            return mmhg(text)
        except Refused as error:
            if NUMBER.fullmatch(text) and low <= MMHG_A_KPA * float(text) <= high:
                fix = f"is it kPa? multiply by {MMHG_A_KPA:.2f}"
                raise Refused(str(error), fix) from None
            raise

    return read


def whole(low: int, high: int, unit: str) -> Callable[[str], int | None]:
    """A reader of whole numbers from `low` to `high`; empty is None."""

    def read(text: str) -> int | None:
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            fix = "number a woman's visits 1, 2, 3" if DATE.fullmatch(text) else UNKNOWN
            raise Refused(f"{_told(text)} is not a whole number", fix)
        return int(_inside(float(text), text, low, high, unit))

    return read


def _inside(value: float, text: str, low: float, high: float, unit: str) -> float:
    if not low <= value <= high:
        limits = f"{low:.12g} to {high:.12g} {unit}".rstrip()
        raise Refused(f"{_told(text)} is outside {limits}", "correct it or leave it empty")
    return value


def _told(text: str) -> str:
    """A short number as it stands; anything else may be a name or phone of the wrong column."""
    return text if NUMBER.fullmatch(text) and len(text) <= LONGEST_TOLD else "the value"


READERS: dict[str, Callable[[str], Any]] = {
    "recording_id": identifier,
    "participant_id": identifier,
    "visit_id": identifier,
    "path": audio_path,
    "gestational_age_days": number(70, 310, "days"),
    "sbp_mmhg": pressure(60, 280),
    "dbp_mmhg": pressure(30, 180),
    "maternal_age_years": number(8, 70, "years"),
    "bmi_kg_m2": number(10, 80, "kg/m2"),
    "parity": whole(0, 25, ""),
    "device_id": optional_text,
    "site_id": optional_text,
    "visit_order": whole(0, 1_000, ""),
    "sha256": sha256,
    "n_samples": whole(1, 10**11, "samples"),
    "sample_rate_hz": number(1_000, 192_000, "Hz"),
}
