"""Heart rate: ours beside the published autocorrelation and a plain one, on the same windows.

    python -m benchmarks.heart_rate [--recordings 8] [--minutes 10] [--json]

Rows: the real 10 min recording with the rates of its CTG device (whole numbers, once as printed and
once as if cut off: all methods find about 0.8 bpm more than it prints), the real clips of known
rate, simulated windows by quality class. Columns of each method: `share_within_5_bpm` and
`mae_bpm` over all windows (every method says what it can, whatever its confidence),
`mae_within_20_bpm` of the rates that are not grossly wrong, `ms_per_window` on one thread. Ours
also has `coverage` and `share_given_within_5_bpm`, `share_given_within_10_percent` under the
shipped thresholds, the others give a rate always; and `curve`: for each least confidence the share
of windows that reach it, and the share of those within 10 %.
Simulated rows say so. Beat times and variation have truth on simulated recordings only.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.beat_score import beat_f1
from benchmarks.rate_methods import plain, published
from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_S
from fetal_hemo.simulate.recording import Recording, simulate_recording
from firmware_bridge.audio import audio_from_samples, read_audio
from firmware_bridge.bundle import open_bundle
from firmware_bridge.decide import WindowJudgement, judge_windows
from firmware_bridge.rhythm import Rhythm, find_rhythm
from firmware_bridge.runtime import WindowRunner
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys
from firmware_bridge.variability import long_term_variation_ms, short_term_variation_ms

SEED = 4_242  # of no other set
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CLIPS_BPM = {"quality_good": 148.0, "quality_poor": 144.0, "autofhr_1": 152.0}
LEAST_CONFIDENCES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
CUT_OFF_BPM = 0.5  # mean of what a whole number leaves out if the device cuts off, not rounds
OTHERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "published_autocorrelation": published.heart_rates,
    "plain_autocorrelation": plain.heart_rates,
}
Row = dict[str, Any]


class Heard(NamedTuple):
    """What the engine of the shipped bundle said of `(windows, 15000)`, and how long it took."""

    windows: np.ndarray
    rhythm: Rhythm
    judged: WindowJudgement
    seconds: float


class Ours:
    """The engine of the shipped bundle, one thread, as a device runs it."""

    def __init__(self) -> None:
        bundle = open_bundle(DEFAULT_BUNDLE, trusted_keys())
        self.manifest, self.runner = bundle.manifest, WindowRunner(bundle)

    def hear(self, windows: np.ndarray, clipped: np.ndarray) -> Heard:
        """`Heard` of consecutive windows and their clipped shares."""
        start = time.perf_counter()
        outputs = self.runner.run(windows)
        rhythm = find_rhythm(outputs)
        judged = judge_windows(outputs, rhythm, clipped, self.manifest)
        return Heard(windows, rhythm, judged, time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=8, help="simulated recordings")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    args = parser.parse_args()
    print(json.dumps(measure(args.recordings, args.minutes), allow_nan=False))


def measure(recordings: int, minutes: float) -> dict[str, Any]:
    """All rows; real ones only where the recordings are there."""
    ours = Ours()
    rows: dict[str, Row] = {}
    data = real_data()
    if data is not None:
        rows |= real_rows(ours, data / "doppler")
    simulated = [simulate_recording(SEED, woman, 0, minutes=minutes) for woman in range(recordings)]
    heard = [ours.hear(*whole_windows(recording)) for recording in simulated]
    rows |= simulated_rows(simulated, heard)
    rows["beats_and_variation"] = beat_row(simulated, heard)
    return {"rows": rows, "recordings": recordings, "minutes": minutes}


def real_data() -> Path | None:
    """The folder of real recordings, if it is there."""
    folder = Path(os.environ.get("FETAL_HEMO_DATA", DATA))
    return folder if (folder / "doppler").is_dir() else None


def real_rows(ours: Ours, data: Path) -> dict[str, Row]:
    """The 10 min recording against its device, then each clip against its known rate."""
    audio = read_audio(data / "luna_600s.wav")
    windows = audio.windows()
    truth = device_rates(data / "luna_600s_reference_fhr.csv", len(windows))
    live = np.isfinite(truth) & ~silent(windows)
    heard = ours.hear(windows, audio.clipped_share)
    rows = {
        "luna_600s": table(heard, truth, live),
        "luna_600s_if_the_device_cuts_off": table(heard, truth + CUT_OFF_BPM, live),
    }
    for name, bpm in CLIPS_BPM.items():
        audio = read_audio(data / f"{name}.wav")
        heard = ours.hear(audio.windows(), audio.clipped_share)
        count = len(heard.windows)
        rows[name] = table(heard, np.full(count, bpm), np.ones(count, dtype=bool))
    return rows


def device_rates(path: Path, windows: int) -> np.ndarray:
    """Median rate of the device in each window `(windows,)`; NaN with fewer than three."""
    with path.open(newline="") as file:
        rows = [(float(r["t_audio_s"]), float(r["fhr_bpm"] or 0)) for r in csv.DictReader(file)]
    at, bpm = np.array(rows).T
    inside = [bpm[(at // WINDOW_S == index) & (bpm > 50)] for index in range(windows)]
    return np.array([np.median(found) if len(found) >= 3 else np.nan for found in inside])


def silent(windows: np.ndarray) -> np.ndarray:
    """Windows of which over 30 % do not move at all, `(windows,)` flags."""
    frames = windows.reshape(len(windows), -1, 20)
    return np.asarray((np.ptp(frames, axis=2) < 1e-4).mean(axis=1) > 0.3)


def simulated_rows(recordings: list[Recording], heard: list[Heard]) -> dict[str, Row]:
    """One row a quality class."""
    every = joined(heard)
    truth = np.concatenate([true_rates(recording) for recording in recordings])
    quality = np.concatenate([recording.quality for recording in recordings])
    rows = {}
    for index, name in enumerate(QUALITY_CLASSES):
        chosen = quality == index
        row = table(every, truth, chosen) if chosen.any() else {"windows": 0}
        rows[f"simulated_{name}"] = {"simulated": True, **row}
    return rows


def joined(heard: list[Heard]) -> Heard:
    """Several recordings as one, window after window; beats are left out."""
    bpm = np.concatenate([one.rhythm.bpm for one in heard])
    confidence = np.concatenate([one.rhythm.confidence for one in heard])
    columns = zip(*(vars(one.judged).values() for one in heard), strict=True)
    return Heard(
        np.concatenate([one.windows for one in heard]),
        Rhythm(bpm, confidence, np.zeros(0)),
        WindowJudgement(*(np.concatenate(column) for column in columns)),
        sum(one.seconds for one in heard),
    )


def whole_windows(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """`(windows, 15000)` of a simulated recording, and their clipped shares."""
    audio = audio_from_samples(recording.samples, SAMPLE_RATE_HZ)
    return audio.windows(), audio.clipped_share


def true_rates(recording: Recording) -> np.ndarray:
    """True rate of every window `(windows,)` in bpm."""
    starts = WINDOW_S * np.arange(len(recording.quality))
    return np.array([recording.clock.rate_bpm(float(start)) for start in starts])


def table(heard: Heard, truth: np.ndarray, chosen: np.ndarray) -> Row:
    """Each method on the chosen windows."""
    given, true = heard.judged.bpm[chosen], truth[chosen]
    has_rate = np.isfinite(given)
    error = np.abs(given - true)[has_rate]
    row: Row = {"windows": int(chosen.sum())}
    row["ours"] = {
        **score(heard.rhythm.bpm[chosen], true),
        "coverage": _share(has_rate),
        "share_given_within_5_bpm": _share(error <= 5),
        "share_given_within_10_percent": _share(error <= 0.1 * true[has_rate]),
        "curve": curve(heard.rhythm.confidence[chosen], heard.rhythm.bpm[chosen], true),
        "ms_per_window": round(1e3 * heard.seconds / len(heard.windows), 3),
    }
    for name, method in OTHERS.items():
        start = time.perf_counter()
        rates = method(heard.windows[chosen])
        taken = time.perf_counter() - start
        row[name] = {**score(rates, true), "ms_per_window": round(1e3 * taken / len(rates), 3)}
    return row


def score(rates: np.ndarray, true: np.ndarray) -> dict[str, float | None]:
    """Share within 5 bpm of all windows, their mean error, and that of those within 20 bpm."""
    error = np.abs(rates - true)
    said = error[np.isfinite(error)]  # a method may find nothing in silence
    means = {"mae_bpm": said, "mae_within_20_bpm": said[said <= 20]}
    found = {name: round(float(e.mean()), 3) if len(e) else None for name, e in means.items()}
    return {"share_within_5_bpm": _share(error <= 5), **found}


def curve(confidence: np.ndarray, bpm: np.ndarray, true: np.ndarray) -> list[list[float | None]]:
    """Rows of least confidence, share of windows that reach it, share of those within 10 %."""
    near = np.abs(bpm / true - 1) <= 0.1
    reached = [(least, confidence >= least) for least in LEAST_CONFIDENCES]
    return [[least, _share(given), _share(near[given])] for least, given in reached]


def beat_row(recordings: list[Recording], heard: list[Heard]) -> Row:
    """Beats on good windows against the truth, and variation as a ratio to the truth."""
    f1, short, short_heard, long = [], [], [], []
    for recording, (_, rhythm, judged, _) in zip(recordings, heard, strict=True):
        good = WINDOW_S * np.flatnonzero(recording.quality == QUALITY_CLASSES.index("good"))
        spans = np.stack([good, good + WINDOW_S], axis=1)
        f1.append(beat_f1(rhythm.beats_s, recording.clock.q_s, spans))
        found, truth = judged.clear_bpm, true_rates(recording)
        true_where_found = np.where(np.isfinite(found), truth, np.nan)
        short.append(_ratio(short_term_variation_ms, found, truth))
        short_heard.append(_ratio(short_term_variation_ms, found, true_where_found))
        long.append(_ratio(long_term_variation_ms, found, truth))
    return {
        "simulated": True,
        "beat_f1_mean": round(float(np.mean(f1)), 4),
        "beat_f1_lowest": round(float(np.min(f1)), 4),
        "short_term_variation_ratio": _spread(short),
        "short_term_variation_ratio_of_heard_windows": _spread(short_heard),
        "long_term_variation_ratio": _spread(long),
    }


def _ratio(
    variation_ms: Callable[[np.ndarray], float | None], found: np.ndarray, truth: np.ndarray
) -> float:
    return (variation_ms(found) or 0.0) / (variation_ms(truth) or 1.0)


def _spread(ratios: list[float]) -> dict[str, float]:
    low, middle, high = np.quantile(ratios, [0.0, 0.5, 1.0])
    return {
        "lowest": round(float(low), 3),
        "median": round(float(middle), 3),
        "highest": round(float(high), 3),
    }


def _share(flags: np.ndarray) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None


if __name__ == "__main__":
    main()
