"""How fast training is, whether it waits for data, and what memory it takes.

    python -m benchmarks.training [--women 24] [--steps 40] [--precision float32] [--json]

All sound is simulated. One JSON object on stdout; a window is 3.75 s, and in pretraining each is
heard in two augmented copies. One thread, and one more that reads ahead.
- `pretrain`, `finetune`, `finetune_kept` (signals kept, no augmentation), each with
  `windows_per_s`: of the loop as it is, files (in the page cache) included;
  `data_wait_share`: share of its time in which it waits for a batch;
  `floor_windows_per_s`: forward and backward of the same model and losses on signals in memory,
  so without files, augmentation, front end and optimiser;
  `over_floor`: how much longer than that the loop takes, all of these included;
  `cpu_ms_per_window`: of all threads, which other work on the machine hardly changes.
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
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.fit import take_step
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.sources import Sound
from fetal_hemo.training.survey import Visit, survey
from fetal_hemo.training.train_classifier import labelled_feed

PROJECT = Path(__file__).resolve().parents[1]
QUICK = PROJECT / "recipes" / "quick.toml"
TRAININGS, VISITS, TRAIN_SHARE = 200, 1_000, 0.64  # a fold of five, a fifth of the rest validates
RECORDINGS = [100, 8_170]  # of 10 minutes, for the slope of memory

Job = tuple[Objective, Feed[Any, Any]]
Losses = Callable[[], dict[str, Tensor]]


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
    most = max(recipe.pretrain.visits_per_batch, recipe.finetune.recordings_per_batch)
    visits = surveyed * (2 + 2 * steps * most // len(surveyed))  # so that one epoch is enough
    rates = {n: rate(make, steps) for n, make in jobs(cohort, visits, recipe, folder).items()}
    found: dict[str, Any] = {"simulated": True, "precision": precision, "threads": 1, **rates}
    found["survey_s_per_minute"] = round(survey_s, 4)
    found["cpu_hours_for_200_trainings"] = cpu_hours(rates, recipe)
    return found


def jobs(
    cohort: Cohort, visits: Sequence[Visit], recipe: Recipe, folder: Path
) -> dict[str, Callable[[], Job]]:
    """What makes each training that is timed."""
    labelled = [visit for visit in visits if visit.label >= 0]

    def pretraining() -> Job:
        source = Sound(cohort)  # as with augmentation, though the recipe has none
        return new_objective(recipe), ContrastBatches(cohort, visits, recipe, source).training()

    def finetuning(source: Any) -> Job:
        model, start = new_objective(recipe).model, generator(0, "prototypes")
        objective = ClassificationObjective(model, recipe, labelled, start)
        return objective, labelled_feed(source, labelled, recipe)

    return {
        "pretrain": pretraining,
        "finetune": lambda: finetuning(Sound(cohort)),
        "finetune_kept": lambda: finetuning(KeptSignals(cohort, folder / "kept")),
    }


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


def resident(objective: Objective, batch: Any) -> Losses:
    """What gives the losses of a batch that was heard, augmented, before."""
    draw = generator(0, "floor")
    if isinstance(objective, ContrastiveObjective):
        heard = [objective.hear(batch.windows, draw) for _ in range(2)]
        return lambda: objective.losses(objective.encode_heard(heard, batch, draw), batch, draw)
    signals = objective.hear(batch, draw) if batch.signals is None else batch.signals
    kept = batch._replace(signals=signals)
    return lambda: objective(kept, draw)


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
