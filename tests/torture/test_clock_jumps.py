"""Wall clocks that are wrong or jump while results are stored: the order holds, doubt is noted."""

from __future__ import annotations

import random
from pathlib import Path

from firmware_bridge.queue.clock import Clocks, from_utc_text
from firmware_bridge.queue.outbox import Outbox
from tests.crash.results import MANIFEST, abstained
from tests.torture.programme import Programme, tries

MADE = from_utc_text(MANIFEST["created"])
HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365.25 * 86_400
JUMPS = {
    "a day back": -DAY,
    "ten years on": 10 * YEAR,
    "1970": -MADE - 100 * DAY,
    "summer time set by hand": HOUR,
    "winter time set by hand": -HOUR,
    "step of a minute": 60.0,
}
RESULTS = 8


def jumped(draw: random.Random, jump: float) -> list[Clocks]:
    """Clocks of some results over two boots; the wall clock jumps before one of the first boot."""
    at, wrong = draw.randint(1, RESULTS // 2 - 1), 0.0
    wall, monotonic, boot, clocks = MADE + 100 * DAY, 50.0, 0, []
    for number in range(RESULTS):
        passed = draw.uniform(10, 400)
        wall, monotonic = wall + passed, monotonic + passed
        if number == at:
            wrong = jump
        if number == RESULTS // 2:
            boot, monotonic = 1, 20.0
        clocks.append(Clocks(f"boot {boot}", monotonic, wall + wrong))
    return clocks


@tries(12, 200)
def test_jumps(tries: int, tmp_path: Path) -> None:
    with Programme("clock", seed=61, tries=tries) as programme:
        for draw in programme:
            kind = list(JUMPS)[programme.number % len(JUMPS)]
            clocks = jumped(draw, JUMPS[kind])
            with Outbox.open(tmp_path / f"{programme.number}.db", create=True) as outbox:
                for number, now in enumerate(clocks):
                    outbox.put(abstained(number), MANIFEST, lambda now=now: now)
                stamps = [record.stamp for record in outbox.records()]
                order = [record.result["heart_rate"]["mean_bpm"] for record in outbox.records()]
            assert order == [140.0 + number % 7 for number in range(RESULTS)]
            places = [(stamp.boot, stamp.sequence) for stamp in stamps]
            assert places == sorted(places)
            assert len({place[0] for place in places}) == 2
            for first, second, before, after in zip(
                stamps, stamps[1:], clocks, clocks[1:], strict=False
            ):
                if first.boot == second.boot:  # a duration is that of the clock nobody can set
                    passed = second.monotonic_s - first.monotonic_s
                    assert passed == after.monotonic_s - before.monotonic_s > 0
            doubts = [stamp.clock_suspect for stamp in stamps]
            assert any(doubts), kind
            assert doubts[0] is None
            programme.count(f"{kind}: {next(filter(None, doubts))}")
