"""Attention over visits: the past counts, the future never, absent visits not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from fetal_hemo.encoders.visits import VisitAttention

WOMEN, VISITS, FEATURES = 3, 4, 8


@pytest.fixture
def attention() -> VisitAttention:
    """With a correction that is not zero, as after training."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = VisitAttention(FEATURES)
        torch.nn.init.normal_(made.change.weight)
        return made


@pytest.fixture
def visits() -> torch.Tensor:
    return torch.randn(WOMEN, VISITS, FEATURES, generator=torch.Generator().manual_seed(1))


DAY = torch.tensor([140.0, 170.0, 171.0, 250.0]).expand(WOMEN, VISITS)
PRESENT = torch.ones(WOMEN, VISITS)


def test_a_first_visit_is_left_as_it_is(attention: VisitAttention, visits: torch.Tensor) -> None:
    found, _ = attention(visits, DAY, PRESENT)
    torch.testing.assert_close(found[:, 0], visits[:, 0])


def test_a_later_visit_never_changes_an_earlier_one(
    attention: VisitAttention, visits: torch.Tensor
) -> None:
    found, weights = attention(visits, DAY, PRESENT)
    changed = visits.clone()
    changed[:, 3] += 10.0
    other, _ = attention(changed, DAY, PRESENT)
    torch.testing.assert_close(other[:, :3], found[:, :3])
    assert (weights.triu(diagonal=1) == 0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(WOMEN, VISITS))


def test_an_earlier_visit_does(attention: VisitAttention, visits: torch.Tensor) -> None:
    found, _ = attention(visits, DAY, PRESENT)
    changed = visits.clone()
    changed[:, 0] += 1.0
    other, _ = attention(changed, DAY, PRESENT)
    assert (other[:, 3] - found[:, 3]).abs().max() > 1e-3


def test_an_absent_visit_is_never_looked_at(
    attention: VisitAttention, visits: torch.Tensor
) -> None:
    mask = PRESENT.clone()
    mask[:, 1] = 0.0
    garbage = visits.clone()
    garbage[:, 1] = 1e3
    kept = [0, 2, 3]
    found, _ = attention(garbage, DAY, mask)
    alone, _ = attention(visits[:, kept], DAY[:, kept], PRESENT[:, kept])
    torch.testing.assert_close(found[:, kept], alone)


def test_untrained_it_changes_nothing(visits: torch.Tensor) -> None:
    torch.testing.assert_close(VisitAttention(FEATURES)(visits, DAY, PRESENT)[0], visits)


def test_onnx_says_the_same_of_any_number_of_visits(
    attention: VisitAttention, visits: torch.Tensor, tmp_path: Path
) -> None:
    given = {"visits": visits, "day": DAY.clone(), "mask": PRESENT.clone()}
    given["mask"][1, 2] = 0.0
    sizes = {0: torch.export.Dim("women", min=1), 1: torch.export.Dim("visits", min=1)}
    program = torch.onnx.export(
        attention.eval(), kwargs=given, dynamo=True, dynamic_shapes=dict.fromkeys(given, sizes)
    )
    assert program is not None
    program.save(tmp_path / "visits.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "visits.onnx")
    for part in ((slice(None), slice(None)), (slice(1), slice(1)), (slice(2), slice(3))):
        some = {name: value[part] for name, value in given.items()}
        expected = attention(*some.values())
        found = session.run(None, {name: value.numpy() for name, value in some.items()})
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other.detach().numpy(), rtol=1e-4, atol=1e-5)
