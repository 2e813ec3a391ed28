"""Peak resident memory of a pretraining on so many recordings of 10 minutes, in MB.

    python -m benchmarks.training_memory RECORDINGS

Noise stands for sound: what is trained does not matter here. Files are links to a few.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import torch

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.fit import take_step
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.watch import watch

MINUTES, WINDOWS, FILES, STEPS = 10, 160, 8, 12
VALIDATION = 0.16  # of the visits: a fifth of what a fold of five leaves


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        print(peak_mb(Path(folder), int(sys.argv[1])))


def peak_mb(folder: Path, recordings: int) -> float:
    """Peak resident memory of this process after training on visits from all over the cohort.

    Steps, and then validation visits are looked at, as after every epoch: all of them together.
    """
    cohort, visits = links(folder, recordings)
    objective = new_objective(load_recipe())
    optimizer = torch.optim.AdamW(p for p in objective.parameters() if p.requires_grad)
    feed, steps = ContrastBatches(cohort, visits, load_recipe()).training(), 0
    while steps < STEPS:
        for batch in feed.epoch(generator(0, "batches", steps)):
            take_step(objective, optimizer, batch, generator(0, "step", steps))
            steps += 1
            if steps == STEPS:
                break
    looked_at = ContrastBatches(cohort, visits[: round(VALIDATION * recordings)], load_recipe())
    watch(objective, looked_at.each_once(generator(0, "watch")), generator(0, "watch"), 0.0)
    # Not ru_maxrss, which begins with the memory of the process that forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1_024, 1)


def links(folder: Path, recordings: int) -> tuple[Cohort, list[Visit]]:
    """A cohort of one visit a woman whose files are a few, linked again and again."""
    chance = np.random.default_rng(0)
    for number in range(FILES):
        noise = chance.normal(size=MINUTES * 60 * SAMPLE_RATE_HZ) * 3_000
        path = folder / f"source{number}.flac"
        soundfile.write(path, noise.astype(np.int16), SAMPLE_RATE_HZ, subtype="PCM_16")
    rows = []
    for number in range(recordings):
        os.link(folder / f"source{number % FILES}.flac", folder / f"{number}.flac")
        name = f"R{number}"
        rows.append(Recording(name, f"W{number}", f"V{number}", f"{number}.flac", row=number + 2))
    visits = [
        Visit(row, i % 4, tuple(range(WINDOWS)), 0, 0, WINDOWS, (1.0,), 140.0, 5.0, 20.0)
        for i, row in enumerate(rows)
    ]
    return Cohort(folder, tuple(rows), True, "0"), visits


if __name__ == "__main__":
    main()
