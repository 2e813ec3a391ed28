"""Many recordings screened at the same time; the results are those of one after another."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks, processors
from firmware_bridge.result import Result
from firmware_bridge.screen import Screener
from firmware_bridge.screen_command import ScreenAll, one_after_another, screen_one

# A process starts in the time in which a few recordings are screened.
FILES_FOR_A_PROCESS = 8


@dataclass(frozen=True)
class _Model:
    """The bundle that the caller has verified; a worker verifies it again, once."""

    path: str
    trust: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class _Task:
    model: _Model
    path: str
    index: int


def screen_in_parallel(
    trust: Sequence[str] = (), jobs: int | None = None, dask: str | None = None
) -> ScreenAll:
    """A way to screen all files, for `screen_files`: with `jobs` processes, or on a Dask cluster.

    Without `jobs` a process is started for every eight files, up to the number of processors.
    """

    def screen_all(screener: Screener, files: Sequence[str]) -> Generator[Result, None, None]:
        count = min(processors(), len(files) // FILES_FOR_A_PROCESS) if jobs is None else jobs
        if dask is None and count < 2:
            yield from one_after_another(screener, files)
            return
        bundle = screener.bundle
        model = _Model(_absolute(bundle.where), _keys(bundle.where, trust), bundle.sha256)
        tasks = [_Task(model, _absolute(path), index) for index, path in enumerate(files)]
        yield from _in_order(map_tasks(_screen, tasks, count, dask))

    return screen_all


def _keys(bundle: str, trust: Sequence[str]) -> tuple[str, ...]:
    """The keys for a worker; a bundle that an update has put in has its signer's beside it."""
    beside = Path(bundle).with_suffix(".pub")
    return tuple(map(_absolute, [*trust, *([str(beside)] if beside.is_file() else [])]))


def _absolute(path: str) -> str:
    """The path for a worker that was started elsewhere; no name stays no name."""
    return str(Path(path).absolute()) if path else path


def _in_order(
    results: Generator[tuple[int, Result], None, None],
) -> Generator[Result, None, None]:
    """Each result as soon as all earlier ones are out."""
    early: dict[int, Result] = {}
    following = 0
    with closing(results):
        for index, result in results:
            early[index] = result
            while following in early:
                yield early.pop(following)
                following += 1


def _screen(task: _Task) -> Result:
    return screen_one(_screener(task.model), task.path, task.index)


@lru_cache(maxsize=1)  # a cluster's worker outlives a run, and must not keep every model
def _screener(model: _Model) -> Screener:
    screener = Screener.load(model.path, model.trust)
    if screener.bundle.sha256 != model.sha256:
        what = "the bundle changed while files were screened"
        raise FetalHemoError("E-BUNDLE-HASH", what, model.path, "screen again")
    return screener
