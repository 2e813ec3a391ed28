"""What the clocks of a device say, and whether its wall clock can be believed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
STEP_S = 30.0  # more than a clock drifts between two results of one boot
FUTURE_S = 5 * 365.25 * 86_400  # a model older than this would have been replaced
FIRST_S, LAST_S = 0.0, 253_402_300_799.0  # 1970 and the last second of 9999

# Why a wall clock is not believed.
BEFORE_MODEL, FAR_FUTURE, WENT_BACK, STEPPED = "before-model", "far-future", "went-back", "stepped"


class Clocks(NamedTuple):
    """One reading of all clocks."""

    boot: str  # the same text from start to start of the machine
    monotonic_s: float  # since the start, sleep included; nobody can set it
    wall_s: float  # since 1970, as far as the machine knows


class Reading(NamedTuple):
    """When an earlier result was stored."""

    monotonic_s: float
    wall_s: float


def read_clocks() -> Clocks:
    """The clocks now. Without a kernel that numbers its boots, every process counts as one."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    now, wall = time.clock_gettime(clock), time.time()
    try:
        boot = BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        boot = f"process-{time.time_ns()}"
    return Clocks(boot, now, wall)


def suspicion(
    now: Clocks, model_made_s: float, latest_wall_s: float | None, previous: Reading | None
) -> str | None:
    """Why the wall clock of `now` is not believed, or None.

    `latest_wall_s` is the latest believed time of all results, `previous` the last result of the
    same boot. UTC has no daylight saving. A step forward between two boots cannot be seen.
    """
    if now.wall_s < model_made_s:
        return BEFORE_MODEL
    if now.wall_s > model_made_s + FUTURE_S:
        return FAR_FUTURE
    if latest_wall_s is not None and now.wall_s < latest_wall_s:
        return WENT_BACK
    if previous is not None:
        by_wall = now.wall_s - previous.wall_s
        if abs(by_wall - (now.monotonic_s - previous.monotonic_s)) > STEP_S:
            return STEPPED
    return None


def utc_text(wall_s: float) -> str:
    """ISO 8601 in UTC with milliseconds; a clock beyond 1970 to 9999 is held at their ends."""
    held = min(max(wall_s, FIRST_S), LAST_S)
    text = datetime.fromtimestamp(held, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def from_utc_text(text: str) -> float:
    """Seconds since 1970 of a manifest's `created`; 1970 itself for what is no time."""
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
