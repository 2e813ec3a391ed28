"""What a process holds of memory and descriptors."""

from __future__ import annotations

import gc
import os


def held() -> dict[str, int]:
    """Resident pages and open descriptors of this process, after a collection.

    No `Path`: it interns the parts of a path, which then fill the interpreter's table of names
    (see `NAMES_KEPT` in `firmware_bridge/decode.py`), and the growth would be of our own making.
    """
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return {"pages": pages, "descriptors": len(os.listdir("/proc/self/fd"))}
