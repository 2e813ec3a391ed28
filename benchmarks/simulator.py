"""How fast the simulator is, and how like life: everything here is of simulated recordings.

    python -m benchmarks.simulator [--recordings 128] [--minutes 1.5] [--json]

One JSON object on stdout; every number but those called real is of simulated data.
- `speed`: simulated seconds a second of one processor, without and with writing FLAC.
- `realism.sound`: spectrum, envelope and beats of good windows against the range of real clips.
- `realism.rhythm`: variation against CTU-UHB at 4 Hz, and against real beat times.
- `published_method`: how often the published autocorrelation is within 10 % of the true rate.
- `discriminator`: whether a logistic model tells real good windows from simulated, and by what.

Real recordings come from the folder `FETAL_HEMO_DATA`; without it those parts say "not there".
The real clips are anchors and few: nothing may be fitted to them one by one.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from benchmarks.heart_rate import real_data
from benchmarks.realism.discriminator import discriminator
from benchmarks.realism.published_rate import published_rate
from benchmarks.realism.rhythm import rhythm_tables
from benchmarks.realism.simulated import SEED, simulated_windows
from benchmarks.realism.sound import sound_table
from benchmarks.realism.speed import speed
from fetal_hemo.progress import ProgressLine

ABSENT = {"real": "not there", "why": "set FETAL_HEMO_DATA to the folder of real recordings"}
STEPS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=128, help="simulated, one a woman")
    parser.add_argument("--minutes", type=float, default=1.5, help="of each")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    args = parser.parse_args()
    json.dump(measure(args.recordings, args.minutes), sys.stdout)
    print()


def measure(recordings: int, minutes: float) -> dict[str, Any]:
    """All parts, speed first, while the process is small."""
    data = real_data()
    tell = ProgressLine("simulator")
    tell(0, STEPS)
    fast = speed(max(1, recordings // 5), 5.0, max(1, recordings // 20))
    tell(1, STEPS)
    simulated = simulated_windows(recordings, minutes)
    sound = sound_table(simulated, data and data / "doppler")
    tell(2, STEPS)
    rhythm = rhythm_tables(2 * recordings, data)
    tell(3, STEPS)
    heard = published_rate(simulated)
    tell(4, STEPS)
    told = ABSENT if data is None else discriminator(simulated, data / "doppler")
    tell(STEPS, STEPS)
    return {
        "simulated": True,
        "seed": SEED,
        "recordings": recordings,
        "minutes": minutes,
        **fast,
        "realism": {"sound": sound, "rhythm": rhythm},
        "published_method": heard,
        "discriminator": told,
    }


if __name__ == "__main__":
    main()
