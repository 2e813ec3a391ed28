"""The rows of the table: baselines, the reconstructed method, and what it is without each part.

A learned row is the recipe `recipes/quick.toml` with changes, `section.setting -> value`. Nothing
of a row is chosen on the cohorts that it is judged on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fetal_hemo.constants import VIEWS
from fetal_hemo.recipe import load_recipe, to_toml

Changes = dict[str, Any]
RECIPES = Path(__file__).parents[2] / "recipes"
RECIPE = RECIPES / "quick.toml"
OURS = "ours"
SUPERVISED = "supervised_hierarchical"
TIME_FREQUENCY = {
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
SIMCLR = {**TIME_FREQUENCY, **NO_LONG_TAIL}
# As many epochs as ours in both its trainings, at the rate of weights that nothing has trained yet.
FROM_SCRATCH: Changes = {"finetune.epochs": 20, "finetune.encoder_learning_rate": 1e-3}
PREDECESSOR = {**SIMCLR, **FROM_SCRATCH}
OTHERS = 3_600
WITHOUT = {view: tuple(other for other in VIEWS if other != view) for view in VIEWS}
PHYSIOLOGY: Changes = {
    "pretrain.view_loss": "off",
    "pretrain.visit_loss": "off",
    "pretrain.physiology_weight": 1.0,
    "pretrain.windows_per_visit": 16,
    "pretrain.epochs": 8,
}


@dataclass(frozen=True)
class Row:
    """One way to a score for every visit; `kind` says which code makes it."""

    name: str
    kind: str
    meaning: str
    changes: Changes = field(default_factory=dict)
    pretrained: bool = True
    others: int = 0  # pretrained on so many simulated women of another cohort, at no effect
    label_share: float = 1.0


BASELINES = (
    Row("age_ga_bmi", "features", "age + gestational age + BMI, logistic"),
    Row("rhythm_logistic", "features", "heart rate and its variation, logistic"),
    Row("rhythm_boosting", "features", "heart rate and its variation, gradient boosting"),
    Row("quality_only", "features", "signal quality only, logistic (negative control)"),
    Row("gestational_age_only", "features", "gestational age only, logistic (negative control)"),
    Row("random_encoder", "random", "our encoder with random weights, logistic"),
    Row("minirocket", "minirocket", "MiniRocket on the envelopes, ridge (Dempster 2021)"),
    Row(
        "cnn_gru_attention",
        "lineage",
        "flat CNN-GRU-attention, windows averaged (lineage)",
        FROM_SCRATCH,
        pretrained=False,
    ),
    Row(
        SUPERVISED,
        "ours",
        "hierarchical attention on the time-frequency view, supervised (form of 2022)",
        PREDECESSOR,
        pretrained=False,
    ),
    Row("hierarchical_simclr", "ours", "the same, pretrained by SimCLR", SIMCLR),
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
    ),
)
PARTS = (
    Row(OURS, "ours", "ours: three views, hierarchy, prototypes, long-tail terms"),
    Row("ours_and_history", "ours+history", "ours with age, gestational age and BMI, logistic"),
    Row("ours_longitudinal", "ours+visits", "ours with attention over a woman's earlier visits"),
    Row(
        "minus_prototypes",
        "ours",
        "no class prototypes",
        {"pretrain.visit_loss": "supcon", "finetune.auxiliary_contrast": 0.0},
    ),
    Row("minus_multi_view", "ours", "no contrast between views", {"pretrain.view_loss": "off"}),
    Row("minus_hierarchy", "ours", "windows averaged", {"model.window_attention": False}),
    Row(
        "minus_long_tail",
        "ours",
        "no terms for rare classes: plain supervised contrast, then plain cross-entropy",
        {
            "pretrain.visit_loss": "supcon",
            "pretrain.balanced_draws": False,
            "finetune.logit_adjustment": 0.0,
            "finetune.auxiliary_contrast": 0.0,
        },
    ),
    Row("minus_pretraining", "ours", "trained on labels only", FROM_SCRATCH, pretrained=False),
    *(
        Row(f"minus_{view}", "ours", "without that view", {"model.views": others})
        for view, others in WITHOUT.items()
    ),
)
OPTIONS = (
    Row("plus_no_view_dropout", "ours", "no view dropout", {"model.view_dropout": 0.0}),
    Row("plus_view_dropout", "ours", "view dropout 0.4 (MCUR)", {"model.view_dropout": 0.4}),
    Row(
        "plus_views_hidden_in_contrast",
        "ours",
        "views that dropout hides are not compared either (MCUR)",
        {"model.view_dropout": 0.4, "pretrain.view_loss_sees_dropout": True},
    ),
    Row("plus_pairwise", "ours", "pairwise view contrast", {"pretrain.view_loss": "pairwise"}),
    Row("plus_decoupled", "ours", "decoupled contrast (DCL)", {"pretrain.decoupled": True}),
    Row("plus_teacher", "ours", "EMA teacher (UniSD)", {"teacher.weight": 0.5}),
    Row(
        "plus_false_negatives",
        "ours",
        "altered copies, and likely false negatives masked (TabEmbed)",
        {
            "pretrain.augment": True,  # how near positives are is seen between two altered copies
            "pairs.false_negatives": "share",
            "pairs.hardest_negatives": 32,
        },
    ),
    Row(
        "plus_strata",
        "ours",
        "negatives of the same unit and gestational age (IKEA)",
        {"pairs.negatives": ("other_woman", "same_device", "same_gestational_age")},
    ),
    Row(
        "plus_women",
        "ours",
        "altered copies, and visits of one woman attract each other",
        {
            "pairs.positives": "woman",
            "pretrain.view_loss": "pairs",
            "pretrain.augment": True,
            "pairs.visits_per_woman": 2,
        },
    ),
    Row("plus_targeted", "ours", "fixed targets (TSC)", {"pretrain.visit_loss": "targeted"}),
    Row("plus_supmin", "ours", "SupMin", {"pretrain.visit_loss": "supmin"}),
    Row("plus_supproto", "ours", "SupProto", {"pretrain.visit_loss": "supproto"}),
    Row(
        "plus_patient_aware",
        "ours",
        "patient-aware contrast",
        {"pretrain.visit_loss": "patient_aware", "pairs.visits_per_woman": 2},
    ),
    Row("plus_rank", "ours", "Rank-N-Contrast on pressures", {"pretrain.rank_weight": 0.5}),
    Row(
        "plus_angular",
        "ours",
        "angular similarity, pairwise views",
        {"pretrain.similarity": "angular", "pretrain.view_loss": "pairwise"},
    ),
    Row("plus_augmentation", "ours", "two altered copies are compared", {"pretrain.augment": True}),
    Row(
        "plus_sound",
        "ours",
        "contamination, crops, warps and band edges as augmentation too",
        {"pretrain.augment": True}
        | {
            f"augment.chance.{name}": 0.5
            for name in ("beat_crop", "time_warp", "contamination", "band_edges")
        },
    ),
    Row(
        "plus_auxiliary_supcon",
        "ours",
        "plain supervised contrast while fine-tuning",
        {"finetune.auxiliary_loss": "supcon"},
    ),
    Row(
        "plus_no_auxiliary",
        "ours",
        "no contrast while fine-tuning",
        {"finetune.auxiliary_contrast": 0.0},
    ),
    Row(
        "plus_physiology",
        "ours",
        "also told what the simulator knows of the training women's hearts, pressures apart",
        {"pretrain.physiology_weight": 1.0},
    ),
    Row(
        "physiology_elsewhere",
        "ours",
        f"pretrained on five of six of {OTHERS} other simulated women, on their hearts alone",
        PHYSIOLOGY,
        others=OTHERS,
    ),
    Row(
        "physiology_and_history",
        "ours+history",
        "that with age, gestational age and BMI, logistic",
        PHYSIOLOGY,
        others=OTHERS,
    ),
    *(
        Row(
            f"physiology_{name}",
            "ours",
            f"pretrained so, {meaning}",
            PHYSIOLOGY | changes,
            others=women,
        )
        for name, meaning, changes, women in (
            ("of_fewer_women", "as many steps, on 900", {"pretrain.epochs": 32}, 900),
            ("minus_hierarchy", "windows averaged", {"model.window_attention": False}, OTHERS),
            *(
                (f"minus_{view}", "without that view", {"model.views": others}, OTHERS)
                for view, others in WITHOUT.items()
            ),
        )
    ),
    Row("centroids_only", "ours+centroids", "ours, the nearest class centroid decides (R2P)"),
    Row("prototype_bank", "ours+bank", "ours, the 15 most alike training visits decide"),
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


def differences(file: Path) -> Changes:
    """What makes the comparison's recipe that of a file, but for the number of threads."""
    here, there = (to_toml(load_recipe(path)) for path in (RECIPE, file))
    known, wanted = (dict(_settings(tomllib.loads(text))) for text in (here, there))
    return {
        name: value
        for name, value in wanted.items()
        if value != known[name] and not name.endswith(".threads")
    }


def _settings(tables: dict[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{at}{name}.")
        else:
            yield f"{at}{name}", value


SHIPPED = Row(
    "ours_default_bundle",
    "ours",
    "by the recipe of the bundle that ships: measuring first, on other women",
    differences(RECIPES / "default_bundle.toml"),
    others=OTHERS,
)
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
        pretrained=name == OURS,
        label_share=share / 100,
    )
    for name in (OURS, SUPERVISED)
    for share in (10, 25, 50)
)
ROWS = {row.name: row for row in (*BASELINES, *PARTS, SHIPPED, *OPTIONS, *SWEEP, *SMALL, *LABELS)}
SMOKE_ROWS = (
    *("age_ga_bmi", "minirocket", "cnn_gru_attention", OURS),
    *("ours_longitudinal", "centroids_only", "prototype_bank", "physiology_elsewhere"),
)
