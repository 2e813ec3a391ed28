"""Sizes of the signal path, each derived from the ones above it; the device's own come first."""

from firmware_bridge.constants import BP_CLASSES as BP_CLASSES
from firmware_bridge.constants import QUALITY_CLASSES as QUALITY_CLASSES
from firmware_bridge.constants import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ
from firmware_bridge.constants import VIEWS as VIEWS
from firmware_bridge.constants import WINDOW_S as WINDOW_S
from firmware_bridge.constants import WINDOW_SAMPLES as WINDOW_SAMPLES

FRAME_SAMPLES = 20  # 5 ms: keeps the 25-50 ms isovolumetric intervals several frames wide
FRAME_RATE_HZ = SAMPLE_RATE_HZ // FRAME_SAMPLES  # 200
FRAMES = WINDOW_SAMPLES // FRAME_SAMPLES  # 750 frames in a window

LOWEST_BAND_HZ = 25.0  # 0.6 cm/s at 3.3 MHz
HIGHEST_BAND_HZ = 1_500.0  # upper end of valve clicks
BANDS = 32  # constant-Q, 0.19 octave apart

CARRIER_HZ_PER_CM_S = 42.86  # Doppler shift at 3.3 MHz, c = 1540 m/s, angle 0

BEAT_VIEWS = VIEWS[:2]  # sequences, in which a beat has its place
POSITIVE_CLASSES = ("hypertensive", "severe")  # raised at this visit, from the limits in [labels]

assert int(WINDOW_S * SAMPLE_RATE_HZ) == WINDOW_SAMPLES
assert FRAMES * FRAME_SAMPLES == WINDOW_SAMPLES
