"""Tables of the fixed-point front end, cut from the one definition of the signal path.

Every number of `fh_front_end_tables.h` comes from `fetal_hemo.signals` or
`firmware_bridge.rhythm.lags`; the C holds none of its own.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from export.c_source.emit import literal, table
from fetal_hemo.constants import (
    BANDS,
    FRAME_RATE_HZ,
    FRAME_SAMPLES,
    FRAMES,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from fetal_hemo.signals import front_end
from fetal_hemo.signals.decimator import low_pass
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.envelope import LOG_FLOOR as ENVELOPE_FLOOR
from fetal_hemo.signals.filterbank import (
    DECIMATOR_HALF_TAPS,
    GROUPS,
    band_centres_hz,
    half_taps,
    morlet,
)
from fetal_hemo.signals.heart_rate import ENVELOPE_BAND_HZ, SPECTRUM_S, STEP_FRAMES
from fetal_hemo.signals.silence import STILL
from firmware_bridge.rhythm.lags import (
    BEAT_BPM,
    BEAT_LAGS,
    BEAT_S,
    LAG_STEP_S,
    LAGS_S,
    PRIOR,
    PRIOR_BPM,
    TWICE_LAGS,
)
from firmware_bridge.rhythm.pulse_source import JOIN_LOG
from firmware_bridge.rhythm.rate_track import (
    DEAD_SHARE,
    EVIDENCE_WEIGHT,
    JUMP,
    STEP_LOG,
)

Q15 = 1 << 15
LOUDEST_BANDS = 8  # whose powers, each less than 2^61, fit 64 bits after a shift by 2
LN_OCTAVES = (-12, 10)  # of a magnitude over its mean; beyond, the floor or the end of the scale
LN_STEPS = 16  # an octave; linear between, wrong by less than 1e-4
CIRCLE = 5_600  # steps a turn, on which all phases of `heart_rate` fall: k * 3 / 1120, k * 2 / 2800


def front_end_tables() -> str:
    """The text of `fh_front_end_tables.h`."""
    lines = ["/* Generated from fetal_hemo.signals: the only definition of the signal path. */"]
    lines += ["#ifndef FH_FRONT_END_TABLES_H", "#define FH_FRONT_END_TABLES_H", ""]
    lines += ["#include <stdint.h>", ""]
    for part in (_sizes(), _filters(), _logarithms(), _rhythm()):
        lines += [*part, ""]
    return "\n".join([*lines, "#endif", ""])


def _sizes() -> list[str]:
    numbers = {
        "FH_WINDOW_SAMPLES": WINDOW_SAMPLES,
        "FH_FRAME_SAMPLES": FRAME_SAMPLES,
        "FH_FRAMES": FRAMES,
        "FH_BANDS": BANDS,
        "FH_GROUPS": len(GROUPS_HZ),
        "FH_LARGEST_STILL": math.ceil(STILL * Q15) - 1,
    }
    return [f"#define {name} {value}" for name, value in numbers.items()]


def _filters() -> list[str]:
    """Low-pass filters of the decimators and the Morlet kernels, real and imaginary in turn."""
    (factor, half), (factor_2, half_2) = zip(_factors(), DECIMATOR_HALF_TAPS, strict=True)
    reach = half_taps(float(band_centres_hz().min()), GROUPS[-1][1])
    lead = factor * (factor_2 * reach + half_2) + half
    lines = [
        f"#define FH_FACTOR_1 {factor} /* 4,000 -> 800 Hz */",
        f"#define FH_HALF_1 {half}",
        f"#define FH_FACTOR_2 {factor_2} /* 800 -> 400 Hz */",
        f"#define FH_HALF_2 {half_2}",
        f"#define FH_REACH {reach} /* of the widest kernel, at the slowest rate */",
        f"#define FH_LEAD {lead} /* samples before and after a window that its bands hear */",
    ]
    for number, cutoff in enumerate((factor, factor_2)):
        taps = low_pass(0.5 / cutoff, 1.0, DECIMATOR_HALF_TAPS[number])
        lines += table("int16_t", f"fh_low_pass_{number + 1}", _even(np.rint(taps * Q15)))
    centres, kernels, bands, offset = band_centres_hz(), [], [], 0
    for level, (members, rate) in reversed(list(enumerate(GROUPS))):
        widest = half_taps(float(centres[members[0]]), rate)
        for band in members:
            half = half_taps(float(centres[band]), rate)
            half += half % 2 if level else 0  # so that they come in pairs
            wave = morlet(centres[band], rate, widest)[widest - half : widest + half + 1] * Q15
            kernel = _deaf_to_offset(wave.real) + 1j * _deaf_to_offset(wave.imag)
            assert max(np.abs(kernel.real).sum(), np.abs(kernel.imag).sum()) < 2 * Q15
            kernels.append(_words(kernel, level))
            bands.append(f"    {{{offset}, {half}, {level}}},")
            offset += kernels[-1].size
    lines += ["", "/* Two taps a word, 1 is 2^15. At 4,000 Hz two of the real part, then two"]
    lines += [" * of the imaginary one; below, one of each, to the middle: the rest mirrors it. */"]
    lines += table("uint32_t", "fh_kernels", np.concatenate(kernels))
    lines += ["", "typedef struct {", "    uint16_t offset; /* in fh_kernels */"]
    lines += ["    uint8_t half;    /* taps each side */"]
    lines += ["    uint8_t level;   /* 0: 4,000 Hz, 1: 800 Hz, 2: 400 Hz */", "} fh_band;"]
    lines += [f"static const fh_band fh_bands[{BANDS}] = {{", *bands, "};"]
    lines += ["", "typedef struct {", "    uint8_t first, end; /* of the bands */", "} fh_group;"]
    groups = [np.flatnonzero((low <= centres) & (centres < high)) for low, high in GROUPS_HZ]
    assert all(len(members) <= LOUDEST_BANDS for members in groups)
    rows = ", ".join(f"{{{members[0]}, {members[-1] + 1}}}" for members in groups)
    return [*lines, f"static const fh_group fh_groups[FH_GROUPS] = {{{rows}}};"]


def _words(kernel: np.ndarray, level: int) -> np.ndarray:
    """A complex kernel of integers as words of two halves, as `fh_kernels` says."""
    if level == 0:
        taps = _even(kernel)
        halves = np.stack([taps.real, taps.imag]).reshape(2, -1, 2).transpose(1, 0, 2)
    else:
        taps = kernel[: len(kernel) // 2 + 1]
        assert np.array_equal(kernel[::-1], np.conj(kernel))
        halves = np.stack([taps.real, taps.imag], axis=1)
    return np.ascontiguousarray(halves, np.int16).reshape(-1).view(np.uint32)


def _factors() -> list[int]:
    rates = [rate for _, rate in GROUPS]
    return [fast // slow for fast, slow in pairwise(rates)]


def _deaf_to_offset(wave: np.ndarray) -> np.ndarray:
    """The wave rounded to integers that sum to 0 and mirror each other as it does.

    Where rounding has added or lost most, one is given back, on both sides.
    """
    rounded, middle = np.rint(wave), len(wave) // 2
    surplus = int(rounded.sum())
    sign, pairs = np.sign(surplus), abs(surplus) // 2
    worst = np.argsort(((wave - rounded) * sign)[:middle])[:pairs]
    rounded[worst] -= sign
    rounded[len(wave) - 1 - worst] -= sign
    rounded[middle] -= sign * (abs(surplus) % 2)
    return rounded


def _even(taps: np.ndarray) -> np.ndarray:
    """With a zero at the end where their number is odd: two are multiplied at once."""
    taps = np.append(taps, 0) if len(taps) % 2 else taps
    return taps if np.iscomplexobj(taps) else taps.astype(np.int16)


def _logarithms() -> list[str]:
    fraction = np.arange(257) / 256
    octaves = np.arange(LN_OCTAVES[0] * LN_STEPS, LN_OCTAVES[1] * LN_STEPS + 1) / LN_STEPS
    power = np.minimum(np.rint(2**fraction * Q15), 2 * Q15 - 1)
    lines = [
        f"#define FH_LN_FIRST ({LN_OCTAVES[0]}) /* octaves; then {LN_STEPS} entries an octave */",
        f"#define FH_LN_ENTRIES {len(octaves)}",
        *table("uint16_t", "fh_log2", np.rint(np.log2(1 + fraction) * Q15).astype(np.uint16)),
        *table("uint16_t", "fh_exp2", power.astype(np.uint16)),
    ]
    for name, floor in (("scalogram", front_end.LOG_FLOOR), ("envelope", ENVELOPE_FLOOR)):
        ln = np.rint(np.log(2.0**octaves + floor) * 1024).astype(np.int16)
        lines += [
            "",
            f"/* ln(2^octaves + {floor}) * 1024 */",
            *table("int16_t", f"fh_ln_{name}", ln),
        ]
    return lines


def _jump_cost() -> float:
    """How much less likely, in nats, a jump to another rate is than an unchanged one."""
    usual = PRIOR / BEAT_S
    row = np.exp(-np.abs(np.log(BEAT_BPM / PRIOR_BPM)) / STEP_LOG) / BEAT_S
    return float(np.log(row.max() / row.sum() / (JUMP * np.median(usual / usual.sum()))))


def _rhythm() -> list[str]:
    low, high = ENVELOPE_BAND_HZ
    first, last = math.ceil(low * SPECTRUM_S), math.floor(high * SPECTRUM_S)
    turn = CIRCLE * STEP_FRAMES / FRAME_RATE_HZ / SPECTRUM_S  # of the circle, a step and a line
    lag = CIRCLE / SPECTRUM_S  # the same a second
    numbers = {
        "FH_STEP_FRAMES": STEP_FRAMES,
        "FH_STEPS": FRAMES // STEP_FRAMES,
        "FH_FIRST_LINE": first,
        "FH_LINES": last - first + 1,
        "FH_CIRCLE": CIRCLE,
        "FH_STEP_TURN": round(turn),
        "FH_LAGS": len(LAGS_S),
        "FH_FIRST_LAG_TURN": round(lag * LAGS_S[0]),
        "FH_LAG_TURN": round(lag * LAG_STEP_S),
        "FH_FIRST_LAG_US": round(1e6 * LAGS_S[0]),
        "FH_LAG_US": round(1e6 * LAG_STEP_S),
        "FH_BEATS": len(BEAT_LAGS),
        "FH_FIRST_BEAT": int(BEAT_LAGS[0]),
        "FH_EVIDENCE_WEIGHT": round(EVIDENCE_WEIGHT),
        "FH_STEP_LOG": literal(np.float32(STEP_LOG)),
        "FH_JUMP_COST": literal(np.float32(_jump_cost())),
        "FH_JOIN_LOG": literal(np.float32(JOIN_LOG)),
        "FH_DEAD_FRAMES": math.floor(DEAD_SHARE * FRAMES),
    }
    for phase in (turn, lag * LAGS_S[0], lag * LAG_STEP_S):
        assert abs(phase - round(phase)) < 1e-9
    circle = np.cos(2 * np.pi * np.arange(CIRCLE * 5 // 4) / CIRCLE)
    return [
        *(f"#define {name} {value}" for name, value in numbers.items()),
        "/* A turn and a quarter, so that a quarter turn on needs no thought. */",
        *table("int16_t", "fh_cosine", np.rint(circle * (Q15 - 1)).astype(np.int16)),
        "/* What makes up for the fewer products of a long lag; 1 is 2^12. */",
        *table("uint16_t", "fh_gain", np.rint(4096 / (1 - LAGS_S / WINDOW_S)).astype(np.uint16)),
        "/* Belief in each beat's lag, 1 is 2^15 - 1; where the second beat is looked for. */",
        *table("int16_t", "fh_prior", np.rint(PRIOR * (Q15 - 1)).astype(np.int16)),
        *table("uint16_t", "fh_second", TWICE_LAGS.astype(np.uint16)),
    ]
