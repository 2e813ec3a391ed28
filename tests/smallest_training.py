"""The smallest training that is one: the recipe for tests that stop it, break it or look at it."""

from __future__ import annotations


def smallest_recipe(epochs: int) -> str:
    """TOML of a pretraining of so many epochs that can go on after any step."""
    return f"""
[training]
checkpoint_s = 0
[model]
width = 8
embedding = 8
recording_embedding = 8
attention_heads = 2
[pretrain]
epochs = {epochs}
visits_per_batch = 4
windows_per_visit = 2
threads = 1
"""
