"""Every choice of a recipe trains, and ends with the same bits when resumed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import torch

from fetal_hemo import settings_contrast
from fetal_hemo.contrast import SIMILARITIES
from fetal_hemo.contrast.pairing import POSITIVES, STRATA
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.checkpoint import CHECKPOINT
from fetal_hemo.training.sources import SIGNALS
from fetal_hemo.training.view_losses import VIEW_LOSSES
from fetal_hemo.training.visit_losses import VISIT_LOSSES

TWO = {"visits_per_woman": 2}
FROM_START = {"false_negative_from_epoch": 0}
CHOICES: dict[str, dict[str, dict[str, Any]]] = {
    "default": {},
    "windows only": {"pretrain": {"visit_loss": "off"}},
    "visits only": {"pretrain": {"view_loss": "off"}},
    "pairwise, angular": {"pretrain": {"view_loss": "pairwise", "similarity": "angular"}},
    "decoupled": {"pretrain": {"decoupled": True}, "pairs": TWO},
    "supcon": {"pretrain": {"visit_loss": "supcon"}},
    "supmin": {"pretrain": {"visit_loss": "supmin", "majority_ratio": 0.5}},
    "supproto": {"pretrain": {"visit_loss": "supproto"}},
    "targeted": {"pretrain": {"visit_loss": "targeted"}},
    "patient_aware": {
        "pretrain": {"visit_loss": "patient_aware", "classmates": "negative"},
        "pairs": TWO,
    },
    "patient_aware, neutral": {"pretrain": {"visit_loss": "patient_aware"}, "pairs": TWO},
    "physiology alone": {
        "pretrain": {"view_loss": "off", "visit_loss": "off", "physiology_weight": 1.0}
    },
    "physiology too": {"pretrain": {"physiology_weight": 0.5}},
    "events too": {"pretrain": {"physiology_weight": 0.5, "events_weight": 0.5}},
    "events, not augmented": {"pretrain": {"augment": False, "events_weight": 0.5}},
    "not augmented": {"pretrain": {"augment": False, "physiology_weight": 0.5}},
    "rank alone": {"pretrain": {"view_loss": "off", "visit_loss": "off", "rank_weight": 1.0}},
    "view positives, decoupled": {
        "pretrain": {"view_loss": "pairs", "decoupled": True},
        "pairs": {"positives": "view"},
    },
    "window positives, likeness": {
        "pretrain": {"view_loss": "pairs"},
        "pairs": {"negatives": [n for n in STRATA if n not in ("other_woman", "same_woman")]},
    },
    "visit positives, share": {
        "pretrain": {"view_loss": "pairs", "similarity": "angular"},
        "pairs": {"positives": "visit", "false_negatives": "share"} | FROM_START,
    },
    "woman positives, hardest": {
        "pretrain": {"view_loss": "pairs"},
        "pairs": {"positives": "woman", "hardest_negatives": 3} | TWO | FROM_START,
    },
    "her own negatives, margin": {
        "pairs": {
            "negatives": ["same_woman"],
            "false_negatives": "margin",
            "false_negative_bound": 0.1,
        }
        | FROM_START,
    },
    "hidden views": {
        "model": {"view_dropout": 0.5},
        "pretrain": {"view_loss": "pairs", "view_loss_sees_dropout": True},
    },
    "teacher": {"teacher": {"weight": 1.0}},
    "teacher, range, quantile": {
        "pretrain": {"visit_loss": "supproto", "view_loss": "off"},
        "teacher": {"weight": 1.0, "spread": "range", "form": "quantile"},
    },
}


def test_words_of_a_recipe_are_those_that_the_losses_know() -> None:
    for words, known in (
        (settings_contrast.ViewLoss, {*VIEW_LOSSES, "off"}),
        (settings_contrast.VisitLoss, {*VISIT_LOSSES, "off"}),
        (settings_contrast.Similarity, set(SIMILARITIES)),
        (settings_contrast.Positives, set(POSITIVES)),
        (settings_contrast.Negative, set(STRATA)),
    ):
        assert set(get_args(words)) == known


def words_of(settings: type) -> set[tuple[str, str]]:
    """Every word that a field of these settings may say, with the field's name."""
    found = set()
    for name, hint in get_type_hints(settings).items():
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if get_origin(inner) is Literal:
            found |= {(name, word) for word in get_args(inner)}
    return found


