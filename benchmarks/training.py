"""How fast training is, whether it waits for data, and what memory it takes.

    python -m benchmarks.training [--women 24] [--steps 40] [--precision float32] [--json]

All sound is simulated. One JSON object on stdout; a window is 3.75 s, and in pretraining each is
heard in two augmented copies. One thread, and one more that reads ahead.
- `pretrain`, `finetune`, `measure` (recipes/hearts.toml) and `finetune_kept`, these two without
  augmentation on signals that were kept before the clock starts, each with
  `windows_per_s`: of the loop as it is, files (in the page cache) included;
  `data_wait_share`: share of its time in which it waits for a batch;
  `floor_windows_per_s`: forward and backward of the same model and losses on signals in memory,
  so without files, augmentation, front end and optimiser;
  `over_floor`: how much longer than that the loop takes, all of these included;
  `cpu_ms_per_window`: of all threads, which other work on the machine hardly changes.
- `survey_s_per_minute` and `keep_s_per_minute`: to judge sound, and to keep its signals, once.
- `cpu_hours_for_200_trainings`: of 1,000 visits of 60 s by recipes/quick.toml, from these; on two
  processors it takes half as many hours.
- `memory`: peak resident memory of processes of their own that train on so many recordings of 10
  minutes, and the slope between them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.training_jobs import PROJECT, QUICK, Job, Losses, jobs, resident
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.fit import take_step
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.survey import survey

TRAININGS, VISITS, TRAIN_SHARE = 200, 1_000, 0.64  # a fold of five, a fifth of the rest validates
RECORDINGS = [100, 8_170]  # of 10 minutes, for the slope of memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--women", type=int, default=24, help="of the simulated cohort")
    parser.add_argument("--steps", type=int, default=40, help="of each training that is timed")
    parser.add_argument("--precision", default="float32", choices=("float32", "bfloat16"))
    text = "numbers of recordings between which memory is compared"
    parser.add_argument("--recordings", type=int, nargs=2, default=RECORDINGS, help=text)
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.women, given.steps, given.precision)
    print(json.dumps(found | {"memory": memory(*given.recordings)}))


def measure(folder: Path, women: int, steps: int, precision: str) -> dict[str, Any]:
    """The measured values by name."""
    simulate_cohort(folder / "cohort", women=women, seed=0, minutes=1.0, prevalence=0.4, jobs=1)
    cohort = open_cohort(folder / "cohort")
    recipe = load_recipe(QUICK)
    recipe = replace(recipe, training=replace(recipe.training, precision=precision))
    start = time.perf_counter()
    surveyed = survey(cohort, cohort.recordings, recipe).visits
    survey_s = (time.perf_counter() - start) / len(cohort.recordings)
    kept, start = KeptSignals(cohort, folder / "kept"), time.perf_counter()
    kept.keep(surveyed)
    keep_s = (time.perf_counter() - start) / len(surveyed)
    most = max(recipe.pretrain.visits_per_batch, recipe.finetune.recordings_per_batch)
    visits = surveyed * (2 + 2 * steps * most // len(surveyed))  # so that one epoch is enough
    rates = {n: rate(make, steps) for n, make in jobs(cohort, visits, recipe, kept).items()}
    found: dict[str, Any] = {"simulated": True, "precision": precision, "threads": 1, **rates}
    found |= {"survey_s_per_minute": round(survey_s, 4), "keep_s_per_minute": round(keep_s, 4)}
    found["cpu_hours_for_200_trainings"] = cpu_hours(rates, recipe)
    return found


def rate(make: Callable[[], Job], steps: int) -> dict[str, float]:
    """Windows a second of a training as it is, and on a batch that stays in memory."""
    objective, feed = make()
    optimizer = torch.optim.AdamW(p for p in objective.parameters() if p.requires_grad)
    objective.train()
    batch = next(feed.epoch(generator(0, "floor")))
    floor = _windows(batch) / bare_s(objective, resident(objective, batch), max(3, steps // 4))
    waits, windows = [], 0
    began, cpu = time.perf_counter(), time.process_time()
    batches = feed.epoch(generator(0, "timed"))
    for step in range(steps):
        start = time.perf_counter()
        batch = next(batches)
        waits.append(time.perf_counter() - start)
        take_step(objective, optimizer, batch, generator(0, "step", step))
        objective.after_step()
        windows += _windows(batch)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    batches.close()
    return {
        "windows_per_s": round(windows / took, 1),
        "data_wait_share": round(sum(waits) / took, 4),
        "floor_windows_per_s": round(floor, 1),
        "over_floor": round(floor / (windows / took), 3),
        "cpu_ms_per_window": round(1_000 * cpu / windows, 3),
    }


def bare_s(objective: Objective, losses_of: Losses, runs: int) -> float:
    """Mean seconds of a forward and a backward pass."""
    for run in range(runs + 1):
        if run == 1:  # the first warms up
            start = time.perf_counter()
        losses = losses_of()
        objective.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
    return (time.perf_counter() - start) / runs


def _windows(batch: Any) -> int:
    return int(getattr(batch, "windows", batch).window_mask.sum())


def cpu_hours(rates: dict[str, dict[str, float]], recipe: Recipe) -> float:
    """Processor hours of all trainings of the table, pretraining and fine-tuning."""
    visits = VISITS * TRAIN_SHARE
    heard = visits * recipe.pretrain.windows_per_visit * recipe.pretrain.epochs
    tuned = visits * recipe.finetune.max_windows * recipe.finetune.epochs
    milliseconds = heard * rates["pretrain"]["cpu_ms_per_window"]
    milliseconds += tuned * rates["finetune_kept"]["cpu_ms_per_window"]
    return round(TRAININGS * milliseconds / 3_600_000, 2)


def memory(few: int, many: int) -> dict[str, Any]:
    """Peak megabytes with few and with many recordings, and what one more would take."""
    peaks = [_peak_apart(recordings) for recordings in (few, many)]
    return {
        "recordings": [few, many],
        "peak_rss_mb": peaks,
        "kb_per_recording": round(1_024 * (peaks[1] - peaks[0]) / (many - few), 2),
    }


def _peak_apart(recordings: int) -> float:
    command = [sys.executable, "-m", "benchmarks.training_memory", str(recordings)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, check=True, cwd=PROJECT, env=environment)
    return float(done.stdout)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
