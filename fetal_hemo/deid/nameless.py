"""Errors that say row and column of the source, and nothing of what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.recording import KNOWN_COLUMNS

SOURCE = "the source cohort"
PLACE = re.compile(r"row (\d+)(?:, column (\w+))?")
LOOK = "run `fetal-hemo check` on the source, where nobody reads along"


@contextmanager
def nameless_manifest() -> Iterator[None]:
    """Raise errors of a manifest again without the cells and the path they quote."""
    try:
        yield
    except FetalHemoError as error:
        what = "the manifest cannot be used"
        if found := PLACE.match(error.what):
            row, column = found.groups()
            known = f", column {column}" if column in KNOWN_COLUMNS else ""
            what = f"row {row}{known}: {what}"
        raise FetalHemoError(error.code, what, SOURCE, LOOK) from None


@contextmanager
def nameless(where: str) -> Iterator[None]:
    """Raise errors again with `where` instead of a path; `OSError` becomes E-STORAGE.

    One that names an option or the source as a whole stays as it is.
    """
    try:
        yield
    except FetalHemoError as error:
        if error.where.startswith(("--", SOURCE)):
            raise
        raise FetalHemoError(error.code, error.what, where, error.fix) from None
    except OSError as error:
        what = f"cannot be read or written ({error.strerror})"
        raise FetalHemoError("E-STORAGE", what, where, "free space?") from None
