"""A visit as the trained model sees it, drawn."""

from __future__ import annotations

import numpy as np
import torch

from fetal_hemo.constants import QUALITY_CLASSES, VIEWS, WINDOW_S
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.audio import windows_of
from fetal_hemo.report.recording_picture import draw_recording
from fetal_hemo.training.survey import Visit, blocks, window_rules
from firmware_bridge.decide import judge_windows
from firmware_bridge.rhythm import find_rhythm
from firmware_bridge.runtime import WindowOutputs


@torch.no_grad()
def picture_of(
    model: ScreeningModel, samples: np.ndarray, visit: Visit, recipe: Recipe, simulated: bool
) -> str:
    """SVG of samples `(time,)` with heart rate, quality and attention of every window."""
    last = visit.first + recipe.windows.max_windows
    windows = windows_of(samples)[visit.first : last]
    found = [model.encode_windows(block) for block in blocks(windows)]
    arrays = {
        name: torch.cat([getattr(part, name) for part in found]) for name in WindowOutputs._fields
    }
    outputs = WindowOutputs(**{name: array.numpy() for name, array in arrays.items()})
    rhythm = find_rhythm(outputs)
    judged = judge_windows(outputs, rhythm, np.zeros(len(windows)), window_rules(recipe))
    start_s = torch.arange(len(windows)) * WINDOW_S
    used = torch.zeros(len(windows))
    used[[index - visit.first for index in visit.usable]] = 1.0
    every = torch.ones(1, len(windows), len(VIEWS))
    attention = model.encode_recording(
        arrays["view_embeddings"][None], start_s[None], every, used[None]
    ).window_attention[0]
    rows = [
        {
            "start_s": float(start_s[i]),
            "quality": QUALITY_CLASSES[judged.quality[i]],
            "heart_rate_bpm": None if np.isnan(judged.bpm[i]) else float(judged.bpm[i]),
            "confidence": float(rhythm.confidence[i]),
            "attention": float(attention[i]),
        }
        for i in range(len(windows))
    ]
    return draw_recording(windows.reshape(-1), rows, None, simulated)
