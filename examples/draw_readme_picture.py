"""Draw docs/screened.svg: a simulated recording as the shipped model screens it.

python examples/draw_readme_picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from fetal_hemo.recordings.audio import load_samples
from fetal_hemo.report.recording_picture import draw_recording
from fetal_hemo.simulate import simulate_cohort
from firmware_bridge.screen import Screener

TARGET = Path(__file__).resolve().parents[1] / "docs" / "screened.svg"
SEED, MINUTES = 5, 5.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cohort = Path(folder) / "cohort"
        simulate_cohort(cohort, women=1, seed=SEED, minutes=MINUTES)
        recording = cohort / "audio" / "W0001-V1.flac"
        result = Screener.load().screen_file(recording).to_json()
        samples, found = load_samples(recording), result["heart_rate"]
        draw_recording(samples, result["windows"], TARGET, simulated=True, found=found)
    print(f"{result['outcome']}: {TARGET.name}, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
