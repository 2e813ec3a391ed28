"""Sizes of the signal path, each derived from the ones above it."""

SAMPLE_RATE_HZ = 4_000  # cardiac band ends at 600 Hz, valve clicks near 1.5 kHz
WINDOW_S = 3.75  # 1/16 min: one heart-rate value a window gives the Dawes-Redman variation
WINDOW_SAMPLES = 15_000  # WINDOW_S * SAMPLE_RATE_HZ

FRAME_SAMPLES = 20  # 5 ms: keeps the 25-50 ms isovolumetric intervals several frames wide
FRAME_RATE_HZ = SAMPLE_RATE_HZ // FRAME_SAMPLES  # 200
FRAMES = WINDOW_SAMPLES // FRAME_SAMPLES  # 750 frames in a window

LOWEST_BAND_HZ = 25.0  # 0.6 cm/s at 3.3 MHz
HIGHEST_BAND_HZ = 1_500.0  # upper end of valve clicks
BANDS = 32  # constant-Q, 0.19 octave apart

CARRIER_HZ_PER_CM_S = 42.86  # Doppler shift at 3.3 MHz, c = 1540 m/s, angle 0

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
POSITIVE_CLASSES = ("hypertensive", "severe")  # >= 140 or >= 90 mmHg at this visit

assert int(WINDOW_S * SAMPLE_RATE_HZ) == WINDOW_SAMPLES
assert FRAMES * FRAME_SAMPLES == WINDOW_SAMPLES
