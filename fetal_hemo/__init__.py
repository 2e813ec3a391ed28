"""Maternal-hypertension screening research from the sound of the fetal heart."""

from firmware_bridge import __version__

__all__ = ["__version__"]
