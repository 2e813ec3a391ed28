"""Tasks in several processes of this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

from fetal_hemo.errors import FetalHemoError

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 2  # a worker that was killed takes its pool along: what it left undone is tried again


def map_in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Generator[tuple[int, Result], None, None]:
    """`(index, result)` as they are done, by `jobs` processes.

    Raises what the function raises, and E-WORKER when processes die twice.
    """
    left = dict(enumerate(items))
    for _ in range(TRIES):
        try:
            for index, result in _map_once(function, left, jobs):
                del left[index]
                yield index, result
            return
        except BrokenProcessPool:
            continue
    what = f"a process was killed twice, {len(left)} of {len(items)} tasks are left"
    fix = "out of memory? fewer --jobs; a script must call it under `if __name__ == '__main__'`"
    raise FetalHemoError("E-WORKER", what, fix=fix)


def _map_once(
    function: Callable[[Item], Result], left: dict[int, Item], jobs: int
) -> Generator[tuple[int, Result], None, None]:
    others = set(active_children())
    # spawn: a fork would inherit the locks of threads that torch may have started
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_leave_with_parent)
    try:
        with _interrupts_held():  # workers start when tasks are submitted and inherit this
            futures = {pool.submit(function, item): index for index, item in left.items()}
        for future in as_completed(futures):
            yield _index_and_result(futures, future)
    except BaseException:  # Ctrl-C too: what is half done can be done again, nobody should wait
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _index_and_result(
    futures: dict[Future[Result], int], future: Future[Result]
) -> tuple[int, Result]:
    """The future is forgotten: a result may be large, and there may be thousands."""
    return futures.pop(future), future.result()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back: it is for the parent alone, a worker that it kills would hang the pool."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_with_parent() -> None:
    """Let this worker end when its parent is killed: waiting for tasks, it would never notice."""
    parent = parent_process()
    assert parent is not None

    def leave() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()
