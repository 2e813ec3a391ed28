"""The SQLite file of a queue: what is committed survives a power cut, or the caller is told."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.store import PRIVATE

APPLICATION, VERSION = 0x6648_6D51, 1  # so that no other database is taken for a queue
WAIT_S = 30.0  # for another process that is writing
TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE boots (boot INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE)",
    """CREATE TABLE results (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        boot INTEGER NOT NULL REFERENCES boots,
        monotonic_s REAL NOT NULL,
        wall_s REAL NOT NULL,
        clock_suspect TEXT,
        payload BLOB NOT NULL,
        handed_over INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX waiting ON results (sequence) WHERE handed_over = 0",
    """CREATE TABLE counts (
        model TEXT NOT NULL, measure TEXT NOT NULL, bin INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (model, measure, bin))""",
)


def connect(path: str | Path, create: bool) -> sqlite3.Connection:
    """An open queue (write-ahead log, every commit synced); made if `create`.

    Raises `FetalHemoError` E-NOT-FOUND, or E-STORAGE for a full or read-only disk, a file that is
    no queue, or one of a newer version.
    """
    where = str(path)
    with storage_errors(where):
        if not create and not Path(path).is_file():
            raise FetalHemoError("E-NOT-FOUND", "there is no such queue", where)
        if create and not os.path.exists(path):
            _make_private(path)
        connection = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
        try:
            _prepare(connection, where)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """SQLite's and the system's errors as `FetalHemoError` E-STORAGE."""
    try:
        yield
    except sqlite3.Error as error:
        fix = "free space, or check the disk; nothing that was confirmed is lost"
        raise FetalHemoError("E-STORAGE", f"the queue: {error}", where, fix) from None
    except OSError as error:
        raise FetalHemoError("E-STORAGE", f"the queue: {error.strerror}", where) from None


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing: committed and synced at the end, rolled back after any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk may have rolled back already
            connection.execute("ROLLBACK")
        raise


def _make_private(path: str | Path) -> None:
    """An empty file for its owner only. One that exists is not opened: closing it would end
    SQLite's locks in this process."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))


def _prepare(connection: sqlite3.Connection, where: str) -> None:
    if not _is_ours_or_empty(connection):  # before anything is changed in another's file
        raise FetalHemoError("E-STORAGE", "the file is no queue", where, "name another")
    _write_ahead(connection, where)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: through the disk's own cache
    connection.execute("PRAGMA foreign_keys = ON")
    if _pragma(connection, "application_id") == 0:
        with transaction(connection):
            if _pragma(connection, "application_id") == 0:  # nobody was faster
                _fill(connection)
    if _pragma(connection, "user_version") > VERSION:
        what = "the queue was made by a newer version"
        raise FetalHemoError("E-STORAGE", what, where, "update fetal-hemo")


def _write_ahead(connection: sqlite3.Connection, where: str) -> None:
    """The one statement for which SQLite does not wait when another process opens the file."""
    end = time.monotonic() + WAIT_S
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
    if mode != "wal":
        what = "the file system cannot hold a queue (no write-ahead log)"
        raise FetalHemoError("E-STORAGE", what, where, "choose a local disk")


def _is_ours_or_empty(connection: sqlite3.Connection) -> bool:
    application = _pragma(connection, "application_id")
    empty = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    return application == APPLICATION or (application == 0 and empty)


def _fill(connection: sqlite3.Connection) -> None:
    for table in TABLES:
        connection.execute(table)
    device = str(uuid.uuid4())  # of this queue, not of the machine: it tells nothing about either
    connection.execute("INSERT INTO about VALUES ('device', ?)", (device,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
