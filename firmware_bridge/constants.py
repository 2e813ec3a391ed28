"""Sizes and class orders that bundles of this runtime share; one that differs is refused."""

SAMPLE_RATE_HZ = 4_000
WINDOW_SAMPLES = 15_000
WINDOW_S = 3.75  # 1/16 min, the epoch of the Dawes-Redman variation

VIEWS = ("time_frequency", "envelope", "rhythm")
QUALITY_CLASSES = (
    "good",
    "poor",
    "interference",
    "talking",
    "silent",
    "no_fetal_signal",
    "clipped",
)
BP_CLASSES = ("normal", "elevated", "hypertensive", "severe")
