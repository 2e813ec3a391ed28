"""A probe on a wire or on the air: framed samples, lost frames found and concealed."""

from firmware_bridge.link.frames import Header
from firmware_bridge.link.receiver import LinkReceiver

__all__ = ["Header", "LinkReceiver"]
