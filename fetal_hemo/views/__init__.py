"""What one recording offers the encoders: augmented waveforms and subsets of views.

What an augmentation may change is what differs between devices and days: gain, noise floor,
frequency response, drop-outs. What it must keep is what the fetus does: the beats and their times.
"""

from fetal_hemo.views.compose import Augmentations
from fetal_hemo.views.view_dropout import drop_views

__all__ = ["Augmentations", "drop_views"]
