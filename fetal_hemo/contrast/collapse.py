"""What has gone wrong with an embedding space, from its diagnosis: the likely cause, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from fetal_hemo.contrast.diagnosis import Diagnosis

# The thresholds are ours, set wide of the values of healthy spaces: uniformity of an even spread
# is near -4, the mean squared distance of strangers 2; where only four classes are left, rank is 3.
ONE_POINT = -0.6  # uniformity above this; even two poles have log(1/2) = -0.69
SPREAD = -2.0  # uniformity below this
STRANGERS = 1.5  # alignment above this: positives are no nearer than strangers
LINE, RANK_SHARE = 2.0, 0.1  # effective rank below either: a line, a share of what could be
ALONE, MERGED = 0.2, 0.95  # SAA below, cosine inside the class above: the class is one point
ROWS = 10  # of a class, before its SAA, cosine or prototype says anything
UNUSED = 0.001  # share of rows that are nearest to a prototype
KNOWN_WOMAN = 0.9  # re-identification above this, and far above chance
VANISHED, EXPLODED = 1e-7, 1e4  # gradient norm


@dataclass(frozen=True)
class CollapseWarning:
    """The likely `cause` in a word or two, and a `text` that says what is seen and what to try."""

    cause: str
    text: str


def collapse_warning(diagnosis: Diagnosis, temperature: float) -> CollapseWarning | None:
    """The `CollapseWarning` of the first sign found, the gravest first; None if all is well.

    Meant for after an epoch: an untrained encoder looks collapsed too.
    """
    for sign in SIGNS:
        found = sign.find(diagnosis)
        if found:
            classes = ", ".join(map(str, found)) if isinstance(found, list) else ""
            text = sign.text.format(d=diagnosis, t=temperature, classes=classes)
            return CollapseWarning(sign.cause, text)
    return None


def _gradient_sick(d: Diagnosis) -> bool:
    norm = d.gradient_norm
    return norm is not None and not (math.isfinite(norm) and norm < EXPLODED)


def _gradient_vanished(d: Diagnosis) -> bool:
    return d.gradient_norm is not None and d.gradient_norm < VANISHED


def _merged_classes(d: Diagnosis) -> list[int]:
    """Classes of one point each, so that hardly a row is nearest to its own other view.

    Empty if all classes are at the same point.
    """
    if d.farthest_classes is None or d.farthest_classes > MERGED:
        return []
    seen = zip(d.rows, d.sample_alignment, d.class_cosine, strict=True)
    return [
        label
        for label, (rows, saa, cosine) in enumerate(seen)
        if rows >= ROWS
        and saa is not None
        and saa < ALONE
        and cosine is not None
        and cosine > MERGED
    ]


def _unused_prototypes(d: Diagnosis) -> list[int]:
    """Classes that have rows while their prototype is the nearest of none."""
    seen = enumerate(zip(d.rows, d.prototype_use, strict=False))
    return [label for label, (rows, use) in seen if rows >= ROWS and use < UNUSED]


def _woman_shortcut(d: Diagnosis) -> bool:
    if d.woman_found is None or d.chance is None:
        return False
    return d.woman_found > KNOWN_WOMAN and d.chance < KNOWN_WOMAN / 2


class Sign(NamedTuple):
    """A cause, what finds it (True, or the classes it is found in), and the text of the warning."""

    cause: str
    find: Callable[[Diagnosis], bool | list[int]]
    text: str


SIGNS = (
    Sign(
        "gradient",
        _gradient_sick,
        "gradient norm is {d.gradient_norm:.3g}: lower the learning rate, or raise the "
        "temperature ({t:g})",
    ),
    Sign(
        "classes",
        _merged_classes,
        "all items of class {classes} share one embedding (SAA near 0): try the balanced or the "
        "minority objective, or a view loss beside it",
    ),
    Sign(
        "one point",
        lambda d: d.uniformity > ONE_POINT,
        "alignment {d.alignment:.2g} without uniformity ({d.uniformity:.2f}, one point is 0): "
        "negatives do not push; check that anchors have any, lower the temperature ({t:g})",
    ),
    Sign(
        "rank",
        lambda d: d.effective_rank < max(LINE, RANK_SHARE * d.largest_rank),
        "embeddings use {d.effective_rank:.1f} of {d.largest_rank} dimensions: raise the weight "
        "of the view loss, lower the temperature ({t:g}) or the weight decay",
    ),
    Sign(
        "prototypes",
        _unused_prototypes,
        "the prototype of class {classes} is nearest to nobody: draw rare classes more often, or "
        "raise the weight of the prototype loss",
    ),
    Sign(
        "positives",
        lambda d: d.alignment > STRANGERS and d.uniformity < SPREAD,
        "uniformity without alignment ({d.alignment:.2f}, strangers are at 2): positives do not "
        "belong together, augmentation is too strong, or the temperature ({t:g}) too low",
    ),
    Sign(
        "woman",
        _woman_shortcut,
        "the embedding knows the woman ({d.woman_found:.2f}, chance {d.chance:.2f}): use window "
        "positives, or negatives of the same woman",
    ),
    Sign(
        "vanished",
        _gradient_vanished,
        "the gradient has vanished: nothing is learned any more; raise the learning rate, or draw "
        "harder negatives",
    ),
)
