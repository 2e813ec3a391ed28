"""Which key a queue is sealed with: that which it was begun with, or none for good."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.queue.database import transaction
from firmware_bridge.queue.seal import Seal, load_seal


def agree_on_key(
    connection: sqlite3.Connection, key_file: str | Path | None, where: str
) -> Seal | None:
    """The seal that the queue was begun with; an empty queue takes the one it is given.

    Raises `FetalHemoError` E-KEY for another key, none, or one for a queue begun without.
    """
    known = _known_key(connection)
    if key_file is None:
        if known is None:
            return None
        raise FetalHemoError(
            "E-KEY", "the queue is sealed", where, "name its key file with --key or --queue-key"
        )
    if known is None:
        with transaction(connection):  # so that two processes do not make two keys
            known = _known_key(connection) or _begin_with(connection, key_file, where)
    seal = load_seal(key_file)
    if seal.key_id != known:
        raise FetalHemoError("E-KEY", "not the key of this queue", where, "name its own key file")
    return seal


def _known_key(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM about WHERE name = 'key'").fetchone()
    return None if row is None else str(row[0])


def _begin_with(connection: sqlite3.Connection, key_file: str | Path, where: str) -> str:
    if connection.execute("SELECT 1 FROM results").fetchone():
        what, fix = "the queue was begun without a key", "leave the key out, or begin another queue"
        raise FetalHemoError("E-KEY", what, where, fix)
    key_id = load_seal(key_file, make=True).key_id
    connection.execute("INSERT INTO about VALUES ('key', ?)", (key_id,))
    return key_id
