"""What is believed of a wall clock, case by case."""

from __future__ import annotations

import pytest

from firmware_bridge.queue.clock import (
    Clocks,
    Reading,
    from_utc_text,
    read_clocks,
    suspicion,
    utc_text,
)

DAY, YEAR = 86_400.0, 365.25 * 86_400
MADE = from_utc_text("2026-01-01T00:00:00Z")
NOW = MADE + 100 * DAY


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (NOW, None),
        (NOW + DAY, None),
        (0.0, "before-model"),
        (-5.0, "before-model"),
        (MADE - 1, "before-model"),
        (NOW + 10 * YEAR, "far-future"),
        (1e18, "far-future"),
        (NOW - DAY, "went-back"),
        (NOW - 1, "went-back"),
    ],
)
def test_first_of_a_boot(wall: float, expected: str | None) -> None:
    assert suspicion(Clocks("b", 5.0, wall), MADE, latest_wall_s=NOW, previous=None) == expected


@pytest.mark.parametrize(
    ("by_wall", "by_monotonic", "expected"),
    [
        (60.0, 60.0, None),
        (60.0, 60.5, None),  # a clock drifts
        (30 * DAY, 30 * DAY + 20, None),
        (3_660.0, 60.0, "stepped"),
        (60.0, 3_660.0, "stepped"),  # set back by an hour, still later than the last result
    ],
)
def test_step_in_mid_run(by_wall: float, by_monotonic: float, expected: str | None) -> None:
    now = Clocks("b", 100 + by_monotonic, NOW + by_wall)
    assert suspicion(now, MADE, latest_wall_s=NOW, previous=Reading(100.0, NOW)) == expected


def test_clocks_of_this_machine() -> None:
    first, second = read_clocks(), read_clocks()
    assert first.boot == second.boot
    assert 0 < first.monotonic_s <= second.monotonic_s
    assert first.wall_s > 1.7e9


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600.25, "2026-01-01T00:00:00.250Z"),
        (-1e30, "1970-01-01T00:00:00.000Z"),
        (1e30, "9999-12-31T23:59:59.000Z"),
    ],
)
def test_utc_text(wall: float, text: str) -> None:
    assert utc_text(wall) == text


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00"])
def test_a_time_without_a_zone_is_utc(text: str) -> None:
    assert from_utc_text(text) == MADE


def test_what_is_no_time_is_long_ago() -> None:
    assert from_utc_text("2026-99-01T00:00:00Z") == 0.0
