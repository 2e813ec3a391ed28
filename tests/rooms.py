"""Tests shared out between processes by room, so that a room's fixtures are made once."""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

LARGE = ("fetal_hemo", "firmware_bridge")  # packages whose folders are rooms of their own


class Rooms(LoadScopeScheduling):  # type: ignore[misc]
    """Whole rooms go to whichever process is free, those with the most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)


def room(nodeid: str) -> str:
    """The room of a test: `fetal_hemo/training` of `tests/fetal_hemo/training/test_fit.py::...`."""
    folders = PurePosixPath(nodeid.split("::")[0]).parts[1:-1]
    return "/".join(folders[: 2 if folders[:1] and folders[0] in LARGE else 1])
