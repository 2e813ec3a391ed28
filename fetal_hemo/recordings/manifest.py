"""The manifest of a cohort: `manifest.csv`, one row a recording, every defect named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cells import READERS, Refused
from fetal_hemo.recordings.header import header_defects
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording
from fetal_hemo.recordings.table import Table, parse_table, read_bytes

__all__ = ["Recording", "manifest_defects", "parse_manifest", "read_manifest"]

MOST_DEFECTS = 20
MOST_PLACES = 4  # in one line


def read_manifest(path: Path | str) -> list[Recording]:
    """The recordings of a manifest, in its order.

    Raises the first defect as a one-line `FetalHemoError` E-MANIFEST that names row and column,
    E-NOT-FOUND or E-IS-DIRECTORY.
    """
    path = Path(path)
    return parse_manifest(read_bytes(path), str(path))


def parse_manifest(content: bytes, where: str) -> list[Recording]:
    """The recordings in the bytes of a manifest; `where` is its name in messages.

    Raises the first defect as E-MANIFEST, with the places of the next ones: a person who corrects
    one cell a try loses patience.
    """
    rows = _Rows(where)
    rows.read(parse_table(content, where), MOST_DEFECTS)
    if rows.defects:
        raise _with_places(rows.defects)
    return rows.recordings


def _with_places(defects: Sequence[FetalHemoError]) -> FetalHemoError:
    """The first defect, which names the places of a few others too."""
    first, *others = defects
    if not others:
        return first
    places = [_place(each.what) for each in others[:MOST_PLACES]]
    more = "; ..." if len(others) > MOST_PLACES else ""
    also = f"see also {'; '.join(places)}{more}"
    return FetalHemoError(first.code, first.what, first.where, f"{first.fix}; {also}".lstrip("; "))


def _place(what: str) -> str:
    """Row and column; of a header all, because there is no cell to look at."""
    return what if what.startswith("row 1:") else what.split(":")[0]


def manifest_defects(path: Path | str, most: int = MOST_DEFECTS) -> list[FetalHemoError]:
    """The first `most` defects of a manifest, none for a sound one; nothing is raised."""
    path = Path(path)
    rows = _Rows(str(path))
    try:
        rows.read(parse_table(read_bytes(path), str(path)), most)
    except FetalHemoError as error:
        return [error]
    return rows.defects[:most]


class _Rows:
    """Recordings and defects, collected row by row."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.recordings: list[Recording] = []
        self.defects: list[FetalHemoError] = []
        self.row_of: dict[tuple[str, str], int] = {}  # (column, value) that may stand only once
        self.woman_of: dict[str, tuple[str, int]] = {}  # visit -> participant and row

    def read(self, table: Table, most: int) -> None:
        """Read the table until `most` defects are found."""
        self.defects = header_defects(table.header, self.where)
        if not table.rows and not self.defects:
            self._defect("the manifest has a header and no rows")
        for row, cells in table.rows if not self.defects else []:
            self._read_row(row, table.header, cells)
            if len(self.defects) >= most:
                return

    def _defect(self, what: str, fix: str = "") -> None:
        self.defects.append(FetalHemoError("E-MANIFEST", what, self.where, fix))

    def _read_row(self, row: int, header: list[str], cells: list[str]) -> None:
        if any(cells[len(header) :]) or len(cells) < len(header):
            self._defect(f"row {row}: {len(cells)} cells under {len(header)} columns")
            return
        before = len(self.defects)
        values: dict[str, Any] = {}
        extra: dict[str, str] = {}
        for column, cell in zip(header, cells, strict=False):
            if column in KNOWN_COLUMNS:
                values[column] = self._read_cell(row, column, cell)
            else:
                extra[column] = cell
        if len(self.defects) == before:
            recording = Recording(**values, extra=extra, row=row)
            self._check(recording)
            self.recordings.append(recording)

    def _read_cell(self, row: int, column: str, cell: str) -> Any:
        try:
            return READERS[column](cell)
        except Refused as error:
            self._defect(f"row {row}, column {column}: {error}", error.fix)
            return None

    def _check(self, recording: Recording) -> None:
        """What cells must be to each other, and to the rows above."""
        self._check_pressure(recording)
        for column in ("recording_id", "path"):
            first = self.row_of.setdefault((column, getattr(recording, column)), recording.row)
            if first != recording.row:
                what = f"row {recording.row}, column {column}: repeats row {first}"
                self._defect(what, "each recording stands once")
        woman, first = self.woman_of.setdefault(
            recording.visit_id, (recording.participant_id, recording.row)
        )
        if woman != recording.participant_id:
            what = f"row {recording.row}, column visit_id: is another participant's in row {first}"
            self._defect(what, "a visit belongs to one participant")

    def _check_pressure(self, recording: Recording) -> None:
        row, sbp, dbp = recording.row, recording.sbp_mmhg, recording.dbp_mmhg
        if (sbp is None) != (dbp is None):
            column = "sbp_mmhg" if sbp is None else "dbp_mmhg"
            what = f"row {row}, column {column}: is empty but the other pressure is given"
            self._defect(what, "give both or neither")
        if sbp is not None and dbp is not None and dbp >= sbp:
            what = f"row {row}, column dbp_mmhg: {dbp:g} is not below sbp_mmhg {sbp:g}"
            self._defect(what, "are the two swapped?")
