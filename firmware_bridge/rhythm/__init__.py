"""The rhythm of a recording: rate of every window, beats, baseline, accelerations, variation."""

from firmware_bridge.rhythm.rhythm import Rhythm, find_rhythm

__all__ = ["Rhythm", "find_rhythm"]
