"""Recipes: the default, a user's file over it, every refusal in one line, and the way back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe, to_toml
from fetal_hemo.rules import RULES

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_default_states_every_setting_and_holds_every_rule() -> None:
    recipe = load_recipe()
    assert recipe.labels.hypertensive == (140, 90)
    assert recipe.windows.usable_quality == ("good", "poor")
    assert recipe.pretrain.temperature == 0.1
    assert all(rule.holds(recipe) for rule in RULES)


def test_every_default_carries_a_comment_or_explains_itself() -> None:
    lines = (PROJECT / "fetal_hemo/recipes/default.toml").read_text(encoding="utf-8").splitlines()
    assert sum("#" in line for line in lines) >= 0.6 * sum(" = " in line for line in lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("path", sorted((PROJECT / "recipes").glob("*.toml")), ids=lambda p: p.name)
def test_every_shipped_recipe_loads(path: Path) -> None:
    assert load_recipe(path) != load_recipe()


def test_a_users_file_changes_what_it_names_and_nothing_else(write) -> None:
    recipe = load_recipe(write("[pretrain]\nepochs = 3\n[heart_rate.min_confidence]\ngood = 1\n"))
    default = load_recipe()
    expected = dataclasses.replace(
        default,
        pretrain=dataclasses.replace(default.pretrain, epochs=3),
        heart_rate=dataclasses.replace(
            default.heart_rate,
            min_confidence=dataclasses.replace(default.heart_rate.min_confidence, good=1.0),
        ),
    )
    assert recipe == expected


def test_written_recipes_read_back_equal(write) -> None:
    changed = load_recipe(write("[augment]\nnoise_snr_db = [-1.5, 20]\n[split]\nseed = 7\n"))
    for recipe in (load_recipe(), changed):
        assert load_recipe(write(to_toml(recipe))) == recipe


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[pretrain]\nepoch = 3", ['unknown key "pretrain.epoch"', 'did you mean "epochs"?']),
        ("[pretrian]\nepochs = 3", ['unknown key "pretrian"', 'did you mean "pretrain"?']),
        ("[pretrain]\nzzz = 3", ['unknown key "pretrain.zzz"', "known: epochs, "]),
        ("pretrain = 3", ["pretrain must be a section"]),
        ("[pretrain]\nepochs = 1.5", ["pretrain.epochs must be a whole number, got 1.5"]),
        ("[pretrain]\nepochs = true", ["pretrain.epochs must be a whole number, got True"]),
        ("[pretrain]\nepochs = -1", ["pretrain.epochs must be from 0 to 10000, got -1"]),
        ("[pretrain]\ntemperature = nan", ["pretrain.temperature must be a finite number"]),
        ("[pretrain]\ntemperature = inf", ["pretrain.temperature must be a finite number"]),
        ("[pretrain]\ntemperature = 1" + "0" * 400, ["pretrain.temperature must be a number"]),
        ("[pretrain]\nepochs = 1" + "0" * 5000, ["not a TOML file"]),
        ("[windows]\nusable_quality = []", ["windows.usable_quality must hold at least one item"]),
        ('[windows]\nusable_quality = ["god"]', ["usable_quality must be one of good, poor"]),
        ('[windows]\nusable_quality = "good"', ["usable_quality must be a list"]),
        ("[augment]\nnoise_snr_db = [30, 10]", ["augment.noise_snr_db must not fall"]),
        ("[augment]\nnoise_snr_db = [30]", ["must be a list of 2, got 1 items"]),
        ("[labels]\nsevere = [130, 110]", ["the pressures must rise"]),
        ("[split]\nvalidation = 0.5\ntest = 0.45", ["at least 0.1 of the women for training"]),
        ("[windows]\nmax_windows = 4", ["min_usable_windows must not exceed max_windows"]),
        ("[finetune]\nmax_windows = 500", ["must not exceed windows.max_windows"]),
        ("[model]\nattention_heads = 5", ["attention_heads must divide embedding"]),
        (
            '[pretrain]\nvisit_loss = "balancd"',
            ["pretrain.visit_loss must be one of balanced", 'did you mean "balanced"?'],
        ),
        (
            '[finetune]\nauxiliary_loss = "prototype"',
            ["finetune.auxiliary_loss must be one of prototypes", 'did you mean "prototypes"?'],
        ),
        ('[pretrain]\nview_loss = "leave-one-out"', ['did you mean "leave_one_out"?']),
        ('[pairs]\nnegatives = ["other_women"]', ["pairs.negatives", 'mean "other_woman"?']),
        ("[pairs]\nnegative = []", ['unknown key "pairs.negative"', 'did you mean "negatives"?']),
        ("[pretrain]\nview_loss = 1", ["pretrain.view_loss must be text, got 1"]),
        ("[pretrain]\ndecoupled = 1", ["pretrain.decoupled must be true or false, got 1"]),
        (
            "[pretrain]\nmultiview_weight = 0\nprototype_weight = 0",
            ["a view loss, a visit loss, rank_weight or physiology_weight must be on"],
        ),
        ('[pretrain]\nsimilarity = "angular"', ['"leave_one_out" knows similarity "cosine" only']),
        ('[pretrain]\nview_loss = "pairs"\naugment = false', ["two equal copies of a window"]),
        (
            '[model]\nviews = ["rhythm"]\n[pretrain]\nview_loss = "off"\nevents_weight = 1',
            ["events_weight needs one of time_frequency, envelope"],
        ),
        (
            "[finetune]\nencoder_learning_rate = 0.0",
            ["encoder_learning_rate 0 encodes each visit once, so augment must be false"],
        ),
        (
            "[pretrain]\nevents_weight = 1\n[augment.chance]\ntime_warp = 0.1",
            ["events_weight needs beats left where they are"],
        ),
        (
            '[pretrain]\naugment = false\n[pairs]\nfalse_negatives = "share"',
            ["false_negatives are known by how near altered copies are"],
        ),
        ('[pairs]\npositives = "visit"', ['need pretrain.view_loss "pairs"']),
        (
            '[pretrain]\nvisit_loss = "patient_aware"',
            ["visits_per_woman must be 2 or more", '"patient_aware"'],
        ),
        (
            '[pairs]\nnegatives = ["same_woman", "other_woman"]',
            ['"same_woman" exclude "other_woman"'],
        ),
        (
            '[pretrain]\nvisit_loss = "supcon"\n[teacher]\nweight = 1',
            ["teacher: needs pretrain.visit_loss balanced, supproto, targeted"],
        ),
        ("[pretrain\n", ["not a TOML file", "line 1"]),
        ("a = " + "[" * 100_000, ["not a TOML file"]),
    ],
)
def test_a_bad_recipe_is_one_line_that_names_the_key(write, text: str, parts: list[str]) -> None:
    with pytest.raises(FetalHemoError) as caught:
        load_recipe(write(text))
    line = caught.value.line()
    assert line.startswith("E-RECIPE: ")
    assert "mine.toml" in line
    assert "\n" not in line
    assert len(line) < 700
    for part in parts:
        assert part in line


def test_what_is_not_a_text_file_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe[\x00p\x00")
    for path, code in (
        (tmp_path / "none.toml", "E-NOT-FOUND"),
        (tmp_path, "E-RECIPE"),
        (binary, "E-RECIPE"),
    ):
        with pytest.raises(FetalHemoError) as caught:
            load_recipe(path)
        assert caught.value.code == code
