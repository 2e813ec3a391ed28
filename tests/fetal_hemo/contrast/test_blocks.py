"""What compares all pairs gives the same block by block, and holds a block of them at a time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest
import torch

from fetal_hemo.contrast import blocks as module
from fetal_hemo.contrast import diagnose, view_recall
from fetal_hemo.contrast.blocks import PAIRS, blocks
from fetal_hemo.contrast.diagnosis import Diagnosis

ROWS = 4_000
ALL_PAIRS_MB = (2 * ROWS) ** 2 * 4 / 2**20  # in float32, of both views: 244
PEAK = rf"""
import re
import torch
from fetal_hemo.contrast import diagnose, view_recall, visit_dispersion
torch.set_num_threads(1)

def look(rows):
    first, second = torch.randn(2, rows, 16)
    visits = torch.arange(rows) // 4
    diagnose(first, second, visits % 4, visits // 3, visits, 4)
    view_recall(first, second, 5)
    visit_dispersion(first, torch.arange(rows) // 2)
    with open("/proc/self/status") as file:  # ru_maxrss begins with the peak of who started it
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 2**10

before = look(40)
print(look({ROWS}) - before)
"""


@pytest.mark.parametrize(("rows", "keys"), [(0, 0), (1, 1), (7, 3), (5, PAIRS), (5, 10 * PAIRS)])
def test_every_row_is_in_one_block(rows: int, keys: int) -> None:
    found = list(blocks(rows, keys))
    assert [row for block in found for row in range(rows)[block]] == list(range(rows))
    assert all(0 < block.stop - block.start <= max(1, PAIRS // max(keys, 1)) for block in found)


@pytest.mark.parametrize("pairs", [1, 130, 1_000])
def test_no_number_depends_on_the_blocks(monkeypatch: pytest.MonkeyPatch, pairs: int) -> None:
    draw = torch.Generator().manual_seed(3)
    first = torch.randn(90, 6, generator=draw)
    second = first + 0.8 * torch.randn(90, 6, generator=draw)
    visits = torch.arange(90) // 3

    whose = visits % 5 - 1, visits // 2, visits

    def seen() -> tuple[Diagnosis, float]:
        found = diagnose(first, second, *whose, 4, torch.eye(4, 6), 0.5)
        return found, view_recall(first, second, 2)

    at_once, recall = seen()
    monkeypatch.setattr(module, "PAIRS", pairs)
    found, recall_found = seen()
    for name, value in asdict(at_once).items():
        assert asdict(found)[name] == pytest.approx(value, rel=1e-5), name
    assert recall_found == pytest.approx(recall, rel=1e-5)


def test_the_pairs_are_not_held_at_once() -> None:
    """Some of them would be enough to fail: the peak is below one matrix of all."""
    run = [sys.executable, "-c", PEAK]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=120)
    assert float(done.stdout) < 0.5 * ALL_PAIRS_MB
