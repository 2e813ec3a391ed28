"""What each step tells of the beats around it: the events in it, the intervals near them."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.nn import functional

from fetal_hemo.constants import BEAT_VIEWS, FRAMES
from fetal_hemo.training.beat_events import EVENTS, INTERVALS
from fetal_hemo.training.beat_head import (
    CROSS_ENTROPY_SCALE,
    FRAMES_A_STEP,
    NEAR_S,
    STEP_S,
    TYPICAL_MS,
    BeatHead,
    Told,
    beat_losses,
    beat_truth,
    bumps,
    intervals_at_steps,
)

STEPS = FRAMES // FRAMES_A_STEP
BESIDE_PHYSIOLOGY: dict[str, Any] = {
    "view_loss": "off",
    "visit_loss": "off",
    "physiology_weight": 1.0,
    "events_weight": 0.5,
}


def beats(windows: int, count: int = 8, seed: int = 0) -> torch.Tensor:
    """Events `(windows, events, beats)` of beats 0.43 s apart, each with its own intervals."""
    draw = torch.Generator().manual_seed(seed)
    typical = torch.tensor([TYPICAL_MS[f"{name}_ms"][0] / 1_000 for name in INTERVALS])
    spans = typical[:, None] * (
        0.9 + 0.2 * torch.rand(windows, len(INTERVALS), count, generator=draw)
    )
    q_waves = 0.05 + 0.43 * torch.arange(count).expand(windows, 1, -1)
    return torch.cat([q_waves, spans], dim=1).cumsum(dim=1)


def test_a_bump_stands_where_the_event_is() -> None:
    events = torch.full((2, len(EVENTS), 3), math.nan)
    events[0, 1, :2] = torch.tensor([0.5025, 0.9025])
    found = bumps(events)
    assert found[0, 1, 100] == 1  # the frame from 0.500 to 0.505 s
    assert found[0, 1, 99] == pytest.approx(math.exp(-0.5 * (0.005 / 0.0075) ** 2), abs=1e-4)
    assert found[0, 1].gt(0.5).sum() == 6  # three frames each
    assert found[0, 0].sum() == found[1].sum() == 0


def test_where_there_is_no_beat_nothing_is_asked() -> None:
    told = Told(torch.full((2, 5, FRAMES), -20.0), torch.randn(2, len(INTERVALS), STEPS))
    for nothing in (torch.zeros(2, 5, 0), torch.full((2, 5, 3), math.nan)):
        assert (bumps(nothing) == 0).all()
        assert intervals_at_steps(nothing, STEPS)[1].sum() == 0
        assert beat_losses(told, beat_truth(nothing)).tolist() == pytest.approx([0, 0], abs=1e-6)


def test_a_step_tells_of_its_own_frames_and_its_neighbours_of_theirs() -> None:
    torch.manual_seed(0)
    head, steps = BeatHead(8), torch.randn(2, 8, STEPS)
    plain = head(steps)
    assert plain.events.shape == (2, len(EVENTS), FRAMES)
    assert plain.intervals.shape == (2, len(INTERVALS), STEPS)
    steps[:, :, 60] += 1
    moved = [(now - then).abs() for now, then in zip(head(steps), plain, strict=True)]
    touched = [torch.nonzero(m.amax(dim=(0, 1)) > 1e-6).flatten().tolist() for m in moved]
    assert touched == [list(range(59 * FRAMES_A_STEP, 62 * FRAMES_A_STEP)), [60]]


def test_a_step_is_asked_for_the_intervals_whose_middle_is_near() -> None:
    """Against one step, one interval and one beat after the other."""
    events = beats(2)
    events[1, :, 5:] = math.nan
    wanted, asked = intervals_at_steps(events, STEPS)
    for window, interval, step in torch.cartesian_prod(*map(torch.arange, (2, 4, STEPS))).tolist():
        ends = events[window, interval : interval + 2]
        away = (ends.mean(dim=0) - (step + 0.5) * STEP_S).abs()
        near = [beat for beat in range(8) if away[beat] < NEAR_S]
        assert asked[window, interval, step] == bool(near)
        if near:
            typical, spread = TYPICAL_MS[f"{INTERVALS[interval]}_ms"]
            length = 1_000 * float(ends[1, near[0]] - ends[0, near[0]])
            scaled = math.log(length / typical) / spread
            assert wanted[window, interval, step].item() == pytest.approx(scaled, abs=1e-3)
    assert 0.1 < asked.mean() < 0.2


def test_the_loss_is_cross_entropy_and_squared_error() -> None:
    torch.manual_seed(0)
    events, logits = beats(3), torch.randn(3, len(EVENTS), FRAMES)
    said = torch.randn(3, len(INTERVALS), STEPS)
    happened, likely = bumps(events), torch.sigmoid(logits)
    entropy = -(happened * likely.log() + (1 - happened) * (1 - likely).log()).mean(dim=(1, 2))
    wanted, asked = intervals_at_steps(events, STEPS)
    errors = [((s - w)[a > 0] ** 2).mean() for s, w, a in zip(said, wanted, asked, strict=True)]
    expected = CROSS_ENTROPY_SCALE * entropy + torch.stack(errors)
    torch.testing.assert_close(beat_losses(Told(logits, said), beat_truth(events)), expected)


def test_it_is_least_where_the_events_are() -> None:
    events = beats(3)
    best, said = (
        torch.logit(bumps(events).clamp(1e-4, 1 - 1e-4)),
        intervals_at_steps(events, STEPS)[0],
    )
    late = functional.pad(best, (4, 0))[..., :FRAMES]  # 20 ms
    right, wrong = (beat_losses(Told(logits, said), beat_truth(events)) for logits in (best, late))
    assert (right < 0.5 * wrong).all()


def test_events_are_learned_beside_the_physiology(trained, smallest, tmp_path) -> None:
    recipe = smallest(pretrain={**BESIDE_PHYSIOLOGY, "epochs": 12, "learning_rate": 1e-2})
    objective, epochs = trained(tmp_path / "run", recipe)
    assert set(objective.events) == set(BEAT_VIEWS)
    assert epochs[-1]["events"] < 0.6 * epochs[0]["events"]
    assert epochs[-1]["validation_events"] < 0.7 * epochs[0]["validation_events"]
    assert not any(name.startswith("events") for name in objective.model.state_dict())


def test_one_view_has_one_head(trained, smallest, tmp_path) -> None:
    views = {"model": {"views": ["envelope", "rhythm"]}, "pretrain": BESIDE_PHYSIOLOGY}
    objective, _ = trained(tmp_path / "run", smallest(**views))
    assert list(objective.events) == ["envelope"]
