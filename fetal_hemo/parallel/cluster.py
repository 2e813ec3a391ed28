"""Tasks on the workers of a Dask cluster; what a worker that died was doing is done again."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import queue
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import Any, Generic, TypeVar

from fetal_hemo.errors import FetalHemoError

Item = TypeVar("Item")
Result = TypeVar("Result")

ANSWER_S = 10.0  # for a scheduler to answer, to have a worker, or to hand a result over
IDLE_S = 60.0  # without any worker: then nobody will come any more
LOOK_S = 2.0
TRIES = 4  # of a task whose result went down with its worker
ADDRESS_FIX = "start `dask scheduler` and `dask worker`, and give tcp://HOST:PORT"
CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)


def map_on_cluster(
    function: Callable[[Item], Result], items: Sequence[Item], address: str
) -> Generator[tuple[int, Result], None, None]:
    """`(index, result)` as they are done by the workers of the scheduler at `address`.

    Raises what the function raises; E-CLUSTER when no scheduler answers, when it has no workers,
    or when it is lost; E-WORKER when one task has killed several workers.
    """
    import distributed

    _silence_logs()
    client = _client(distributed, address)
    try:
        tasks = _Tasks(client, address, function, items)
        while tasks.pending:
            yield tasks.next()
    finally:
        client.close(timeout=ANSWER_S)


def _silence_logs() -> None:
    """What goes wrong becomes one line of ours; modules of distributed have levels of their own."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _client(distributed: Any, address: str) -> Any:
    """A connected client of a scheduler with at least one worker.

    Whether anybody listens is tried first: a client that fails to connect is left half made, and
    can block the next one when it is collected.
    """
    try:
        host, port = distributed.comm.get_address_host_port(address, strict=True)
        socket.create_connection((host, port), timeout=ANSWER_S).close()
        client = distributed.Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError, OverflowError):
        what = "no Dask scheduler answers"
        raise FetalHemoError("E-CLUSTER", what, address, ADDRESS_FIX) from None
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError:
        client.close(timeout=ANSWER_S)
        what = "the Dask scheduler has no workers"
        raise FetalHemoError("E-CLUSTER", what, address, "start `dask worker`") from None
    return client


class _Lost(Exception):
    """The result went down with the worker that had it."""


class _Tasks(Generic[Item, Result]):
    """All tasks of a run, sent at once, and sent again when their result is lost."""

    def __init__(
        self, client: Any, address: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> None:
        self.client, self.address = client, address
        self.function, self.items = function, items
        self.pending: dict[str, tuple[int, Any]] = {}  # by key: index and future
        self.done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.lost: Counter[int] = Counter()
        for index in range(len(items)):
            self._send(index)

    def next(self) -> tuple[int, Result]:
        """Index and result of the next task that is done."""
        while True:
            index, future = self.pending.pop(self._next_done().key)
            try:
                return index, self._result(future)
            except _Lost:
                self.lost[index] += 1
                if self.lost[index] == TRIES or self.client.status != "running":
                    raise self._gone() from None
                self._send(index)

    def _send(self, index: int) -> None:
        future = self.client.submit(self.function, self.items[index], pure=False)
        self.pending[future.key] = (index, future)
        future.add_done_callback(self.done.put)

    def _next_done(self) -> Any:
        """The next future that is done; raises E-CLUSTER when there is nobody left to do it."""
        seen = time.monotonic()
        while True:
            try:
                return self.done.get(timeout=LOOK_S)
            except queue.Empty:
                if self.client.status == "running" and self.client.scheduler_info()["workers"]:
                    seen = time.monotonic()
                if time.monotonic() - seen > IDLE_S:
                    raise self._gone() from None

    def _result(self, future: Any) -> Result:
        """The result, or what the function raised; raises _Lost, or E-WORKER."""
        from distributed import KilledWorker

        if future.status != "error":
            try:
                return future.result(timeout=ANSWER_S)
            except (*CANCELLED, OSError):  # too late, or the connection is gone
                if future.status != "error":
                    raise _Lost from None
        try:
            return future.result()
        except KilledWorker:
            what = "one task has killed several workers of the cluster"
            fix = "out of memory? give the workers more"
            raise FetalHemoError("E-WORKER", what, self.address, fix) from None

    def _gone(self) -> FetalHemoError:
        what = "the Dask scheduler or its workers are gone"
        fix = "run it again: it goes on where it was"
        return FetalHemoError("E-CLUSTER", what, self.address, fix)
