"""Run a verified bundle on recordings, with no training library on the device."""

__version__ = "0.1.0"
