"""What one recording offers the encoders: augmented waveforms and subsets of views.

What an augmentation may change is what differs between devices and days: gain, noise floor,
frequency response, drop-outs. What it must keep is what the fetus does: the beats and their times.
Two may touch those on purpose and are off by default: `time_warp` moves beats by milliseconds at
an unchanged mean rate, `beat_crop` leaves whole beats out.
"""

from fetal_hemo.views.compose import Augmentations
from fetal_hemo.views.draw import Draw
from fetal_hemo.views.view_dropout import ViewDropout, drop_views

__all__ = ["Augmentations", "Draw", "ViewDropout", "drop_views"]
