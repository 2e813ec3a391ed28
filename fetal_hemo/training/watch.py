"""What is looked at after every epoch of pretraining: losses and embeddings of validation women."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.contrast import CollapseWarning, Diagnosis, collapse_warning, diagnose
from fetal_hemo.training.agreement import Agreement, agreement
from fetal_hemo.training.contrast_batches import ContrastBatch
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.finite import require_finite
from fetal_hemo.training.physiology import explained
from fetal_hemo.training.view_losses import WindowViews
from fetal_hemo.training.visit_losses import VisitViews

ENOUGH_ROWS = 10  # in fewer, rank and spread look collapsed in any space


class Watched(NamedTuple):
    """Mean `losses` by name, and the `diagnosis` of `rows` embeddings.

    They are of windows, and then `visits` is that of the visits if a loss shapes these too, and
    `agreement` that of the windows; without a loss between windows they are of visits.
    `explained` is the share of variance of each quantity of the physiology, where it is learned.
    """

    losses: dict[str, float]
    diagnosis: Diagnosis
    rows: int
    visits: Diagnosis | None = None
    agreement: Agreement | None = None
    explained: dict[str, float] | None = None

    def to_row(self) -> dict[str, Any]:
        """Names and values for a log."""
        row = {f"validation_{name}": value for name, value in self.losses.items()}
        row |= self.diagnosis.to_row()
        if self.agreement is not None:
            row |= self.agreement._asdict()
        for name, share in (self.explained or {}).items():
            row[f"explained_{name}"] = share
        if self.visits is not None:
            found = self.visits.to_row().items()
            row |= {f"visit_{name}": value for name, value in found if name != "gradient_norm"}
        return row

    def warning(self, temperature: float) -> CollapseWarning | None:
        """What has gone wrong, if there are enough rows to tell.

        A loss between visits draws a class together on purpose, so where windows are compared
        spread is judged there, and of the visits only whether every prototype is used.
        """
        if self.rows < ENOUGH_ROWS:
            return None
        judged, visits = self.diagnosis, self.visits
        if visits is not None:
            judged = replace(judged, rows=visits.rows, prototype_use=visits.prototype_use)
        return collapse_warning(judged, temperature)

    def summary(self) -> str:
        """The diagnosis in a few words."""
        text = _in_words(self.diagnosis)
        if self.visits is not None:
            text = f"windows: {text}; visits: {_in_words(self.visits)}"
        if self.explained:
            text += (
                f"; physiology explained {sum(self.explained.values()) / len(self.explained):.2f}"
            )
        return text


class Space(NamedTuple):
    """Rows of a batch in a space that is watched: two embeddings `(rows, dim)`, and whose."""

    first: Tensor
    second: Tensor
    labels: Tensor
    women: Tensor
    visits: Tensor


@torch.no_grad()
def watch(
    objective: ContrastiveObjective,
    batches: Iterable[ContrastBatch],
    draw: torch.Generator,
    gradient_norm: float,
) -> Watched:
    """`Watched` of all batches together: give it every validation visit once. Raises E-DIVERGED."""
    objective.eval()
    losses: list[dict[str, Tensor]] = []
    windows: list[Space] = []
    views: list[WindowViews] = []
    visits: list[Space] = []
    told: list[tuple[Tensor, Tensor]] = []
    for batch in batches:
        encoded = objective.encode(batch, draw)
        losses.append(objective.losses(encoded, batch, draw))
        if encoded.windows is not None:
            windows.append(_windows(encoded.windows, batch))
            views.append(encoded.windows)
        if encoded.visits is not None:
            visits.append(_visits(encoded.visits, batch))
            if batch.physiology is not None:
                told.append((objective.tell(encoded.visits), batch.physiology.repeat(2, 1)))
    means = {name: sum(float(loss[name]) for loss in losses) / len(losses) for name in losses[0]}
    require_finite(means)
    points = None if objective.points is None else objective.points()
    of_visits = _diagnosed(visits, points, gradient_norm) if visits else None
    shares = explained(*(torch.cat(part) for part in zip(*told, strict=True))) if told else None
    if windows:
        found = _diagnosed(windows, None, gradient_norm)
        agreed = agreement(views, torch.cat([space.visits for space in windows]))
        rows = sum(len(space.first) for space in windows)
        return Watched(means, found, rows, of_visits, agreed, shares)
    assert of_visits is not None, "a rule of the recipe asks for a loss"
    return Watched(means, of_visits, sum(len(space.first) for space in visits), explained=shares)


def _windows(views: WindowViews, batch: ContrastBatch) -> Space:
    first, second = views.means
    of = (batch.windows.window_mask > 0).nonzero()[:, 0]
    columns, labels = batch.columns, batch.windows.labels
    return Space(first, second, labels[of], columns.woman[of], columns.visit[of])


def _visits(views: VisitViews, batch: ContrastBatch) -> Space:
    columns = batch.columns
    return Space(views.first, views.second, views.labels, columns.woman, columns.visit)


def _diagnosed(spaces: list[Space], points: Tensor | None, gradient_norm: float) -> Diagnosis:
    whole = Space(*(torch.cat(parts) for parts in zip(*spaces, strict=True)))
    return diagnose(*whole, len(BP_CLASSES), points, gradient_norm)


def _in_words(found: Diagnosis) -> str:
    text = (
        f"alignment {found.alignment:.2f}, uniformity {found.uniformity:.2f}, "
        f"rank {found.effective_rank:.1f} of {found.largest_rank}"
    )
    if found.woman_found is None or found.chance is None:
        return text
    return f"{text}, woman found {found.woman_found:.2f} (chance {found.chance:.2f})"
