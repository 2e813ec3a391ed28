"""The workstation's name for the one error catalogue, which the device package owns."""

from firmware_bridge.errors import CATALOGUE, Code, FetalHemoError

__all__ = ["CATALOGUE", "Code", "FetalHemoError"]