def said_by(recipe: Recipe) -> set[tuple[str, str]]:
    """The words of a recipe that have a part in its training."""
    at_work: list[Any] = [recipe.pretrain]
    if recipe.pretrain.compares_windows:
        at_work.append(recipe.pairs)
    if recipe.teacher.weight > 0:
        at_work.append(recipe.teacher)
    found = set()
    for settings in at_work:
        for name, value in vars(settings).items():
            values = value if isinstance(value, tuple) else [value]
            found |= {(name, each) for each in values if isinstance(each, str)}
    if recipe.pretrain.visit_loss != "patient_aware":
        found = {(name, word) for name, word in found if name != "classmates"}
    return found


def test_every_word_is_tried(smallest) -> None:
    sections = (
        settings_contrast.Pretrain,
        settings_contrast.PairSettings,
        settings_contrast.TeacherSettings,
    )
    known = set().union(*map(words_of, sections))
    assert {("view_loss", "pairs"), ("negatives", "same_device"), ("form", "quantile")} < known
    tried = set().union(*(said_by(smallest(**choice)) for choice in CHOICES.values()))
    assert known - tried == set()


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_trains(trained, smallest, tmp_path: Path, choice: str) -> None:
    objective, history = trained(tmp_path / "run", smallest(**CHOICES[choice]))
    assert len(history) == 2
    assert all(parameter.isfinite().all() for parameter in objective.parameters())
    names = {"view", "visit", "rank", "physiology", "events", "teacher"} & set(history[0])
    assert names
    for row in history:
        assert row["loss"] == pytest.approx(sum(row[name] for name in names), rel=1e-5)
        assert all(math.isfinite(row[f"validation_{name}"]) for name in names)
        assert 0 < row["gradient_norm"] < math.inf


RICH = {
    "pretrain": {
        "epochs": 3,
        "visit_loss": "targeted",
        "rank_weight": 0.1,
        "physiology_weight": 1.0,
        "events_weight": 0.5,
    },
    "teacher": {"weight": 1.0, "momentum": 0.9},
}
NEAR_COPIES = {"pairs": {"false_negatives": "share", "false_negative_from_epoch": 3}}


@pytest.mark.parametrize("augment", [True, False])
def test_targets_and_teacher_end_with_the_same_bits_when_resumed(
    trained, smallest, tmp_path: Path, augment: bool
) -> None:
    sound = {"pretrain": {**RICH["pretrain"], "augment": augment}}
    recipe = smallest(**RICH | sound | (NEAR_COPIES if augment else {}))
    whole, history = trained(tmp_path / "whole", recipe)

    def interrupt(done: int, total: int) -> None:
        if done == total - 3:  # in the middle of the second of three epochs
            raise KeyboardInterrupt

    with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
        trained(tmp_path / "cut", recipe, progress=interrupt)
    assert (tmp_path / "cut" / SIGNALS).exists() is not augment
    resumed, gone_on = trained(tmp_path / "cut", recipe, resume=True)
    assert gone_on == history
    assert not (tmp_path / "cut" / SIGNALS).exists()
    state = whole.state_dict()
    assert int(state["teacher.average.n_averaged"]) == 6  # one a step
    assert not state["points.centroids"].eq(0).all(dim=1).all()
    assert resumed.state_dict().keys() == state.keys()
    assert all(torch.equal(value, state[name]) for name, value in resumed.state_dict().items())
    files = [(tmp_path / name / CHECKPOINT).read_bytes() for name in ("whole", "cut")]
    assert files[0] == files[1]
