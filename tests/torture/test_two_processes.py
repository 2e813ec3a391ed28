"""Two processes want the same place: one has it, the other waits or says so."""

from __future__ import annotations

import functools
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest import ingest
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.training.run_folder import read_facts, start_run
from firmware_bridge.bundle import open_bundle
from firmware_bridge.fhir import transaction_id
from firmware_bridge.queue.flush import flush
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.queue.receivers import receiver
from firmware_bridge.store import UNFINISHED, drop_unfinished, write_atomically
from firmware_bridge.trust import trusted_keys
from tests.crash.results import MANIFEST, abstained
from tests.torture.programme import Programme, tries
from tests.torture.test_kills import bytes_of

REFUSED, WAIT_S, LOOK_S = 9, 30.0, 0.002


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
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.fixture
def quick() -> Iterator[Path]:
    """An empty folder in memory where that is possible: real calls, no waiting for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


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


class Meeting(NamedTuple):
    """What two trainings wait for, so that the second comes while the first is inside."""

    inside: Any
    tried: Any

    def train(self, cohort: Cohort, out: Path, stage: str, late: float) -> None:
        """The one that has the folder stays in it until the other has been refused."""
        time.sleep(late)
        try:
            with start_run(out, stage, load_recipe(), cohort, resume=False) as run:
                self.inside.set()
                assert self.tried.wait(WAIT_S)
                run.finish({"stage": stage})
        except FetalHemoError as error:
            assert self.inside.wait(WAIT_S)
            if "another process is" not in error.what:
                raise AssertionError(error.line()) from error
            raise
        finally:
            self.tried.set()


@tries(15, 700)
def test_one_run_folder(tries: int, cohort: tuple[Path, Path], tmp_path: Path) -> None:
    opened, stages = open_cohort(cohort[1]), ("pretrain", "finetune")
    with Programme("two trainings", seed=92, tries=tries) as programme:
        for draw in programme:
            out = tmp_path / f"{programme.number}"
            meeting = Meeting(multiprocessing.Event(), multiprocessing.Event())
            train = functools.partial(meeting.train, opened, out)
            lates = (draw.uniform(0, 0.02), draw.uniform(0, 0.02))
            ended = at_once(*map(functools.partial, [train] * 2, stages, lates))
            assert sorted(ended) == [0, REFUSED], ended
            assert read_facts(out)["stage"] == stages[ended.index(0)]
            programme.count("one refused while the other was inside")


def put_all(path: Path, numbers: Sequence[int], start: Any) -> None:
    """Store made-up results, from `start` on."""
    with Outbox.open(path, create=True) as outbox:
        start.wait(WAIT_S)
        for number in numbers:
            outbox.put(abstained(number), MANIFEST)


def read_until(path: Path, last: int, start: Any) -> None:
    """Read the queue while it grows: always a beginning of what it will be, in order."""
    with Outbox.open(path, create=True) as outbox:
        start.wait(WAIT_S)
        seen: list[str] = []
        while len(seen) < last:
            now = [record.id for record in outbox.records()]
            assert now[: len(seen)] == seen
            seen = now
            time.sleep(LOOK_S)


def flush_until(path: Path, last: int, to: Path, start: Any) -> None:
    """Hand over what waits until all has gone."""
    with Outbox.open(path, create=True) as outbox, receiver(str(to)) as folder:
        start.wait(WAIT_S)
        confirmed = 0
        while confirmed < last:
            done = flush(outbox, folder)
            assert done.complaints == []
            confirmed += done.confirmed
            time.sleep(LOOK_S)
        assert (confirmed, outbox.waiting()) == (last, 0)


@tries(50, 1_000)
def test_one_queue(tries: int, quick: Path) -> None:
    with Programme("two writers, a reader and a hand-over", seed=95, tries=tries) as programme:
        for draw in programme:
            path, to = quick / "q.db", quick / "to"
            most = draw.randint(2, 12)
            first = sorted(draw.sample(range(most), draw.randint(1, most)))
            second = sorted({*range(most)} - {*first} | {*draw.sample(first, len(first) // 2)})
            start = multiprocessing.Barrier(4)
            ended = at_once(
                functools.partial(put_all, path, first, start),
                functools.partial(put_all, path, second, start),
                functools.partial(read_until, path, most, start),
                functools.partial(flush_until, path, most, to, start),
            )
            assert ended == [0, 0, 0, 0]
            with Outbox.open(path) as outbox:
                records = list(outbox.records())
            expected = sorted(transaction_id(abstained(number)) for number in range(most))
            assert sorted(record.id for record in records) == expected
            assert [record.stamp.sequence for record in records] == list(range(1, most + 1))
            assert all(record.handed_over for record in records)
            there = sorted(name for name in os.listdir(to) if name.endswith(".json"))
            assert there == [f"{name}.json" for name in expected]
            programme.count("records, each there once", most)
            programme.count("stored by both", len({*first} & {*second}))
            shutil.rmtree(to)
            for name in quick.glob("q.db*"):
                name.unlink()


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
