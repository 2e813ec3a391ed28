"""Is what the device hears still like what its model was validated on? Counts, nothing else.

No sound, no embedding, no id and no time is kept: only how many windows or recordings fell into
each bin, for each model.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from firmware_bridge.constants import QUALITY_CLASSES, RATE_EDGES_BPM
from firmware_bridge.result import Refused, Result

OUTCOMES = ("screened", "abstained", "refused")
MEASURES = ("outcome", "quality", "rate", "distance")
FEWEST = 50  # recordings before anything is said
WATCH, DRIFTED = 0.1, 0.25  # usual bounds of the population stability index

Count = tuple[str, int]  # measure, bin
Reference = Mapping[str, Any]  # of a bundle's manifest


def counts_of(result: Result, manifest: Mapping[str, Any]) -> list[Count]:
    """What one result adds to the counters: (measure, bin), one entry for each count."""
    counts = [("outcome", OUTCOMES.index(result.outcome))]
    if isinstance(result, Refused):
        return counts
    evidence, reference = result.evidence, manifest.get("reference")
    counts += [("quality", QUALITY_CLASSES.index(w.quality)) for w in evidence.windows]
    mean, distance = evidence.heart_rate.mean_bpm, evidence.embedding_distance
    if mean is not None:
        counts.append(("rate", bisect_right(RATE_EDGES_BPM, mean)))
    if distance is not None and reference is not None:
        counts.append(("distance", bisect_right(reference["distance_edges"], distance)))
    return counts


def drift_of(
    counted: Iterable[tuple[str, str, int, int]], model: str, reference: Reference | None
) -> dict[str, Any]:
    """Counters and drift of the model with this sha256, as plain JSON values.

    `counted` holds (model, measure, bin, count). Each measure has its `counts` and, with a
    reference and enough recordings, the `psi` and a `verdict`: steady, watch or drifted.
    """
    found = {measure: [0] * size for measure, size in _sizes(reference).items()}
    for owner, measure, place, count in counted:
        if owner == model and measure in found and place < len(found[measure]):
            found[measure][place] = count
    recordings = sum(found["outcome"][:2])
    return {
        "model": model,
        "recordings": recordings,
        "refused": found["outcome"][2],
        "measures": {
            measure: _compared(measure, counts, recordings, reference)
            for measure, counts in found.items()
        },
    }


def as_text(said: Mapping[str, Any]) -> str:
    """One measure of `drift_of` for a person: the verdict, what it stands on, the counts."""
    text = str(said["verdict"])
    if said["psi"] is not None:
        text += f", PSI {said['psi']:.3f} of which chance gives {said['by_chance']:.3f}"
    counts = " ".join(map(str, said["counts"]))
    return f"{text} (counts {counts or 'none'})"


def stability_index(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Population stability index: the symmetric Kullback-Leibler distance of two histograms.

    Half a count is added to each bin, so that an empty one is no infinity.
    """
    total, bins = sum(counts) + 0.5 * len(counts), len(counts)
    index = 0.0
    for count, share in zip(counts, shares, strict=True):
        here, there = (count + 0.5) / total, (share + 0.5 / total) / (1 + 0.5 * bins / total)
        index += (here - there) * math.log(here / there)
    return index


def _sizes(reference: Reference | None) -> dict[str, int]:
    distances = 0 if reference is None else len(reference["distance_edges"]) + 1
    sizes = (len(OUTCOMES), len(QUALITY_CLASSES), len(RATE_EDGES_BPM) + 1, distances)
    return dict(zip(MEASURES, sizes, strict=True))


def _compared(
    measure: str, counts: list[int], recordings: int, reference: Reference | None
) -> dict[str, Any]:
    said: dict[str, Any] = {"counts": counts, "psi": None, "verdict": "no reference"}
    if reference is None:
        return said
    shares = reference[measure]
    compared = counts[: len(shares)]  # a refusal has no reference
    if sum(compared) == 0:
        return {**said, "verdict": "nothing counted"}
    if recordings < FEWEST:
        return {**said, "verdict": f"too few: {recordings} of {FEWEST} recordings"}
    psi = stability_index(compared, shares)
    # What chance alone gives (Yurdakul 2018); the windows of a recording count as one draw.
    chance = (len(shares) - 1) * (1 / recordings + 1 / reference["recordings"])
    excess = psi - chance
    verdict = "drifted" if excess > DRIFTED else "watch" if excess > WATCH else "steady"
    return {**said, "psi": round(psi, 4), "by_chance": round(chance, 4), "verdict": verdict}
