"""The whole network: samples of windows -> view embeddings -> blood-pressure class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from fetal_hemo.constants import BANDS, BEAT_VIEWS, BP_CLASSES, VIEWS
from fetal_hemo.encoders.average import ViewAverage
from fetal_hemo.encoders.fusion import ViewFusion
from fetal_hemo.encoders.recording import RecordingEncoder
from fetal_hemo.encoders.rhythm import RhythmEncoder
from fetal_hemo.encoders.window import WindowEncoder
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.quality import QualityHead, load_quality_head

SixTensors = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class ModelSize:
    """Widths and parts of the network; they fix every weight's shape and what is listened to."""

    width: int = 48
    embedding: int = 48
    recording_embedding: int = 48
    attention_heads: int = 4
    views: tuple[str, ...] = VIEWS
    window_attention: bool = True


class WindowOutput(NamedTuple):
    """Outputs of the window graph, in the order in which they are exported."""

    view_embeddings: Tensor  # (windows, views, embedding)
    quality: Tensor  # (windows, 7) probabilities
    heart_rate_bpm: Tensor  # (windows,)
    heart_rate_confidence: Tensor  # (windows,) 0 to 1
    dead_share: Tensor  # (windows,) 0 to 1
    autocorrelation: Tensor  # (windows, lags) of the envelopes, at `LAGS_S`
    beat_envelope: Tensor  # (windows, groups, frames) the envelopes at 100 Hz
    beat_attention: Tensor  # (windows, 2, steps) of the views that are sequences


class ViewsOutput(NamedTuple):
    """The views of windows, embedded, and the steps of those views that are sequences."""

    embeddings: Tensor  # (windows, views, embedding), as in `VIEWS`
    beat_attention: Tensor  # (windows, 2, steps)
    steps: dict[str, Tensor]  # (windows, width, steps) of each of `BEAT_VIEWS`


class RecordingOutput(NamedTuple):
    """Outputs of the recording graph, in the order in which they are exported."""

    logits: Tensor  # (batch, 4) over the blood-pressure classes
    embedding: Tensor  # (batch, recording_embedding)
    window_attention: Tensor  # (batch, windows)
    view_attention: Tensor  # (batch, windows, views)


class ScreeningModel(nn.Module):
    """Multi-view hierarchical attention network; a reconstruction of AutoHyPE (2026).

    Its methods text is not public: the shape follows its abstract and its lineage
    (Katebi 2023: window encoder, beat attention, window attention).
    """

    offered: Tensor

    def __init__(self, size: ModelSize) -> None:
        super().__init__()
        self.size = size
        offered = torch.tensor([float(view in size.views) for view in VIEWS])
        self.register_buffer("offered", offered, persistent=False)
        self.front_end = FrontEnd()
        self.quality: QualityHead = load_quality_head()
        widths = (size.width, size.embedding)
        self.time_frequency = WindowEncoder(BANDS, *widths, size.attention_heads)
        self.envelope = WindowEncoder(len(GROUPS_HZ), *widths, size.attention_heads)
        self.rhythm = RhythmEncoder(len(GROUPS_HZ) ** 2, *widths)
        self.fusion = ViewFusion(len(VIEWS), size.embedding)
        self.recording = RecordingEncoder(
            size.embedding,
            size.recording_embedding,
            size.attention_heads if size.window_attention else 0,
        )
        self.average = ViewAverage(len(VIEWS), size.embedding, size.recording_embedding)
        self.classifier = nn.Linear(size.recording_embedding, len(BP_CLASSES))

    @property
    def trunks(self) -> dict[str, nn.Sequential]:
        """The convolutions of each view, which are quantised."""
        return {view: getattr(self, view).trunk for view in VIEWS}

    def train(self, mode: bool = True) -> ScreeningModel:
        """The model in training mode, except the quality head, which is never trained here."""
        super().train(mode)
        self.quality.eval()
        return self

    def encode_windows(self, samples: Tensor) -> WindowOutput:
        """`WindowOutput` of samples `(windows, 15000)` at 4 kHz."""
        signals = self.front_end(samples)
        views = self.encode_views(signals)
        facts = window_facts(signals, self.quality)
        return WindowOutput(views.embeddings, *facts, views.beat_attention)

    def encode_views(self, signals: Signals) -> ViewsOutput:
        """`ViewsOutput` of what the front end hears."""
        beats = self.time_frequency(signals.scalogram), self.envelope(signals.envelope)
        rhythm = self.rhythm(signals.intervals, signals.heart_rate_bpm, signals.confidence)
        return ViewsOutput(
            torch.stack([*(view.embedding for view in beats), rhythm], dim=1),
            torch.stack([view.attention for view in beats], dim=1),
            dict(zip(BEAT_VIEWS, (view.steps for view in beats), strict=True)),
        )

    def encode_recording(
        self, view_embeddings: Tensor, start_s: Tensor, view_mask: Tensor, window_mask: Tensor
    ) -> RecordingOutput:
        """`RecordingOutput` of `(batch, windows, views, embedding)`, times in seconds and masks."""
        view_mask = view_mask * self.offered
        windows, of_views = self.fusion(view_embeddings, view_mask)
        attended, of_windows = self.recording(windows, start_s, window_mask)
        embedding = attended + self.average(view_embeddings, view_mask, window_mask)
        return RecordingOutput(self.classifier(embedding), embedding, of_windows, of_views)


def window_facts(signals: Signals, quality: QualityHead) -> SixTensors:
    """What is known of windows without embeddings, in the order of `WindowOutput`'s fields."""
    return (
        quality(signals),
        signals.heart_rate_bpm,
        signals.confidence,
        signals.dead_share,
        signals.autocorrelation,
        at_100_hz(signals.envelope),
    )


def at_100_hz(envelope: Tensor) -> Tensor:
    """Envelopes `(windows, groups, frames)` of 5 ms as means of two frames: enough for beats."""
    return envelope.unflatten(-1, (-1, 2)).mean(dim=-1)
