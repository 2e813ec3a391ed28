"""Where the tasks of a verb are done: in this process, in several, or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from fetal_hemo.errors import FetalHemoError

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_tasks(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int | None = None,
    dask: str | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """`(index, function(items[index]))` of every item, in the order in which they are done.

    `jobs` is the number of processes, by default one for each processor; `dask` is the address of
    a Dask scheduler whose workers see the same files. The function and its items must be picklable.
    What the function raises ends the run; so does, as E-WORKER or E-CLUSTER, a worker that dies
    again after its tasks have been tried once more. Close the generator to stop early.
    """
    if jobs is not None and jobs < 1:
        raise FetalHemoError("E-USAGE", f"{jobs} processes", fix="--jobs takes 1 or more")
    if dask is not None:
        from fetal_hemo.parallel.cluster import map_on_cluster

        yield from map_on_cluster(function, items, dask)
        return
    count = min(jobs or processors(), len(items))
    if count > 1:
        from fetal_hemo.parallel.processes import map_in_processes

        yield from map_in_processes(function, items, count)
        return
    for index, item in enumerate(items):
        yield index, function(item)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
