"""The rows of the table: baselines, the reconstructed method, and what it is without each part.

A learned row is the recipe `recipes/quick.toml` with changes, `section.setting -> value`. Ours
learns as the bundle that ships does: to measure the hearts of other, simulated women (`[pretrain]`
of `recipes/hearts.toml`), then from the labels of the training women, with class prototypes
and terms for rare classes. Between the two, options learn by contrast from the training women.
Nothing of a row is chosen on the cohorts that it is judged on, but for one: that attention over
earlier visits stops by validation women was chosen after it had lost on them without.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.ablation.plan import EFFECT, NO_EFFECT
from fetal_hemo.constants import VIEWS

Changes = dict[str, Any]
RECIPES = Path(__file__).parents[2] / "recipes"
RECIPE, MEASURING = RECIPES / "quick.toml", RECIPES / "hearts.toml"
OURS = "ours"
HISTORY = "age_ga_bmi"
SUPERVISED = "supervised_hierarchical"
TIME_FREQUENCY: Changes = {
    "model.views": ("time_frequency",),
    "model.view_dropout": 0.0,
    "pretrain.view_loss": "pairs",  # one view has no other to find, but itself in an altered copy
    "pretrain.augment": True,
}
NO_LONG_TAIL = {
    "finetune.logit_adjustment": 0.0,
    "finetune.auxiliary_contrast": 0.0,
    "pretrain.prototype_weight": 0.0,
    "pretrain.balanced_draws": False,
}
# Encoders that have not learned to measure: all weights learn from labels.
WHOLE: Changes = {
    "finetune.epochs": 10,
    "finetune.learning_rate": 1e-3,
    "finetune.joining_learning_rate": 5e-4,
    "finetune.encoder_learning_rate": 5e-4,
    "finetune.weight_decay": 1e-4,
    "finetune.patience": 6,
}
SIMCLR = {**TIME_FREQUENCY, **NO_LONG_TAIL, **WHOLE}
# As many epochs as contrast and they together, at the rate of weights that nothing has trained yet.
FROM_SCRATCH = {
    **WHOLE,
    "finetune.epochs": 20,
    "finetune.joining_learning_rate": 1e-3,
    "finetune.encoder_learning_rate": 1e-3,
}
PREDECESSOR = {**SIMCLR, **FROM_SCRATCH}
OTHERS, FEWER_OTHERS = 3_600, 1_200
WITHOUT = {view: tuple(other for other in VIEWS if other != view) for view in VIEWS}
UNTOLD: Changes = {
    "pretrain.physiology_weight": 0.0,
    "pretrain.events_weight": 0.0,
    "pretrain.view_loss": "leave_one_out",
}


@dataclass(frozen=True)
class Row:
    """One way to a score for every visit; `kind` says which code makes it."""

    name: str
    kind: str
    meaning: str
    changes: Changes = field(default_factory=dict)
    others: int = OTHERS  # simulated women of another cohort: it learns to measure their hearts
    others_effect: float = EFFECT  # of an illness on these hearts; nothing reads their pressures
    measuring: Changes = field(default_factory=dict)  # how that differs from `MEASURING`
    pretrained: bool = False  # by contrast, on the training women
    label_share: float = 1.0


BASELINES = (
    Row(HISTORY, "features", "age + gestational age + BMI, logistic", others=0),
    Row("rhythm_logistic", "features", "heart rate and its variation, logistic", others=0),
    Row("rhythm_boosting", "features", "heart rate and its variation, gradient boosting", others=0),
    Row("quality_only", "features", "signal quality only, logistic (negative control)", others=0),
    Row(
        "gestational_age_only",
        "features",
        "gestational age only, logistic (negative control)",
        others=0,
    ),
    Row(
        "perfect_listener",
        "truth",
        "true rate, variation, intervals and weeks, logistic: the most that a sound tells",
        others=0,
    ),
    Row(
        "perfect_listener_and_history",
        "truth",
        "the same with age, gestational age and BMI",
        others=0,
    ),
    Row("random_encoder", "random", "our encoder with random weights, logistic", others=0),
    Row("minirocket", "minirocket", "MiniRocket on the envelopes, ridge (Dempster 2021)", others=0),
    Row(
        "cnn_gru_attention",
        "lineage",
        "flat CNN-GRU-attention, windows averaged (lineage)",
        FROM_SCRATCH,
        others=0,
    ),
    Row(
        SUPERVISED,
        "ours",
        "hierarchical attention on the time-frequency view, supervised (form of 2022)",
        PREDECESSOR,
        others=0,
    ),
    Row(
        "hierarchical_simclr",
        "ours",
        "the same, pretrained by SimCLR",
        SIMCLR,
        others=0,
        pretrained=True,
    ),
    Row(
        "hierarchical_supcon",
        "ours",
        "the same, pretrained by supervised contrast",
        {
            **SIMCLR,
            "pretrain.view_loss": "off",
            "pretrain.prototype_weight": 1.0,
            "pretrain.visit_loss": "supcon",
        },
        others=0,
        pretrained=True,
    ),
)
PARTS = (
    Row(OURS, "ours", "ours: measuring, three views, prototypes, terms for rare classes"),
    Row("ours_and_history", "ours+history", "log odds of ours and of age + GA + BMI, added"),
    Row("ours_longitudinal", "ours+visits", "ours with attention over a woman's earlier visits"),
    Row(
        "minus_measuring",
        "ours",
        "contrast of the training women in its place: it measures no other hearts",
        WHOLE,
        others=0,
        pretrained=True,
    ),
    Row(
        "minus_truth", "ours", "the other women are heard, their hearts not told", measuring=UNTOLD
    ),
    Row(
        "minus_ill_others",
        "ours",
        "measures hearts that no illness moves",
        others_effect=NO_EFFECT,
    ),
    Row(
        "minus_events",
        "ours",
        "measures what is true of a visit, not of each beat",
        measuring={"pretrain.events_weight": 0.0},
    ),
    Row(
        "minus_others",
        "ours",
        f"measures the hearts of {FEWER_OTHERS} others, as many steps",
        others=FEWER_OTHERS,
        measuring={"pretrain.epochs": 48},
    ),
    Row("minus_prototypes", "ours", "no class prototypes", {"finetune.auxiliary_loss": "supcon"}),
    Row("minus_multi_view", "ours", "one view, time-frequency", TIME_FREQUENCY),
    Row("minus_hierarchy", "ours", "windows averaged", {"model.window_attention": False}),
    Row(
        "minus_long_tail",
        "ours",
        "no terms for rare classes: plain cross-entropy",
        {"finetune.logit_adjustment": 0.0, "finetune.auxiliary_contrast": 0.0},
    ),
    Row("minus_pretraining", "ours", "trained on labels only", FROM_SCRATCH, others=0),
    *(
        Row(f"minus_{view}", "ours", "without that view", {"model.views": others})
        for view, others in WITHOUT.items()
    ),
)
OPTIONS = (
    Row("plus_no_view_dropout", "ours", "no view dropout", {"model.view_dropout": 0.0}),
    Row("plus_view_dropout", "ours", "view dropout 0.4 (MCUR)", {"model.view_dropout": 0.4}),
    Row(
        "plus_all_learns",
        "ours",
        "the views' encoders learn from labels too",
        {"finetune.encoder_learning_rate": 1e-4},
    ),
    Row(
        "plus_no_auxiliary",
        "ours",
        "no contrast while learning from labels",
        {"finetune.auxiliary_contrast": 0.0},
    ),
    Row("centroids_only", "ours+centroids", "ours, the nearest class centroid decides (R2P)"),
    Row("prototype_bank", "ours+bank", "ours, the 15 most alike training visits decide"),
)
TWO_VISITS: Changes = {  # of a woman, both as altered copies
    "pretrain.view_loss": "pairs",
    "pretrain.augment": True,
    "pairs.visits_per_woman": 2,
}
CONTRAST: dict[str, tuple[str, Changes]] = {
    "": ("contrast of three views and of classes from the training women", {}),
    "_of_visits": ("that, no contrast between views", {"pretrain.view_loss": "off"}),
    "_of_views": ("that, no contrast of classes", {"pretrain.visit_loss": "off"}),
    "_hidden_views": (
        "that, and views that dropout hides are not compared either (MCUR)",
        {"model.view_dropout": 0.4, "pretrain.view_loss_sees_dropout": True},
    ),
    "_pairwise": ("that, pairwise between views", {"pretrain.view_loss": "pairwise"}),
    "_decoupled": ("that, decoupled (DCL)", {"pretrain.decoupled": True}),
    "_teacher": ("that, with an EMA teacher (UniSD)", {"teacher.weight": 0.5}),
    "_false_negatives": (
        "that of altered copies, likely false negatives masked (TabEmbed)",
        {
            "pretrain.augment": True,  # how near positives are is seen between two altered copies
            "pairs.false_negatives": "share",
            "pairs.hardest_negatives": 32,
        },
    ),
    "_strata": (
        "that, negatives of the same unit and gestational age (IKEA)",
        {"pairs.negatives": ("other_woman", "same_device", "same_gestational_age")},
    ),
    "_women": (
        "that of altered copies, visits of one woman attract each other",
        {"pairs.positives": "woman", **TWO_VISITS},
    ),
    "_own_negatives": (
        "that of altered copies, a woman's own visits repel each other: who she is does not help",
        {"pairs.negatives": ("same_woman",), **TWO_VISITS},
    ),
    "_supcon": ("that, plain supervised contrast", {"pretrain.visit_loss": "supcon"}),
    "_targeted": ("that, fixed targets (TSC)", {"pretrain.visit_loss": "targeted"}),
    "_supmin": ("that by SupMin", {"pretrain.visit_loss": "supmin"}),
    "_supproto": ("that by SupProto", {"pretrain.visit_loss": "supproto"}),
    "_patient_aware": (
        "that, patient-aware",
        {"pretrain.visit_loss": "patient_aware", "pairs.visits_per_woman": 2},
    ),
    "_rank": ("that, with Rank-N-Contrast on pressures", {"pretrain.rank_weight": 0.5}),
    "_angular": (
        "that, angular similarity, pairwise views",
        {"pretrain.similarity": "angular", "pretrain.view_loss": "pairwise"},
    ),
    "_augmentation": ("that of two altered copies", {"pretrain.augment": True}),
    "_sound": (
        "that, with contamination, crops, warps and band edges too",
        {"pretrain.augment": True}
        | {
            f"augment.chance.{name}": 0.5
            for name in ("beat_crop", "time_warp", "contamination", "band_edges")
        },
    ),
}
CONTRASTS = tuple(
    Row(f"plus_contrast{name}", "ours", meaning, changes, pretrained=True)
    for name, (meaning, changes) in CONTRAST.items()
)
SWEEP = tuple(
    Row(
        f"embedding_{size}",
        "ours",
        f"embeddings of {size} numbers",
        {"model.embedding": size, "model.recording_embedding": size},
    )
    for size in (8, 16, 32, 96)
)
TINY: Changes = {
    f"{table}.{setting}": value
    for table, settings in tomllib.loads((RECIPES / "tiny.toml").read_text("utf-8")).items()
    for setting, value in settings.items()
}


SMALL = (
    Row("tiny", "ours", "the network for microcontrollers", TINY),
    Row("tiny_taught", "ours+teacher", "the same, with what ours says as a teacher", TINY),
)
LABELS = tuple(
    Row(
        f"{name}_labels_{share}",
        "ours",
        f"{name} with the labels of {share} % of the training women",
        {} if name == OURS else PREDECESSOR,
        others=OTHERS if name == OURS else 0,
        label_share=share / 100,
    )
    for name in (OURS, SUPERVISED)
    for share in (10, 25, 50)
)
EVERY = (*BASELINES, *PARTS, *OPTIONS, *CONTRASTS, *SWEEP, *SMALL, *LABELS)
ROWS = {row.name: row for row in EVERY}
SMOKE_ROWS = (
    *(HISTORY, "perfect_listener", "minirocket", "cnn_gru_attention", OURS),
    *("ours_longitudinal", "centroids_only", "prototype_bank", "plus_contrast"),
)
