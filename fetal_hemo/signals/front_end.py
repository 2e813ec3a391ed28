"""The front end: everything that is computed from samples before any learned weight."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from fetal_hemo.signals.envelope import Envelope
from fetal_hemo.signals.filterbank import AnalyticFilterbank
from fetal_hemo.signals.heart_rate import HeartRate
from fetal_hemo.signals.intervals import Intervals
from fetal_hemo.signals.silence import dead_share, normalise
from fetal_hemo.signals.waveform_facts import waveform_facts

LOG_FLOOR = 0.03  # about 30 dB below the window's mean level


class Signals(NamedTuple):
    """What the front end knows of a batch of windows.

    `scalogram` (batch, bands, frames) log magnitudes relative to the window's level;
    `envelope` (batch, groups, frames); `autocorrelation` (batch, lags) of the envelope;
    `intervals` (batch, groups * groups, lags) between the envelopes of two groups;
    `heart_rate_bpm`, `confidence`, `dead_share` (batch,); `waveform` (batch, WAVEFORM_FACTS).
    """

    scalogram: Tensor
    envelope: Tensor
    autocorrelation: Tensor
    intervals: Tensor
    heart_rate_bpm: Tensor
    confidence: Tensor
    dead_share: Tensor
    waveform: Tensor


def log_scalogram(magnitudes: Tensor) -> Tensor:
    """Log of magnitudes `(batch, bands, frames)` relative to their mean over the window."""
    inverse_level = 1.0 / magnitudes.mean(dim=(1, 2), keepdim=True)  # products are faster
    return torch.log(magnitudes * inverse_level + LOG_FLOOR)


class FrontEnd(nn.Module):
    """`Signals` of samples `(batch, 15000)` at 4 kHz; no learned weight, level-free.

    It exists once: training runs this module and the exported graph contains it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.filterbank = AnalyticFilterbank()
        self.envelope = Envelope()
        self.heart_rate = HeartRate()
        self.intervals = Intervals()

    def forward(self, samples: Tensor) -> Signals:
        return self.for_encoders(samples)._replace(waveform=waveform_facts(samples))

    def for_encoders(self, samples: Tensor) -> Signals:
        """`Signals` without `waveform` (batch, 0): only quality needs it, and it takes longest."""
        magnitudes = self.filterbank(normalise(samples))
        envelope = self.envelope(magnitudes)
        rate = self.heart_rate(envelope)
        return Signals(
            log_scalogram(magnitudes),
            envelope,
            rate.autocorrelation,
            self.intervals(envelope, rate.bpm),
            rate.bpm,
            rate.confidence,
            dead_share(samples),
            samples[:, :0],
        )
