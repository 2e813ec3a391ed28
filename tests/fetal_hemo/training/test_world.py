"""Two processes train as one does: the same losses, gradients and statistics."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from fetal_hemo.training.global_norm import GlobalBatchNorm
from fetal_hemo.training.world import gather_rows, own, shares
from tests.fetal_hemo.training.gradients import gradients
from tests.fetal_hemo.training.test_pretrain import CHOICES

PROJECT = Path(__file__).resolve().parents[3]
CLASSIFIER: dict[str, Any] = {"finetune": {"recordings_per_batch": 5, "max_windows": 3}}
SUPCON = {"finetune": {**CLASSIFIER["finetune"], "auxiliary_loss": "supcon"}}
EVERY = CHOICES | {
    "finetune": CLASSIFIER,
    "finetune, kept": CLASSIFIER,
    "finetune, encoded": CLASSIFIER,
    "finetune, supcon": SUPCON,
}
SMALL = {"width": 8, "embedding": 8, "recording_embedding": 8}
FEW = {"visits_per_batch": 5, "windows_per_visit": 3}  # not even: two processes, five visits


def torchrun(processes: int, *command: object, timeout: float = 200) -> None:
    """Run a Python file or module in so many processes that work together."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    done = subprocess.run(
        [sys.executable, *launcher, *map(str, command)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=PROJECT,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr[-3_000:]


def recipes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Files of small recipes by their names."""
    paths = {}
    for number, name in enumerate(names):
        sections: dict[str, Any] = {"model": SMALL, **EVERY[name]}
        sections["pretrain"] = FEW | sections.get("pretrain", {})
        lines = []
        for section, values in sections.items():
            lines += [f"[{section}]", *(f"{k} = {json.dumps(v)}" for k, v in values.items())]
        path = folder / f"{number}.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        paths[name] = str(path)
    return paths


def test_gradients_of_two_processes_are_those_of_one(cohort: Path, tmp_path: Path) -> None:
    """Every gradient, loss and statistic, by every choice of a recipe."""
    choices = recipes(tmp_path, EVERY)
    (tmp_path / "choices.json").write_text(json.dumps(choices), encoding="utf-8")
    script, out = Path(__file__).parent / "gradients.py", tmp_path / "two.safetensors"
    torchrun(2, script, cohort, tmp_path / "choices.json", out)
    one, two = gradients(cohort, choices), load_file(out)
    assert one.keys() == two.keys()
    for name, value in one.items():
        assert value.isfinite().all()
        torch.testing.assert_close(two[name], value, rtol=1e-6, atol=1e-6, msg=name)
    for choice in choices:
        of_choice = [v for n, v in one.items() if n.startswith(f"{choice}/gradient.")]
        assert torch.cat([gradient.flatten() for gradient in of_choice]).norm() > 1e-3


def test_a_process_alone_has_every_row() -> None:
    rows = torch.rand(3, 2, requires_grad=True)
    assert own(3) == slice(0, 3)
    assert shares(0) == [slice(0, 0)]
    assert gather_rows(rows, [3]) is rows


@pytest.mark.parametrize("shape", [(6, 4, 5), (7, 4)])
def test_global_norm_is_batch_norm(shape: tuple[int, ...]) -> None:
    """Alone it must be torch's own, in values, gradients and running statistics."""
    torch.manual_seed(0)
    plain = torch.nn.BatchNorm1d(4)
    torch.nn.init.uniform_(plain.weight)
    ours = GlobalBatchNorm(4)
    ours.load_state_dict(plain.state_dict())
    inputs = [torch.randn(shape, generator=torch.Generator().manual_seed(1)) for _ in range(2)]
    for module, given in zip((plain, ours), inputs, strict=True):
        given.requires_grad_()
        for _ in range(2):
            module(given).square().mul(torch.arange(given.numel()).view(shape)).sum().backward()
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, rtol=1e-4, atol=1e-4)
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value)
    plain.eval(), ours.eval()
    torch.testing.assert_close(ours(inputs[0]), plain(inputs[0]))
