"""Two processes want the same place: one has it, the other waits or says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest import ingest
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.training.run_folder import read_facts, start_run
from firmware_bridge.bundle import open_bundle
from firmware_bridge.store import UNFINISHED, drop_unfinished, write_atomically
from firmware_bridge.trust import trusted_keys
from tests.torture.programme import Programme, tries
from tests.torture.test_kills import bytes_of

REFUSED = 9


def at_once(*works: Callable[[], object]) -> list[int]:
    """Exit statuses of forked processes that start together; 9 is a refusal with a code."""
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work()
                status = 0
            except FetalHemoError as error:
                status = REFUSED if error.code in ("E-STORAGE", "E-COHORT", "E-RUN") else 2
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Sounds, and the cohort of them."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "sounds").mkdir()
    for number in range(3):
        samples = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / "sounds" / f"{number}.wav", samples, 4_000)
    ingest([folder / "sounds"], folder / "cohort", jobs=1)
    return folder / "sounds", folder / "cohort"


@tries(10, 300)
def test_one_cohort(tries: int, cohort: tuple[Path, Path], tmp_path: Path) -> None:
    sounds, whole = cohort
    with Programme("two ingests", seed=91, tries=tries) as programme:
        for draw in programme:
            out, late = tmp_path / f"{programme.number}", draw.uniform(0, 0.03)

            def second(out: Path = out, late: float = late) -> None:
                time.sleep(late)
                ingest([sounds], out, jobs=1)

            ended = at_once(lambda out=out: ingest([sounds], out, jobs=1), second)
            assert sorted(ended) in ([0, 0], [0, REFUSED])
            assert bytes_of(out) == bytes_of(whole)
            programme.count("both, one after the other" if ended == [0, 0] else "one refused")


@tries(15, 700)
def test_one_run_folder(tries: int, cohort: tuple[Path, Path], tmp_path: Path) -> None:
    opened = open_cohort(cohort[1])
    recipe = load_recipe()
    with Programme("two trainings", seed=92, tries=tries) as programme:
        for draw in programme:
            out = tmp_path / f"{programme.number}"

            def train(late: float, stage: str, out: Path = out) -> None:
                time.sleep(late)
                with start_run(out, stage, recipe, opened, resume=False) as run:
                    time.sleep(0.01)
                    run.finish({"stage": stage})

            stages = ("pretrain", "finetune")
            lates = (draw.uniform(0, 0.02), draw.uniform(0, 0.02))
            ended = at_once(
                *(lambda t=t, s=s: train(t, s) for t, s in zip(lates, stages, strict=True))
            )
            assert sorted(ended) == [0, REFUSED], ended
            assert read_facts(out)["stage"] == stages[ended.index(0)]
            programme.count("one refused")


@tries(100, 10_000)
def test_a_bundle_is_replaced(
    tries: int, signed: Any, release: Callable[[int], Path], tmp_path: Path
) -> None:
    place, contents = tmp_path / "a.fhb", [release(n).read_bytes() for n in (1, 2)]
    write_atomically(place, contents[0])
    writer = os.fork()
    if writer == 0:
        while True:
            for data in contents:
                write_atomically(place, data)
    try:
        trusted = trusted_keys([signed.public_key])
        with Programme("bundle replaced", seed=93, tries=tries) as programme:
            for _ in programme:
                programme.count(str(open_bundle(place, trusted).manifest["version"]))
            assert programme.happened.keys() == {"0.0.1", "0.0.2"}
    finally:
        os.kill(writer, 9)
        os.waitpid(writer, 0)


@tries(200, 20_000)
def test_sweeping_leaves_what_is_being_written(tries: int, tmp_path: Path) -> None:
    def sweep() -> None:
        while not (tmp_path / "stop").exists():
            drop_unfinished(tmp_path)

    def write() -> None:
        try:
            for number in range(tries):
                write_atomically(tmp_path / "a", b"%d" % number)
        finally:
            (tmp_path / "stop").touch()

    with Programme("sweep while writing", seed=94, tries=tries) as programme:
        (tmp_path / ".unfinished-a.abcd1234").write_bytes(b"what a killed write left")
        assert at_once(write, sweep) == [0, 0]
        programme.count("written", tries)
    assert (tmp_path / "a").read_bytes() == b"%d" % (tries - 1)
    assert not [name for name in os.listdir(tmp_path) if UNFINISHED.fullmatch(name)]
