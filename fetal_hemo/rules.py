"""What must hold between the settings of a recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fetal_hemo.constants import BEAT_VIEWS
from fetal_hemo.settings import Recipe
from fetal_hemo.settings_contrast import WITH_CLASS_POINTS


@dataclass(frozen=True)
class Rule:
    """What must hold between fields."""

    text: str
    holds: Callable[[Recipe], bool]


def _needs_visits_of_one_woman(recipe: Recipe) -> bool:
    pairs = recipe.pairs
    only_hers = pairs.positives == "visit" and "same_woman" in pairs.negatives
    patient_aware = recipe.pretrain.visit_loss == "patient_aware"
    return pairs.positives == "woman" or patient_aware or only_hers


RULES = (
    Rule(
        "labels: the pressures must rise from elevated to hypertensive to severe",
        lambda r: all(
            low < mid < high
            for low, mid, high in zip(
                r.labels.elevated, r.labels.hypertensive, r.labels.severe, strict=True
            )
        ),
    ),
    Rule(
        "split: validation + test must leave at least 0.1 of the women for training",
        lambda r: r.split.validation + r.split.test <= 0.9,
    ),
    Rule(
        "model: attention_heads must divide embedding",
        lambda r: r.model.embedding % r.model.attention_heads == 0,
    ),
    Rule(
        "windows: min_usable_windows must not exceed max_windows",
        lambda r: r.windows.min_usable_windows <= r.windows.max_windows,
    ),
    Rule(
        "finetune: max_windows must not exceed windows.max_windows",
        lambda r: r.finetune.max_windows <= r.windows.max_windows,
    ),
    Rule(
        "pretrain: a view loss, a visit loss, rank_weight or physiology_weight must be on",
        lambda r: r.pretrain.compares_windows or r.pretrain.encodes_visits,
    ),
    Rule(
        'pretrain: view_loss "leave_one_out" knows similarity "cosine" only',
        lambda r: r.pretrain.view_loss != "leave_one_out" or r.pretrain.similarity == "cosine",
    ),
    Rule(
        "model: each view once",
        lambda r: len(set(r.model.views)) == len(r.model.views),
    ),
    Rule(
        'model: with one view the view loss must be "pairs" or "off"',
        lambda r: len(r.model.views) > 1 or r.pretrain.view_loss in ("pairs", "off"),
    ),
    Rule(
        'pretrain: augment false leaves view_loss "pairs" two equal copies of a window to compare',
        lambda r: (
            r.pretrain.augment or r.pretrain.view_loss != "pairs" or not r.pretrain.compares_windows
        ),
    ),
    Rule(
        f"pretrain: events_weight needs one of {', '.join(BEAT_VIEWS)} in model.views",
        lambda r: r.pretrain.events_weight == 0 or bool({*BEAT_VIEWS} & {*r.model.views}),
    ),
    Rule(
        "pretrain: events_weight needs beats left where they are: set augment.chance.beat_crop and "
        "time_warp to 0, or pretrain.augment to false",
        lambda r: (
            r.pretrain.events_weight == 0
            or not r.pretrain.augment
            or r.augment.chance.beat_crop == r.augment.chance.time_warp == 0
        ),
    ),
    Rule(
        "pairs: false_negatives are known by how near altered copies are: set pretrain.augment to "
        'true, or false_negatives "off"',
        lambda r: r.pretrain.augment or r.pairs.false_negatives == "off",
    ),
    Rule(
        'pairs: positives "visit" and "woman" need pretrain.view_loss "pairs"',
        lambda r: r.pairs.positives in ("view", "window") or r.pretrain.view_loss == "pairs",
    ),
    Rule(
        'pairs: visits_per_woman must be 2 or more for positives "woman", for positives "visit" '
        'with negatives "same_woman", and for pretrain.visit_loss "patient_aware"',
        lambda r: r.pairs.visits_per_woman >= 2 or not _needs_visits_of_one_woman(r),
    ),
    Rule(
        'pairs: negatives "same_woman" exclude "other_woman" and positives "woman"',
        lambda r: (
            "same_woman" not in r.pairs.negatives
            or ("other_woman" not in r.pairs.negatives and r.pairs.positives != "woman")
        ),
    ),
    Rule(
        "finetune: encoder_learning_rate 0 encodes each visit once, so augment must be false",
        lambda r: r.finetune.encoder_learning_rate > 0 or not r.finetune.augment,
    ),
    Rule(
        'study: pretraining "once" must see no label and no truth: set pretrain.visit_loss "off", '
        "rank_weight, physiology_weight and events_weight 0, or pretrain in each fold",
        lambda r: (
            r.study.pretraining != "once" or not (r.pretrain.sees_labels or r.pretrain.learns_truth)
        ),
    ),
    Rule(
        f"teacher: needs pretrain.visit_loss {', '.join(WITH_CLASS_POINTS)}",
        lambda r: (
            r.teacher.weight == 0
            or (r.pretrain.compares_visits and r.pretrain.visit_loss in WITH_CLASS_POINTS)
        ),
    ),
)
