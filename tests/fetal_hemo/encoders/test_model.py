"""The whole network: contract of its outputs, gradients, modes, size, determinism."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import BP_CLASSES, QUALITY_CLASSES, VIEWS
from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.recipe import load_recipe

MOST_PARAMETERS = 300_000  # the bundle stays far below 1 MB
# Added to the score of every view alike, it cancels in the softmax over views.
WITHOUT_EFFECT = {"fusion.score.bias"}


def test_window_outputs_have_the_shapes_of_the_contract(
    model: ScreeningModel, samples: Tensor
) -> None:
    out = model.encode_windows(samples)
    assert out.view_embeddings.shape == (4, len(VIEWS), model.size.embedding)
    assert out.quality.shape == (4, len(QUALITY_CLASSES))
    assert (
        out.heart_rate_bpm.shape == out.heart_rate_confidence.shape == out.dead_share.shape == (4,)
    )
    assert out.beat_attention.shape == (4, 2, 125)
    torch.testing.assert_close(out.quality.sum(dim=1), torch.ones(4))
    torch.testing.assert_close(out.beat_attention.sum(dim=-1), torch.ones(4, 2))
    torch.testing.assert_close(out.heart_rate_bpm, torch.full((4,), 144.0), atol=1.5, rtol=0)


def test_recording_outputs_have_the_shapes_of_the_contract(
    model: ScreeningModel, recordings
) -> None:
    out = model.encode_recording(*recordings)
    assert out.logits.shape == (2, len(BP_CLASSES))
    assert out.embedding.shape == (2, model.size.recording_embedding)
    assert out.window_attention.shape == (2, 6)
    torch.testing.assert_close(out.window_attention.sum(dim=1), torch.ones(2))


def test_size_changes_the_widths() -> None:
    small = ScreeningModel(ModelSize(16, 24, 20, 2)).eval()
    out = small.encode_windows(torch.zeros(2, 15_000))
    assert out.view_embeddings.shape == (2, 3, 24)
    masks = torch.ones(1, 2, 3), torch.ones(1, 2)
    recording = small.encode_recording(out.view_embeddings[None], torch.zeros(1, 2), *masks)
    assert recording.embedding.shape == (1, 20)
    assert recording.logits.shape == (1, 4)


@pytest.mark.parametrize("subset", [s for s in itertools.product((0.0, 1.0), repeat=3) if any(s)])
def test_any_subset_of_views_works(
    subset: tuple[float, ...], model: ScreeningModel, recordings
) -> None:
    mask = torch.tensor(subset).expand(2, 6, 3)
    hidden = torch.where(mask[..., None] > 0, recordings.view_embeddings, 1e3)
    plain = model.encode_recording(*recordings._replace(view_mask=mask))
    garbage = model.encode_recording(*recordings._replace(view_mask=mask, view_embeddings=hidden))
    for found, expected in zip(garbage, plain, strict=True):
        assert torch.isfinite(found).all()
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_gradient_reaches_every_parameter(model: ScreeningModel, samples: Tensor) -> None:
    model.train()
    generator = torch.Generator().manual_seed(7)
    views = model.encode_windows(samples).view_embeddings.unflatten(0, (2, 2))
    masks = torch.ones(2, 2, 3), torch.ones(2, 2)
    logits = model.encode_recording(views, torch.tensor([[0.0, 3.75]] * 2), *masks).logits
    loss = sum((x * torch.randn(x.shape, generator=generator)).sum() for x in (logits, views))
    loss.backward()
    unreached = {
        name
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and (parameter.grad is None or parameter.grad.abs().max() < 1e-7)
    }
    assert unreached == WITHOUT_EFFECT
    assert all(p.grad is None for p in model.quality.parameters())


def test_quality_head_never_trains(model: ScreeningModel, samples: Tensor) -> None:
    before = {name: value.clone() for name, value in model.quality.state_dict().items()}
    assert model.train() is model
    assert model.training
    assert model.time_frequency.training
    assert not any(module.training for module in model.quality.modules())
    model.encode_windows(samples)
    for name, value in model.quality.state_dict().items():  # running statistics included
        assert torch.equal(value, before[name]), name
    model.eval()
    assert not any(module.training for module in model.modules())


def test_small_enough(model: ScreeningModel) -> None:
    assert sum(parameter.numel() for parameter in model.parameters()) <= MOST_PARAMETERS


def test_same_seed_and_input_give_the_same_bits(
    model: ScreeningModel, samples: Tensor, recordings
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        twin = ScreeningModel(ModelSize()).eval()
    pairs = [
        (model.encode_windows(samples), twin.encode_windows(samples)),
        (model.encode_recording(*recordings), twin.encode_recording(*recordings)),
    ]
    for first, second in (both for pair in pairs for both in zip(*pair, strict=True)):
        assert torch.equal(first, second)


def test_windows_do_not_depend_on_their_neighbours(model: ScreeningModel, samples: Tensor) -> None:
    together, alone = model.encode_windows(samples), model.encode_windows(samples[2:3])
    torch.testing.assert_close(
        alone.view_embeddings, together.view_embeddings[2:3], atol=1e-4, rtol=0
    )


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_silence_gives_finite_outputs(value: float, model: ScreeningModel) -> None:
    out = model.encode_windows(torch.full((2, 15_000), value))
    assert all(torch.isfinite(field).all() for field in out)


def test_the_tiny_recipe_fits_a_microcontroller() -> None:
    recipe = load_recipe(Path(__file__).parents[3] / "recipes" / "tiny.toml").model
    size = ModelSize(
        recipe.width, recipe.embedding, recipe.recording_embedding, recipe.attention_heads
    )
    learned = sum(p.numel() for p in ScreeningModel(size).parameters() if p.requires_grad)
    assert learned <= 40_000


def test_a_view_that_is_not_offered_is_never_heard(recordings) -> None:
    size = ModelSize(views=("envelope", "rhythm"))
    deaf = ScreeningModel(size).eval()
    changed = recordings.view_embeddings.clone()
    changed[:, :, VIEWS.index("time_frequency")] += 5.0
    plain = deaf.encode_recording(*recordings)
    other = deaf.encode_recording(*recordings._replace(view_embeddings=changed))
    torch.testing.assert_close(other.logits, plain.logits)
    assert (plain.view_attention[..., VIEWS.index("time_frequency")] == 0).all()


def test_without_window_attention_every_window_weighs_the_same_at_any_time(recordings) -> None:
    flat = ScreeningModel(ModelSize(window_attention=False)).eval()
    mask = recordings.window_mask.clone()
    mask[:, 1] = 0.0
    plain = flat.encode_recording(*recordings[:3], mask)
    torch.testing.assert_close(plain.window_attention, mask / mask.sum(1, keepdim=True))
    order = torch.arange(mask.shape[1]).flip(0)
    turned = flat.encode_recording(*(field[:, order] for field in (*recordings[:3], mask)))
    torch.testing.assert_close(turned.logits, plain.logits, atol=1e-5, rtol=1e-5)
