"""Where live sound comes from, one kind a file; each fills a ring from a thread of its own."""

from firmware_bridge.listen.sources.choose import open_live
from firmware_bridge.listen.sources.source import Heard, Source

__all__ = ["Heard", "Source", "open_live"]
