"""Digits that can be read at arm's length."""

from __future__ import annotations

ROWS = 5
# Each digit is 3 wide and 5 high; a bit is a block.
SHAPES = {
    "0": (0b111, 0b101, 0b101, 0b101, 0b111),
    "1": (0b010, 0b110, 0b010, 0b010, 0b111),
    "2": (0b111, 0b001, 0b111, 0b100, 0b111),
    "3": (0b111, 0b001, 0b111, 0b001, 0b111),
    "4": (0b101, 0b101, 0b111, 0b001, 0b001),
    "5": (0b111, 0b100, 0b111, 0b001, 0b111),
    "6": (0b111, 0b100, 0b111, 0b101, 0b111),
    "7": (0b111, 0b001, 0b010, 0b010, 0b010),
    "8": (0b111, 0b101, 0b111, 0b101, 0b111),
    "9": (0b111, 0b101, 0b111, 0b001, 0b111),
    "-": (0b000, 0b000, 0b111, 0b000, 0b000),
    " ": (0b000, 0b000, 0b000, 0b000, 0b000),
}
WIDTH = 4  # of a digit and the space after it, in blocks


def big(text: str, scale: int, block: str) -> list[str]:
    """Lines of `text` in digits; a block is `2 * scale` characters wide and `scale` lines high."""
    wide = 2 * scale
    lines = []
    for row in range(ROWS):
        line = ""
        for letter in text:
            bits = SHAPES[letter][row]
            cells = (block if bits >> (2 - column) & 1 else " " for column in range(3))
            line += "".join(cell * wide for cell in cells) + " " * wide
        lines += [line.rstrip()] * scale
    return lines
