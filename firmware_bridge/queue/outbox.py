"""The queue of results on a device: put in before anybody is told, kept until handed over."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.fhir import transaction_id
from firmware_bridge.queue.clock import Clocks, Reading, from_utc_text, read_clocks, suspicion
from firmware_bridge.queue.database import connect, storage_errors, transaction
from firmware_bridge.queue.drift import Count, counts_of
from firmware_bridge.queue.key import agree_on_key
from firmware_bridge.queue.record import Record, Stamp, pack_payload, unpack_payload
from firmware_bridge.queue.seal import Seal
from firmware_bridge.result import Abstained, Refused, Result, Screened

COLUMNS = "sequence, id, boot, monotonic_s, wall_s, clock_suspect, payload, handed_over"
ADD_COUNT = (
    "INSERT INTO counts VALUES (?, ?, ?, 1) "
    "ON CONFLICT (model, measure, bin) DO UPDATE SET count = count + 1"
)


class Outbox:
    """A queue file. Any number of processes may use it at the same time.

    Every method raises `FetalHemoError` E-STORAGE when the disk is full, read-only or damaged.
    """

    def __init__(self, connection: sqlite3.Connection, where: str, seal: Seal | None) -> None:
        self._connection, self._where, self._seal = connection, where, seal
        self.device = str(self._value("SELECT value FROM about WHERE name = 'device'"))

    @classmethod
    def open(
        cls,
        path: str | Path,
        key_file: str | Path | None = None,
        create: bool = False,
        counters_only: bool = False,
    ) -> Outbox:
        """The queue of a file. With `create` it is made if missing, and so is its key file.

        The counters are not sealed: for them alone no key is needed.

        Raises E-NOT-FOUND, E-STORAGE, and E-KEY when the queue has another key, or none.
        """
        where = str(path)
        connection = connect(path, create)
        try:
            with storage_errors(where):
                seal = None if counters_only else agree_on_key(connection, key_file, where)
                return cls(connection, where, seal)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(
        self,
        result: Result,
        manifest: Mapping[str, Any],
        clocks: Callable[[], Clocks] = read_clocks,
    ) -> Stamp | None:
        """Store a result: when this returns, a power cut cannot take it.

        The same recording with the same model is stored once; its first stamp comes back. A
        refusal is only counted (None): there is nothing to hand over. `manifest` is the model's.
        """
        with storage_errors(self._where):
            with transaction(self._connection):
                if isinstance(result, Refused):
                    self._count(result.model.sha256, counts_of(result, manifest))
                    return None
                name = transaction_id(result)
                if not self._has(name):
                    self._insert(name, result, clocks(), from_utc_text(manifest["created"]))
                    model = result.evidence.model.sha256
                    self._count(model, counts_of(result, manifest))
            return self._stamp(name)

    def sequences(self, waiting_only: bool = False) -> Iterator[int]:
        """Sequence numbers of the stored results, in order; those stored meanwhile as well."""
        query = "SELECT sequence FROM results WHERE sequence > ?"
        query += " AND handed_over = 0" if waiting_only else ""
        row: tuple[int] | None = (0,)
        while row is not None:
            with storage_errors(self._where):
                found = self._connection.execute(query + " ORDER BY sequence LIMIT 1", row)
                row = found.fetchone()
            if row is not None:
                yield row[0]

    def read(self, sequence: int) -> Record:
        """One stored result; raises E-STORAGE for a damaged one, the others may still be whole."""
        query = f"SELECT {COLUMNS} FROM results WHERE sequence = ?"
        with storage_errors(self._where):
            row = self._connection.execute(query, (sequence,)).fetchone()
        try:
            return self._record(row)
        except (ValueError, TypeError):  # not what was stored, or gone from under its index
            what = f"result {sequence} of the queue is damaged"
            raise FetalHemoError("E-STORAGE", what, self._where) from None

    def records(self) -> Iterator[Record]:
        """All stored results in order, one in memory at a time; raises at a damaged one."""
        yield from map(self.read, self.sequences())

    def confirm(self, name: str) -> None:
        """Note that a receiver has confirmed the result of this id."""
        with storage_errors(self._where), transaction(self._connection):
            query = "UPDATE results SET handed_over = 1 WHERE id = ?"
            self._connection.execute(query, (name,))

    def waiting(self) -> int:
        """How many results nobody has confirmed yet."""
        with storage_errors(self._where):
            return int(self._value("SELECT count(*) FROM results WHERE handed_over = 0"))

    def counts(self) -> list[tuple[str, str, int, int]]:
        """Drift counters: sha256 of the model, measure, bin, count."""
        with storage_errors(self._where):
            return self._connection.execute("SELECT * FROM counts ORDER BY 1, 2, 3").fetchall()

    def _has(self, name: str) -> bool:
        query = "SELECT 1 FROM results WHERE id = ?"
        return self._connection.execute(query, (name,)).fetchone() is not None

    def _insert(
        self, name: str, result: Screened | Abstained, now: Clocks, model_made_s: float
    ) -> None:
        boot = self._boot(now.boot)
        query = "SELECT max(wall_s) FROM results WHERE clock_suspect IS NULL"
        latest = self._value(query)
        query = "SELECT monotonic_s, wall_s FROM results WHERE boot = ? ORDER BY sequence DESC"
        row = self._connection.execute(query + " LIMIT 1", (boot,)).fetchone()
        previous = None if row is None else Reading(*row)
        doubt = suspicion(now, model_made_s, latest, previous)
        payload = pack_payload(result)
        if self._seal is not None:
            payload = self._seal.close(payload, name)
        self._connection.execute(
            "INSERT INTO results (id, boot, monotonic_s, wall_s, clock_suspect, payload) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (name, boot, now.monotonic_s, now.wall_s, doubt, payload),
        )

    def _boot(self, boot: str) -> int:
        """The counter of a boot, one more than the last for one not seen before."""
        mark = hashlib.sha256(f"{self.device}/{boot}".encode()).hexdigest()[:16]
        self._connection.execute("INSERT OR IGNORE INTO boots (mark) VALUES (?)", (mark,))
        return int(self._value("SELECT boot FROM boots WHERE mark = ?", mark))

    def _count(self, model: str, counts: list[Count]) -> None:
        self._connection.executemany(ADD_COUNT, [(model, *count) for count in counts])

    def _stamp(self, name: str) -> Stamp:
        query = f"SELECT {COLUMNS} FROM results WHERE id = ?"
        return self._stamp_of(self._connection.execute(query, (name,)).fetchone())

    def _stamp_of(self, row: tuple[Any, ...]) -> Stamp:
        sequence, _, boot, monotonic_s, wall_s, doubt, *_ = row
        return Stamp(self.device, boot, sequence, monotonic_s, wall_s, doubt)

    def _record(self, row: tuple[Any, ...]) -> Record:
        name, payload, handed_over = row[1], row[6], bool(row[7])
        opened = payload if self._seal is None else self._seal.open(payload, name)
        found = unpack_payload(opened)
        return Record(name, self._stamp_of(row), handed_over, found["result"], found["fhir"])

    def _value(self, query: str, *given: object) -> Any:
        (value,) = self._connection.execute(query, given).fetchone()
        return value
