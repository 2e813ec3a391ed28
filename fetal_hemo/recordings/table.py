"""A delimited text file as a header and rows of text; anything that is not one is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.recording import KNOWN_COLUMNS

LARGEST_BYTES = 256 * 2**20
DELIMITERS = (",", ";", "\t")
ENCODING_FIX = 'save it as "CSV UTF-8"'
A_COHORT = "a cohort is a folder with manifest.csv in it"
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, and .xls of before 2007


@dataclass(frozen=True)
class Table:
    """Stripped cells; `rows` holds (number as in a spreadsheet, cells), blank rows left out."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_bytes(path: Path) -> bytes:
    """The bytes of a manifest. Raises E-NOT-FOUND, E-IS-DIRECTORY, E-COHORT or E-MANIFEST."""
    try:
        if path.is_dir():
            raise FetalHemoError("E-IS-DIRECTORY", "the manifest is a folder", str(path))
        if path.stat().st_size > LARGEST_BYTES:
            raise FetalHemoError("E-MANIFEST", "larger than 256 MiB", str(path))
        content = path.read_bytes()
    except FileNotFoundError:
        there = path.parent.exists()
        what, where = ("manifest", path) if there else ("such folder", path.parent)
        raise FetalHemoError("E-NOT-FOUND", f"there is no {what}", str(where), A_COHORT) from None
    except NotADirectoryError:
        what = "is a file, not a folder"
        raise FetalHemoError("E-COHORT", what, str(path.parent), A_COHORT) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise FetalHemoError("E-MANIFEST", f"cannot be read ({reason})", str(path)) from None
    if content.startswith(SPREADSHEETS):
        what = "is a spreadsheet, not a table of text"
        raise FetalHemoError("E-MANIFEST", what, str(path), ENCODING_FIX)
    return content


def parse_table(content: bytes, where: str) -> Table:
    """The table in UTF-8 text with or without a BOM; comma, semicolon or tab between the cells.

    Raises E-MANIFEST.
    """
    text = _decode(content, where)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(lines, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, [cell.strip() for cell in cells]))
    except csv.Error as error:
        at = f"line {lines.line_num}: not a table ({error})"
        raise FetalHemoError("E-MANIFEST", at, where, "look for a stray quote") from None
    if not rows:
        raise FetalHemoError("E-MANIFEST", "the file is empty", where)
    return Table(rows[0][1], rows[1:])


def _decode(content: bytes, where: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise FetalHemoError("E-MANIFEST", "not UTF-8 text", where, ENCODING_FIX)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"row {line}: not UTF-8 text"
        raise FetalHemoError("E-MANIFEST", what, where, ENCODING_FIX) from None


def _delimiter(text: str) -> str:
    """The delimiter under which the first line holds the most known columns."""
    first = text.lstrip().split("\n", 1)[0]

    def known(delimiter: str) -> int:
        return sum(cell.strip(' "\r') in KNOWN_COLUMNS for cell in first.split(delimiter))

    return max(DELIMITERS, key=known)


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A comma-separated table as UTF-8; a cell that a row lacks, or that is None, is empty.

    The name of a file that is not UTF-8 keeps its bytes.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(errors="surrogateescape")
