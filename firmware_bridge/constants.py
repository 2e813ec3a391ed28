"""Sizes and class orders that bundles of this runtime share; one that differs is refused."""

SAMPLE_RATE_HZ = 4_000  # cardiac band ends at 600 Hz, valve clicks near 1.5 kHz
WINDOW_SAMPLES = 15_000  # WINDOW_S * SAMPLE_RATE_HZ
WINDOW_S = 3.75  # 1/16 min: one heart rate a window gives the Dawes-Redman variation

INT16_SCALE = 32_768.0
# Float audio beyond this holds int16 values; up to it, it is loud, for int16 would be silence.
LARGEST_FLOAT = 64.0

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
RATE_EDGES_BPM = (100, 110, 120, 130, 140, 150, 160, 170, 180)  # of the drift counters
BP_CLASSES = ("normal", "elevated", "hypertensive", "severe")
POSITIVE_CLASSES = BP_CLASSES[2:]  # raised: from the pressures of the first of them
