"""Text that others have chosen, such as the name of a file, made fit to be shown to a person."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line, with `?` for whatever would steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
