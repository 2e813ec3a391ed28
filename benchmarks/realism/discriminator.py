"""Who can tell real good windows from simulated ones, and by what.

The real recordings that are here are three, so three questions are asked:
- `all_recordings`: leave one real recording out, everything at 1 kHz and 8 bit, the format of the
  long one. An AUROC with an interval over recordings; with three real ones it can be no honest
  95 %, which the JSON says.
- `one_recording`: the long real one against the simulated, in stretches as long as a simulated
  recording. The model learns from the first half of a stretch and is scored on the second. Any
  recording differs from all others, so the same is done with simulated recordings in the real one's
  place: their AUROCs are what a perfect simulator would give.
- `clips_at_full_rate`: where the two clips of the hand-held probe lie among simulated windows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.realism.features import NARROW_EDGES_HZ, WIDE_EDGES_HZ, features
from benchmarks.realism.held_out import fit, held_out_aurocs, interval
from benchmarks.realism.one_kilohertz import loud_level, through_one_kilohertz
from benchmarks.realism.quantiles import quantiles, rounded
from benchmarks.realism.real_sound import GOOD_CLIPS, LONG, clip, long_recording
from benchmarks.realism.simulated import SimulatedWindows

MOST_WINDOWS = 16  # of a simulated recording: more say little new
LEAST_WINDOWS = 8
REFERENCES = 20
TOP = 10
UNUSUAL = (0.025, 0.975)


class Sample(NamedTuple):
    """Features `(windows, features)`, which are real, and of which recording each is."""

    columns: np.ndarray
    names: list[str]
    real: np.ndarray
    recording: np.ndarray


def discriminator(simulated: SimulatedWindows, data: Path) -> dict[str, Any]:
    """The three answers, as the module says."""
    real = {name: clip(data, name) for name in GOOD_CLIPS}
    long = long_recording(data)
    good = _good_by_woman(simulated)
    sample = _sample(good, real, long)
    return {
        "simulated_recordings": len(good),
        "format": "1 kHz, 8 bit for all, at the long recording's level",
        "all_recordings": _all_recordings(sample),
        "one_recording": _one_recording(sample),
        "features": _what_gives_it_away(sample),
        "clips_at_full_rate": _clips(good, real),
    }


def _good_by_woman(simulated: SimulatedWindows) -> dict[str, np.ndarray]:
    """Good windows, evenly chosen, of each recording that has enough of them."""
    found = {}
    for woman in np.unique(simulated.woman):
        windows = simulated.windows[simulated.of_quality("good") & (simulated.woman == woman)]
        if len(windows) >= LEAST_WINDOWS:
            count = min(len(windows), MOST_WINDOWS)
            chosen = np.linspace(0, len(windows) - 1, count).astype(int)
            found[f"simulated_{woman}"] = windows[chosen]
    return found


def _sample(good: dict[str, np.ndarray], real: dict[str, np.ndarray], long: np.ndarray) -> Sample:
    level = loud_level(long)
    parts = {
        name: through_one_kilohertz(windows.reshape(-1), level)
        for name, windows in {**real, **good}.items()
    }
    parts[LONG] = long
    table = features(np.concatenate(list(parts.values())), NARROW_EDGES_HZ)
    recording = np.repeat(list(parts), [len(windows) for windows in parts.values()])
    is_real = np.isin(recording, [LONG, *real])
    return Sample(np.stack(list(table.values()), axis=1), list(table), is_real, recording)


def _all_recordings(sample: Sample) -> dict[str, Any]:
    aurocs = held_out_aurocs(sample.columns, sample.real, sample.recording)
    low, high = interval(aurocs)
    names = np.unique(sample.recording[sample.real])
    return {
        "auroc": rounded(aurocs.mean()),
        "low": rounded(low),
        "high": rounded(high),
        "by_real_recording": dict(
            zip(names.tolist(), map(rounded, aurocs.mean(axis=1)), strict=True)
        ),
        "real_recordings": len(names),
        "real_windows": int(sample.real.sum()),
        "simulated_windows": int((~sample.real).sum()),
        "warning": "two of the real recordings are a single window; an interval over so few real "
        "recordings is too narrow, whatever it says",
    }


def _one_recording(sample: Sample) -> dict[str, Any]:
    """The long recording's stretches as if each were a recording, and simulated ones likewise."""
    rows = np.flatnonzero(sample.recording == LONG)
    spans = [rows[at : at + MOST_WINDOWS] for at in range(0, len(rows), MOST_WINDOWS)]
    real = [_told_apart(sample, span) for span in spans if len(span) >= LEAST_WINDOWS]
    simulated = np.unique(sample.recording[~sample.real])[:REFERENCES]
    others = [_told_apart(sample, np.flatnonzero(sample.recording == one)) for one in simulated]
    as_far = np.mean(np.array(others) >= np.median(real))
    return {
        "auroc_of_real_stretches": quantiles(np.array(real)),
        "real_stretches": len(real),
        "auroc_of_simulated_recordings": quantiles(np.array(others)),
        "share_of_simulated_told_apart_as_well": rounded(as_far),
    }


def _told_apart(sample: Sample, rows: np.ndarray) -> float:
    """AUROC of the second half of these rows, the model having learnt from their first half."""
    name = sample.recording[rows[0]]
    others = np.flatnonzero(~sample.real & (sample.recording != name))
    chosen = np.concatenate([rows, others])
    half = len(rows) // 2
    recording = sample.recording[chosen].astype(object)
    recording[:half], recording[half : len(rows)] = "first half", "second half"
    is_one = np.arange(len(chosen)) < len(rows)
    aurocs = held_out_aurocs(sample.columns[chosen], is_one, recording.astype(str))
    return float(aurocs.mean())


def _what_gives_it_away(sample: Sample) -> dict[str, Any]:
    """Weights of a model of all, and how far the means are apart in simulated SDs."""
    model = fit(sample.columns, sample.real, sample.recording)
    weights = model[-1].coef_[0]
    mean = {kind: _mean_of_recordings(sample, kind) for kind in (True, False)}
    apart = (mean[True] - mean[False]) / sample.columns[~sample.real].std(axis=0)
    rows = {
        name: {
            "weight": rounded(weights[at]),
            "real_minus_simulated_sd": rounded(apart[at]),
            "real_mean": rounded(mean[True][at]),
            "simulated_mean": rounded(mean[False][at]),
        }
        for at, name in enumerate(sample.names)
    }
    top = np.argsort(-np.abs(weights))[:TOP]
    return {
        "count": len(rows),
        "largest_weights": [sample.names[at] for at in top],
        "all": rows,
    }


def _mean_of_recordings(sample: Sample, real: bool) -> np.ndarray:
    kind = np.unique(sample.recording[sample.real == real])
    return np.mean([sample.columns[sample.recording == one].mean(axis=0) for one in kind], axis=0)


def _clips(good: dict[str, np.ndarray], real: dict[str, np.ndarray]) -> dict[str, Any]:
    """For each clip the features that rank below 2.5 or above 97.5 % of simulated windows."""
    simulated = features(np.concatenate(list(good.values())), WIDE_EDGES_HZ)
    rows: dict[str, Any] = {}
    for clip_name, windows in real.items():
        found = features(windows, WIDE_EDGES_HZ)
        ranks = {
            name: rounded((values < found[name][0]).mean()) for name, values in simulated.items()
        }
        outside = {name: at for name, at in ranks.items() if not UNUSUAL[0] <= at <= UNUSUAL[1]}
        rows[clip_name] = {"features": len(ranks), "outside": outside, "rank": ranks}
    return rows
