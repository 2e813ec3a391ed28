"""Tables of the fixed-point front end, cut from the one definition of the signal path.

Every number of `fh_front_end_tables.h` comes from `fetal_hemo.signals` or
`firmware_bridge.rhythm.lags`; the C holds none of its own.
"""

from __future__ import annotations

import math

import numpy as np

from export.c_source.emit import literal, table
from export.c_source.filter_tables import Q15, filter_tables
from fetal_hemo.constants import (
    BANDS,
    FRAME_RATE_HZ,
    FRAME_SAMPLES,
    FRAMES,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from fetal_hemo.signals import front_end, intervals
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.envelope import LOG_FLOOR as ENVELOPE_FLOOR
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

LN_OCTAVES = (-12, 10)  # of a magnitude over its mean; beyond, the floor or the end of the scale
LN_STEPS = 16  # an octave; linear between, wrong by less than 1e-4
STRETCH_STEP = 128  # hundredths of a beat a minute; linear between, wrong by less than 5e-5
CIRCLE = 5_600  # steps a turn, on which all phases of `heart_rate` fall: k * 3 / 1120, k * 2 / 2800


def front_end_tables() -> str:
    """The text of `fh_front_end_tables.h`."""
    lines = ["/* Generated from fetal_hemo.signals: the only definition of the signal path. */"]
    lines += ["#ifndef FH_FRONT_END_TABLES_H", "#define FH_FRONT_END_TABLES_H", ""]
    lines += ["#include <stdint.h>", ""]
    for part in (_sizes(), filter_tables(), _logarithms(), _rhythm(), _intervals()):
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


def _intervals() -> list[str]:
    steps, frames = FRAMES // intervals.STEP_FRAMES, intervals.STEP_FRAMES
    shortest, longest = intervals.STRETCH
    first, last = (100 * _bpm_of(stretch) for stretch in (longest, shortest))
    centi_bpm = first + STRETCH_STEP * np.arange(2 + (last - first) // STRETCH_STEP)
    stretch = (100 * intervals.REFERENCE_BPM / centi_bpm) ** intervals.CYCLE_POWER
    numbers = {
        "FH_INTERVAL_FRAMES": frames,
        "FH_INTERVAL_STEPS": steps,
        "FH_INTERVAL_LAGS": intervals.LAGS,
        "FH_SOURCE_LAGS": intervals.SOURCE_LAGS,
        "FH_LEAST_SQUARE": math.ceil(steps * intervals.LEAST_POWER * (1024 * frames) ** 2),
        "FH_FIRST_STRETCH_CENTI_BPM": round(first),
        "FH_LAST_STRETCH_CENTI_BPM": round(last),
    }
    return [
        *(f"#define {name} {value}" for name, value in numbers.items()),
        f"/* Lags at a rate that become one at the reference, every {STRETCH_STEP} hundredths of a",
        " * beat a minute; 1 is 2^15. */",
        *table("uint16_t", "fh_stretch", np.rint(stretch * Q15).astype(np.uint16)),
    ]


def _bpm_of(stretch: float) -> float:
    """The rate whose lags are stretched so much."""
    return float(intervals.REFERENCE_BPM * stretch ** (-1 / intervals.CYCLE_POWER))
