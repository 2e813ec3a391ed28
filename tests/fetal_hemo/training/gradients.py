"""Gradients of one batch by every choice of a recipe, in as many processes as `torchrun` starts.

torchrun --nproc-per-node N gradients.py COHORT CHOICES.json OUT.safetensors
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.encoded import encode_visits
from fetal_hemo.training.fit import take_step
from fetal_hemo.training.global_norm import with_global_norm
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.sources import Sound, Source
from fetal_hemo.training.survey import survey
from fetal_hemo.training.train_classifier import labelled_feed
from fetal_hemo.training.world import joined, rank


def after_step(objective: Objective, batch: object) -> dict[str, Tensor]:
    """Losses, gradients and state of an objective after one step without learning."""
    with_global_norm(objective)
    objective.train()
    learned = [p for p in objective.parameters() if p.requires_grad]
    losses = take_step(objective, torch.optim.SGD(learned, 0.0), batch, generator(0, "step"))
    objective.after_step()
    gradients = {
        f"gradient.{n}": p.grad for n, p in objective.named_parameters() if p.grad is not None
    }
    state = {f"state.{n}": t.clone() for n, t in objective.state_dict().items()}
    return {**gradients, **state, **{f"loss.{n}": torch.tensor(v) for n, v in losses.items()}}


def in_double(batch: Any) -> Any:
    """A batch in which every float32 but the sound is a float64."""
    if isinstance(batch, Batch):
        return Batch(batch.samples, *map(in_double, batch[1:]))
    if isinstance(batch, tuple):
        return type(batch)(*map(in_double, batch))
    is_float = isinstance(batch, Tensor) and batch.dtype == torch.float32
    return batch.double() if is_float else batch


def learns_in_double(objective: Objective) -> Objective:
    """The objective in float64, after a front end in float32."""
    objective.double()
    objective.model.front_end.float()
    hear = objective.hear
    objective.hear = lambda batch, draw: in_double(hear(batch, draw))  # type: ignore[method-assign]
    return objective


def gradients(folder: Path, choices: dict[str, str]) -> dict[str, Tensor]:
    """`choice/kind.name`; computed in float64, where 1e-6 is a difference and no rounding."""
    cohort = open_cohort(folder)
    visits = survey(cohort, cohort.recordings[:12], load_recipe()).visits[:7]
    found: dict[str, Tensor] = {}
    for name, path in choices.items():
        recipe, draw = load_recipe(path), generator(0, "batches")
        if name.startswith("finetune"):
            model = new_objective(recipe).model
            objective: Objective = ClassificationObjective(
                model, recipe, visits, generator(0, "prototypes")
            )
            source: Source = Sound(cohort)
            if name == "finetune, kept":
                source = KeptSignals(cohort, None)
            if name == "finetune, encoded":
                source = encode_visits(model, KeptSignals(cohort, None), visits)
            batch: Any = next(labelled_feed(source, visits, recipe).epoch(draw))
            scores = score_visits(model, source, visits[:3])  # one to one process, two to another
            found[f"{name}/loss.scores"] = torch.from_numpy(scores.logits.copy())
        else:
            objective = new_objective(recipe)
            source = Sound(cohort) if recipe.pretrain.augment else KeptSignals(cohort, None)
            batch = next(ContrastBatches(cohort, visits, recipe, source).training().epoch(draw))
        step = after_step(learns_in_double(objective), in_double(batch))
        found |= {f"{name}/{kind}": value.contiguous() for kind, value in step.items()}
    return found


def main() -> None:
    folder, choices, out = map(Path, sys.argv[1:])
    torch.set_num_threads(1)
    with joined():
        found = gradients(folder, json.loads(choices.read_text()))
        if rank() == 0:
            save_file(found, out)


if __name__ == "__main__":
    main()
