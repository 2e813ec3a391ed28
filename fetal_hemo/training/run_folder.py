"""The folder of a run: what was done, with what, when, and whether it can be gone on with."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, load_recipe, to_toml
from fetal_hemo.recordings.cohort import MANIFEST, Cohort
from fetal_hemo.training.checkpoint import CHECKPOINT
from fetal_hemo.training.grown_file import keep_whole_lines
from fetal_hemo.training.world import processes, rank, wait_for_all
from firmware_bridge import __version__
from firmware_bridge.lock import only_one
from firmware_bridge.store import drop_unfinished, make_folder, sync, write_atomically

REFUSED = "refused"  # of a run whose data were found not to do, before it learned anything
RUN, RECIPE, METRICS, LOG = "run.json", "recipe.resolved.toml", "metrics.json", "log.txt"
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "onnx", "onnxruntime", "safetensors")


Report = Callable[[dict[str, Any]], object]


def unreported(facts: dict[str, Any]) -> None:
    """No report: the folder is a part of a study, which has one."""


@dataclass
class RunFolder:
    """A stage (`pretrain`, `finetune`, `evaluate`) in progress; `facts` become run.json.

    Of several processes that train together only the first `writes`. Use it as a context: until
    its end nobody else can work in the folder.
    """

    path: Path
    facts: dict[str, Any]
    started: float = field(default_factory=time.monotonic)
    writes: bool = True
    held: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            untaught = not (self.path / CHECKPOINT).exists()
            if isinstance(error, FetalHemoError) and error.code == "E-COHORT" and untaught:
                self._refuse(error)
        finally:
            self.held.close()

    def _refuse(self, error: FetalHemoError) -> None:
        """What was heard stays, and the folder is free for other data or another recipe."""
        self.facts["status"] = REFUSED
        self.write_json(RUN, self.facts)
        self.log(f"{error.code}: {error.what}")

    def log(self, line: str) -> None:
        """Append a line with the time to log.txt. Raises E-STORAGE."""
        if not self.writes:
            return
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with (self.path / LOG).open("a", encoding="utf-8") as file:
                file.write(f"{stamp} {line}\n")
            sync(self.path / LOG)
        except OSError as error:
            raise FetalHemoError("E-STORAGE", str(error.strerror), str(self.path / LOG)) from None

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file of the run, whole or not at all. Raises E-STORAGE."""
        if not self.writes:
            return
        text = json.dumps(content, indent=1, allow_nan=False) + "\n"
        write_atomically(self.path / name, text.encode())

    def finish(self, metrics: dict[str, Any], report: Report = unreported) -> None:
        """Write metrics and report, then mark the run as finished: from then on it is whole.

        `report` writes it and is given what run.json will hold. Raises E-STORAGE.
        """
        self.write_json(METRICS, metrics)
        seconds = self.facts["seconds"] + time.monotonic() - self.started
        ended = {"status": "finished", "finished": _now(), "seconds": round(seconds, 1)}
        report(self.facts | ended)
        self.facts |= ended
        self.write_json(RUN, self.facts)
        self.log("finished")


def start_run(
    path: Path | str, stage: str, recipe: Recipe, cohort: Cohort, resume: bool, **facts: Any
) -> RunFolder:
    """A run folder ready for its stage: a new one, or with `resume` the interrupted one.

    `facts` are further lines of run.json. Raises E-RUN if the folder holds another run, a
    finished one, or one of other data or another recipe, and E-STORAGE, also when another
    process is at work there.
    """
    path = Path(path)
    if rank() > 0:
        wait_for_all()  # until the first process has made the folder, or refused it
        return RunFolder(path, {"seconds": 0.0}, writes=False)
    make_folder(path)
    with ExitStack() as held:
        held.enter_context(only_one(path, "at work there"))
        drop_unfinished(path)
        run = _started(path, stage, recipe, cohort, resume, facts)
        run.held = held.pop_all()
    wait_for_all()
    return run


def _started(
    path: Path,
    stage: str,
    recipe: Recipe,
    cohort: Cohort,
    resume: bool,
    facts: dict[str, Any],
) -> RunFolder:
    known = {"stage": stage, "simulated": cohort.simulated, "data_hash": cohort.data_hash, **facts}
    if (path / RUN).exists() and read_facts(path).get("status") != REFUSED:
        return _resumed(path, recipe, known, resume)
    run = RunFolder(path, {**known, "status": "started", "started": _now(), "seconds": 0.0})
    run.facts |= {"code": f"fetal-hemo {__version__}", "versions": versions()}
    run.facts["processes"] = processes()
    write_atomically(path / RECIPE, to_toml(recipe).encode())
    run.write_json(RUN, run.facts)
    run.log(f"{stage} started")
    return run


def _resumed(path: Path, recipe: Recipe, known: dict[str, Any], resume: bool) -> RunFolder:
    facts = read_facts(path)
    if facts.get("status") == "finished":
        raise FetalHemoError("E-RUN", "holds a finished run", str(path), "choose another --out")
    if not resume:
        fix = "add --resume to go on with it, or choose another --out"
        raise FetalHemoError("E-RUN", "holds an interrupted run", str(path), fix)
    differing = [name for name, value in known.items() if facts.get(name) != value]
    if load_recipe(path / RECIPE) != recipe:
        differing.append("recipe")
    if differing:
        what = f"the interrupted run differs in {', '.join(differing)}"
        raise FetalHemoError("E-RUN", what, str(path), "choose another --out")
    run = RunFolder(path, facts)
    keep_whole_lines(path / LOG, lambda line: b"\0" not in line)
    run.log("resumed")
    return run


def read_facts(path: Path | str) -> dict[str, Any]:
    """The content of a run's run.json. Raises E-RUN."""
    return read_json(Path(path) / RUN)


def finished_run(path: Path | str, stages: Sequence[str]) -> dict[str, Any]:
    """The facts of a finished run of one of the stages. Raises E-RUN."""
    facts = read_facts(path)
    if facts.get("stage") not in stages or facts.get("status") != "finished":
        stage = facts.get("stage")
        what = f"is no finished {' or '.join(stages)} run"
        fix = "finish it with --resume" if stage in stages else f"it is one of {stage}"
        if facts.get("status") == REFUSED:
            fix = f"its data were refused: see {LOG} there"
        raise FetalHemoError("E-RUN", what, str(path), fix)
    return facts


def read_metrics(path: Path | str) -> dict[str, Any]:
    """The content of a run's metrics.json. Raises E-RUN."""
    return read_json(Path(path) / METRICS)


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file of a run. Raises E-RUN."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        what = f"has no readable {path.name}"
        raise FetalHemoError("E-RUN", what, str(path.parent), _instead(path.parent))
    return content


def _instead(folder: Path) -> str:
    """What to do about a folder that was named as a run: most often the two names are swapped."""
    if os.path.isfile(folder / MANIFEST):
        return "it is a cohort: the order is `evaluate RUN COHORT`, `finetune COHORT --from RUN`"
    return "is it a run folder?"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a result."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
