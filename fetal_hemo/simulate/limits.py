"""How large a simulated cohort may be."""

from __future__ import annotations

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.card import Parameters

MOST_WOMEN = 9_999  # ids have four digits
MOST_PREVALENCE = 0.5
MOST_EFFECT = 5.0
MOST_MINUTES = 60.0
SAMPLE_RATES_HZ = (1_000, 48_000)


def check_limits(p: Parameters) -> None:
    """Raises E-USAGE for a parameter out of range."""
    limits: tuple[tuple[str, float, float, float], ...] = (
        ("women", p.women, 1, MOST_WOMEN),
        ("seed", p.seed, 0, 2**31 - 1),
        ("effect", p.effect, 0.0, MOST_EFFECT),
        ("minutes", p.minutes, WINDOW_S / 60, MOST_MINUTES),
        ("prevalence", p.prevalence, 0.001, MOST_PREVALENCE),
        ("sample rate", p.sample_rate_hz, *SAMPLE_RATES_HZ),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            what = f"{name} is {value:g}, outside {low:g} to {high:g}"
            raise FetalHemoError("E-USAGE", what, "simulate", "choose another number")
