"""The filterbank's kernels and low-pass filters as integers for the fixed-point front end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from export.c_source.emit import table
from fetal_hemo.constants import BANDS
from fetal_hemo.signals.decimator import low_pass
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.filterbank import (
    DECIMATOR_HALF_TAPS,
    GROUPS,
    band_centres_hz,
    half_taps,
    morlet,
)

Q15 = 1 << 15
LOUDEST_BANDS = 8  # whose powers, each less than 2^61, fit 64 bits after a shift by 2


def filter_tables() -> list[str]:
    """Lines of C: low-pass filters of the decimators, Morlet kernels, bands and groups of bands."""
    return [*_low_pass_filters(), *_kernels(), *_groups()]


def _low_pass_filters() -> list[str]:
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
    return lines


def _kernels() -> list[str]:
    """Kernels and bands, from the lowest band up."""
    kernels, rows, offset = [], [], 0
    for level, (members, rate) in reversed(list(enumerate(GROUPS))):
        for band in members:
            half, kernel = _kernel(band, members[0], rate, level)
            kernels.append(_words(kernel, level))
            rows.append(f"    {{{offset}, {half}, {level}}},")
            offset += kernels[-1].size
    return [
        "",
        "/* Two taps a word, 1 is 2^15. At 4,000 Hz two of the real part, then two",
        " * of the imaginary one; below, one of each, to the middle: the rest mirrors it. */",
        *table("uint32_t", "fh_kernels", np.concatenate(kernels)),
        "",
        "typedef struct {",
        "    uint16_t offset; /* in fh_kernels */",
        "    uint8_t half;    /* taps each side */",
        "    uint8_t level;   /* 0: 4,000 Hz, 1: 800 Hz, 2: 400 Hz */",
        "} fh_band;",
        *(f"static const fh_band fh_bands[{BANDS}] = {{", *rows, "};"),
    ]


def _kernel(band: int, lowest: int, rate: int, level: int) -> tuple[int, np.ndarray]:
    """Taps each side and the kernel of a band, as integers: as long as it needs by itself."""
    centres = band_centres_hz()
    widest, half = (half_taps(float(centres[b]), rate) for b in (lowest, band))
    half += half % 2 if level else 0  # so that they come in pairs
    wave = morlet(float(centres[band]), rate, widest)[widest - half : widest + half + 1] * Q15
    kernel = _deaf_to_offset(wave.real) + 1j * _deaf_to_offset(wave.imag)
    assert max(np.abs(kernel.real).sum(), np.abs(kernel.imag).sum()) < 2 * Q15  # fits 32 bits
    return half, kernel


def _groups() -> list[str]:
    centres = band_centres_hz()
    groups = [np.flatnonzero((low <= centres) & (centres < high)) for low, high in GROUPS_HZ]
    assert all(len(members) <= LOUDEST_BANDS for members in groups)
    rows = ", ".join(f"{{{members[0]}, {members[-1] + 1}}}" for members in groups)
    return [
        *("", "typedef struct {", "    uint8_t first, end; /* of the bands */", "} fh_group;"),
        f"static const fh_group fh_groups[FH_GROUPS] = {{{rows}}};",
    ]


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
