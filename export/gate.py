"""The gate: what a device will say must be what the trained model says, or there is no bundle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from scipy.special import logit

from export.auroc_loss import auroc_loss, reordered_share
from export.runners import Device, Graphs, Logits, torch_answer
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import WindowOutput
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.auroc import placements
from fetal_hemo.evaluation.calibration import SHARPEST, calibration_slope_intercept
from fetal_hemo.settings_export import Export
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.calibrate import probability_of
from fetal_hemo.training.scoring import POSITIVE, positive_margin
from firmware_bridge.runtime import WindowOutputs

LEAST_AGREEMENT = 0.995  # of windows, in quality class and in heart rate
SAME_RATE_BPM = 0.5
SLOPES = (0.9, 1.1)  # of the device's log odds on the trained model's: 1 is unchanged

OF_INT8 = {"int8_logit_max_abs", "label_flip_share", "delta_auroc_upper", "log_odds_slope"}


class Said(NamedTuple):
    """What all four say of the visits: logits `(visits, 4)`, of the device its probability.

    `windows` is what trained model and device say of each visit's windows.
    """

    trained: Logits
    in_float: Logits
    in_int8: Logits
    device: np.ndarray
    windows: list[tuple[WindowOutput, WindowOutputs]]


def measure_gate(
    model: ScreeningModel,
    in_float: Graphs,
    in_int8: Graphs,
    device: Device,
    visits: Batch,
    women: np.ndarray,
    calibration: dict[str, Any],
) -> dict[str, Any]:
    """How far trained model, float graph, int8 graph and device are apart on the visits.

    `women` (visits,) numbers the woman of each. A figure that cannot be had is NaN.
    """
    said = _ask(model, in_float, in_int8, device, visits)
    positive = np.isin(visits.labels.numpy(), POSITIVE).astype(np.int64)
    return {
        "recordings": len(positive),
        "women": len(np.unique(women)),
        "positive_recordings": int(positive.sum()),
        **_differences(said, calibration),
        **_order(said, positive, women, calibration),
        **_window_agreement(said.windows),
    }


def _ask(
    model: ScreeningModel, in_float: Graphs, in_int8: Graphs, device: Device, visits: Batch
) -> Said:
    rows, windows = [], []
    for samples, start_s, mask in zip(
        visits.samples, visits.start_s, visits.window_mask, strict=True
    ):
        given = [x[mask > 0].numpy() for x in (samples, start_s, mask)]
        trained, torch_windows = torch_answer(model, *given)
        probability, device_windows = device.say(given[0], given[1])
        rows.append((trained, in_float.logits(*given), in_int8.logits(*given), probability))
        windows.append((torch_windows, device_windows))
    trained, floats, ints, said = (np.stack(column) for column in zip(*rows, strict=True))
    return Said(trained, floats, ints, said, windows)


def _differences(said: Said, calibration: dict[str, Any]) -> dict[str, Any]:
    trained, floats, ints = (_probability(x, calibration) for x in said[:3])
    threshold, device = calibration["threshold"], said.device
    return {
        "float_logit_max_abs": _largest(said.trained - said.in_float),
        "int8_logit_max_abs": _largest(said.in_float - said.in_int8),
        "int8_probability_max_abs": _largest(floats - ints),
        "device_probability_max_abs": _largest(ints - device),
        "probability_max_abs": _largest(trained - device),
        "label_flip_share": float(((trained >= threshold) != (device >= threshold)).mean()),
    }


def _order(
    said: Said, positive: np.ndarray, women: np.ndarray, calibration: dict[str, Any]
) -> dict[str, Any]:
    before = calibration["slope"] * _margins(said.trained) + calibration["intercept"]
    after = logit(np.clip(said.device, SHARPEST, 1 - SHARPEST))
    loss = auroc_loss(before, after, positive, women)
    both = 0 < positive.sum() < len(positive)
    spread = float(((before - before.mean()) ** 2).sum())
    slopes = [
        calibration_slope_intercept(x, positive, women)[0].value
        for x in (_probability(said.trained, calibration), said.device)
    ]
    return {
        "auroc_float": placements(before, positive).auroc if both else np.nan,
        "auroc_int8": placements(after, positive).auroc if both else np.nan,
        "delta_auroc": loss.value,
        "delta_auroc_upper": loss.upper,
        "reordered_pair_share": reordered_share(before, after, positive),
        "log_odds_slope": float(((before - before.mean()) * after).sum()) / spread
        if spread
        else np.nan,
        "calibration_slope_float": slopes[0],
        "calibration_slope_int8": slopes[1],
    }


def _window_agreement(windows: list[tuple[WindowOutput, WindowOutputs]]) -> dict[str, float]:
    quality, rate = [], []
    for trained, device in windows:
        quality.append(trained.quality.numpy().argmax(-1) == device.quality.argmax(-1))
        rate.append(np.abs(trained.heart_rate_bpm.numpy() - device.heart_rate_bpm))
    same = np.concatenate(rate) <= SAME_RATE_BPM
    return {
        "quality_agreement": float(np.concatenate(quality).mean()),
        "heart_rate_agreement": float(same.mean()),
    }


def _largest(differences: np.ndarray) -> float:
    return float(np.abs(differences).max())


def _margins(logits: Logits) -> np.ndarray:
    return positive_margin(torch.from_numpy(logits.astype(np.float64))).numpy()


def _probability(logits: Logits, calibration: dict[str, Any]) -> np.ndarray:
    return probability_of(_margins(logits), calibration["slope"], calibration["intercept"])


def require_gate(measured: dict[str, Any], limits: Export, where: str) -> None:
    """Raises `FetalHemoError` E-EXPORT-GATE naming the first figure beyond its limit.

    A figure that is missing or no number fails as well; there is no way around the gate.
    """
    for name, low, high in gate_limits(limits):
        value = measured.get(name, np.nan)
        if not low <= value <= high:
            allowed = f"{low:g} or more" if np.isinf(high) else f"{high:g}"
            if np.isnan(value):
                what = f"{name} cannot be measured on {measured.get('women', 0)} validation women"
                fix = "the gate needs two women with and two without raised pressure"
            else:
                what = f"{name} is {value:.3g}, allowed {allowed}"
                fix = "train longer, or change [export] in the recipe and say so"
            raise FetalHemoError("E-EXPORT-GATE", what, where, fix)


def curable(measured: dict[str, Any], limits: Export) -> bool:
    """Whether the gate is missed by nothing but what 8 bits did, so that distilling may help."""
    missed = [
        name
        for name, low, high in gate_limits(limits)
        if not low <= measured.get(name, np.nan) <= high
    ]
    known = not any(np.isnan(measured.get(name, np.nan)) for name in missed)
    return bool(missed) and known and set(missed) <= OF_INT8


def gate_limits(limits: Export) -> list[tuple[str, float, float]]:
    """Each figure that is judged, with the least and the largest value that pass."""
    least, most = -np.inf, np.inf
    return [
        ("float_logit_max_abs", least, limits.float_logit_tolerance),
        ("int8_logit_max_abs", least, limits.int8_logit_tolerance),
        ("device_probability_max_abs", least, limits.float_logit_tolerance),
        ("label_flip_share", least, limits.max_label_flip_share),
        ("delta_auroc_upper", least, limits.max_auroc_loss),
        ("log_odds_slope", *SLOPES),
        ("quality_agreement", LEAST_AGREEMENT, most),
        ("heart_rate_agreement", LEAST_AGREEMENT, most),
    ]
