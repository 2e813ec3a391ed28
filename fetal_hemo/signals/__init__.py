"""The one signal path: samples in; scalogram, envelope, heart rate and quality out."""

from fetal_hemo.signals.front_end import FrontEnd, Signals

__all__ = ["FrontEnd", "Signals"]
