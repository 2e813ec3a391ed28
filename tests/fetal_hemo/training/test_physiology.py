"""What the simulator knows of a heart: read, learned and watched, without a blood pressure."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import TRUTH, open_cohort
from fetal_hemo.training.physiology import (
    QUANTITIES,
    explained,
    known_physiology,
    physiology_loss,
)
from fetal_hemo.training.pretrain import train
from fetal_hemo.training.run_folder import LOG, start_run

ALONE = {"view_loss": "off", "visit_loss": "off", "physiology_weight": 1.0}
NAMES = [quantity.name for quantity in QUANTITIES]
WHOLE = json.dumps({"fetus": dict.fromkeys(NAMES, 1.5)}).encode()


def in_units(name: str, known: np.ndarray) -> np.ndarray:
    """A quantity as the truth has it, of `(visits, quantities)`."""
    _, typical, log_spread = QUANTITIES[NAMES.index(name)]
    return typical * np.exp(log_spread * known[:, NAMES.index(name)])


def test_it_is_what_the_beats_of_the_recording_were_made_of(surveyed) -> None:
    cohort, visits = surveyed.cohort, surveyed.found.visits
    known = known_physiology(cohort, visits).numpy()
    assert known.shape == (len(visits), len(QUANTITIES))
    paths = [cohort.folder / TRUTH / f"{v.recording.recording_id}.json" for v in visits]
    beats = [json.loads(path.read_text())["intervals_ms"] for path in paths]
    for name in ("ict", "et", "irt"):
        told = in_units(f"{name}_ms", known)
        medians = np.array([np.median(of_one[name]) for of_one in beats])
        np.testing.assert_allclose(told, medians, rtol=0.2)  # they breathe with the rate
        assert np.corrcoef(told, medians)[0, 1] > 0.75  # of another recording: about 0
    days = np.array([visit.recording.gestational_age_days for visit in visits])
    np.testing.assert_allclose(in_units("weeks", known), days / 7, atol=1.01)


def test_a_cohort_without_truth_is_refused_in_one_line(surveyed, tmp_path) -> None:
    folder = tmp_path / "real"
    shutil.copytree(surveyed.cohort.folder, folder, ignore=shutil.ignore_patterns(TRUTH))
    with pytest.raises(FetalHemoError, match="physiology_weight = 0") as refused:
        known_physiology(open_cohort(folder), surveyed.found.visits)
    assert refused.value.code == "E-COHORT"
    assert "\n" not in str(refused.value)


DAMAGED = (
    *(b"", b"{", b"[]", b"\xff", b"null", b'"x"', b'{"fetus": {}}', b'{"fetus": []}', b"[" * 5_000),
    *(WHOLE.replace(b"1.5", wrong, 1) for wrong in (b"0", b"-3", b'"x"', b"[]")),
)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_truth_is_no_error_of_ours(surveyed, tmp_path, content) -> None:
    cohort = replace(surveyed.cohort, folder=tmp_path)
    visit = surveyed.found.visits[0]
    (tmp_path / TRUTH).mkdir()
    (tmp_path / TRUTH / f"{visit.recording.recording_id}.json").write_bytes(content)
    with pytest.raises(FetalHemoError, match="E-COHORT"):
        known_physiology(cohort, [visit])


def test_a_borrowed_rhythm_leaves_its_quantities_open(surveyed, tmp_path) -> None:
    cohort, visit = replace(surveyed.cohort, folder=tmp_path), surveyed.found.visits[0]
    (tmp_path / TRUTH).mkdir()
    fetus = dict.fromkeys(NAMES, 1.5) | dict.fromkeys(("rate_bpm", "stv_ms", "ltv_ms"))
    path = tmp_path / TRUTH / f"{visit.recording.recording_id}.json"
    path.write_text(json.dumps({"fetus": fetus}))
    assert known_physiology(cohort, [visit])[0].isnan().tolist() == [True] * 3 + [False] * 8


def test_the_loss_is_over_what_is_known() -> None:
    told = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    known = torch.tensor([[0.0, math.nan], [1.0, 4.0]])
    loss = physiology_loss(told, known)
    assert loss.item() == pytest.approx((1 + 4 + 0) / 3)
    (gradient,) = torch.autograd.grad(loss, told)
    assert gradient.tolist() == [[pytest.approx(2 / 3), 0.0], [pytest.approx(4 / 3), 0.0]]
    nothing = physiology_loss(told, torch.tensor([[math.nan, math.inf], [-math.inf, math.nan]]))
    (gradient,) = torch.autograd.grad(nothing, told)
    assert nothing.item() == 0.0
    assert (gradient == 0).all()


def test_explained_is_r2_over_what_is_known() -> None:
    draw = torch.Generator().manual_seed(4)
    known = torch.randn(30, len(QUANTITIES), generator=draw)
    told = known + 0.5 * torch.randn(30, len(QUANTITIES), generator=draw)
    known[:7, 1] = float("nan")
    known[:, 2] = 1.0  # does not vary
    known[:, 3] = float("nan")
    found = explained(told, known)
    assert found.keys() == set(NAMES) - {NAMES[2], NAMES[3]}
    assert found[NAMES[0]] == pytest.approx(r2_score(known[:, 0], told[:, 0]))
    assert found[NAMES[1]] == pytest.approx(r2_score(known[7:, 1], told[7:, 1]))


def test_it_is_learned_alone_and_no_label_is_seen(trained, smallest, surveyed, tmp_path) -> None:
    recipe = smallest(pretrain={**ALONE, "epochs": 10, "learning_rate": 1e-2})
    objective, epochs = trained(tmp_path / "run", recipe)
    assert epochs[-1]["physiology"] < 0.8 * epochs[0]["physiology"]
    assert epochs[-1]["loss"] == pytest.approx(epochs[-1]["physiology"])
    assert {f"explained_{name}" for name in NAMES} <= epochs[-1].keys()
    assert "explained_et_ms" in (tmp_path / "run" / LOG).read_text()

    changed = [
        replace(visit, label=(visit.label + 2) % 4)
        for visit in sorted(surveyed.found.visits, key=lambda v: v.recording.participant_id)
    ]
    with start_run(tmp_path / "other", "pretrain", recipe, surveyed.cohort, False) as run:
        women = {visit.recording.participant_id for visit in changed[:8]}
        others = [v for v in changed if v.recording.participant_id not in women][:6]
        blind, _ = train(run, surveyed.cohort, changed[:8], others, recipe)
    same = zip(objective.state_dict().values(), blind.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in same)


def test_beside_other_losses_it_has_its_weight(trained, smallest, tmp_path) -> None:
    def first(weight: float) -> dict[str, float]:
        recipe = smallest(pretrain={"physiology_weight": weight, "epochs": 1})
        return trained(tmp_path / f"run{weight}", recipe)[1][0]

    off, slow, fast = first(0.0), first(1e-9), first(2e-9)  # so little moves no weight
    assert "physiology" not in off
    assert not any(name.startswith("explained") for name in off)
    assert {"view", "visit", "physiology"} <= slow.keys()
    assert fast["physiology"] == pytest.approx(2 * slow["physiology"], rel=1e-3)
