"""Where a path leads, for comparing it with others: asked before anything is opened."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(path: Path) -> Path:
    """The path with links followed; one that runs in a circle stays as it is.

    So does a name in letters that the locale cannot write, as a manifest may hold it: whoever
    opens the file tells of it, and one row must not stop all the others.
    """
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        return real_path(path.parent) / path.name
