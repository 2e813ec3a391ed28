"""Every random number of a run follows from (seed, purpose, epoch): a resumed run repeats it."""

from __future__ import annotations

import hashlib

import torch


def generator(seed: int, purpose: str, epoch: int = 0) -> torch.Generator:
    """A generator whose stream depends on its three arguments and on nothing else."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{epoch}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def seed_initial_weights(seed: int) -> None:
    """Seed the global stream of torch, which alone decides the first weights of a module."""
    torch.manual_seed(generator(seed, "weights").initial_seed())
