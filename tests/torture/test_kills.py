"""Killed with -9 at any moment: what was told is there, and going on ends with the same bytes."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest
from fetal_hemo.training.pretrain import pretrain
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.screen_command import Output, screen_files
from firmware_bridge.store import UNFINISHED
from tests.smallest_training import smallest_recipe
from tests.torture.killing import kill_within
from tests.torture.programme import Programme, tries

PROJECT = Path(__file__).parents[2]
ABSTAINED = 4  # exit status, of noise


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def leftovers(folder: Path) -> list[str]:
    """Names that only a write in progress has."""
    return [p.name for p in folder.rglob("*") if p.is_file() and UNFINISHED.fullmatch(p.name)]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Twelve short recordings."""
    folder = tmp_path_factory.mktemp("sounds")
    for number in range(12):
        samples = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / f"{number:02d}.wav", samples, 4_000)
    return [str(path) for path in sorted(folder.iterdir())]


@tries(120, 3_500)
def test_screening_a_batch(tries: int, sounds: list[str], signed: Any, tmp_path: Path) -> None:
    place = Output(as_json=True, fhir=str(tmp_path / "fhir"), queue=str(tmp_path / "q.db"))
    told, seen, ever = tmp_path / "told.jsonl", set[str](), 0

    def screen(files: list[str]) -> None:
        sys.stdout = told.open("w", encoding="utf-8")
        screen_files(files, str(signed.path), [signed.public_key], place)

    with Programme("kill -9 of screening", seed=71, tries=tries) as programme:
        for draw in programme:
            files = draw.sample(sounds, 6)
            told.write_text("")  # a kill may come before the process has opened it
            if kill_within(lambda files=files: screen(files), draw.uniform(0, 0.2)):
                programme.count("killed")
            else:
                programme.count("ended before")
                assert leftovers(tmp_path / "fhir") == []
            lines = told.read_text(encoding="utf-8").splitlines()
            seen |= {json.loads(line)["recording"]["sha256"] for line in lines}
            started = time.perf_counter()
            with Outbox.open(str(tmp_path / "q.db"), create=True) as outbox:
                stored = {r.result["recording"]["sha256"] for r in outbox.records()}
            programme.largest("longest_reopening_s", time.perf_counter() - started)
            assert seen <= stored
            transactions = [p.read_text("utf-8") for p in (tmp_path / "fhir").glob("*.json")]
            for text in transactions:
                json.loads(text)
            missing = [name for name in seen if not any(name in text for text in transactions)]
            assert missing == [], "shown, but not in the FHIR folder"
            programme.facts["told"] = ever + len(seen)
            if len(seen) == len(sounds):  # from nothing again, or no try could lose any more
                ever, seen = ever + len(seen), set()
                shutil.rmtree(tmp_path / "fhir")
                for path in tmp_path.glob("q.db*"):
                    path.unlink()
        programme.facts["restart_s"] = restart(sounds[0], signed, place)
        screen_all_again(lambda: screen(sounds))
        assert leftovers(tmp_path / "fhir") == []
        assert len(list((tmp_path / "fhir").iterdir())) == len(sounds)
        assert programme.facts["longest_reopening_s"] < 1.0
        assert programme.facts["restart_s"] < 10.0


def restart(sound: str, signed: Any, place: Output) -> float:
    """Seconds from the start of a new process to its result: imports, bundle, self-test, all."""
    model = ["--bundle", signed.path, "--trust", signed.public_key]
    places = ["--fhir", place.fhir, "--queue", place.queue, "--json"]
    command = [sys.executable, "-m", "firmware_bridge", "screen", sound, *model, *places]
    started = time.perf_counter()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=PROJECT)
    lasted = time.perf_counter() - started
    assert done.returncode == ABSTAINED, done.stderr
    assert json.loads(done.stdout)["outcome"] == "abstained"
    return round(lasted, 2)


def screen_all_again(work: Callable[[], None]) -> None:
    """To the end, in a process of its own as well."""
    assert not kill_within(work, 120.0)


@tries(70, 1_200)
def test_ingest(tries: int, sounds: list[str], tmp_path: Path) -> None:
    source = Path(sounds[0]).parent
    ingest([source], tmp_path / "whole", jobs=1)
    expected, number = bytes_of(tmp_path / "whole"), 0
    with Programme("kill -9 of ingest", seed=72, tries=tries) as programme:
        for draw in programme:
            out = tmp_path / f"cohort{number}"
            killed = kill_within(lambda out=out: ingest([source], out, jobs=1), delay(draw))
            programme.count("killed" if killed else "ended")
            if not killed:
                assert bytes_of(out) == expected
                number += 1
        out = tmp_path / f"cohort{number}"
        assert not kill_within(lambda: ingest([source], out, jobs=1), 120.0)
        assert bytes_of(out) == expected


def delay(draw: random.Random) -> float:
    """Most moments are early ones, so that a run is killed several times before it ends."""
    return 0.15 * draw.random() ** 2


TRAINING = smallest_recipe(epochs=3)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen simulated women."""
    from fetal_hemo.simulate import simulate_cohort

    folder = tmp_path_factory.mktemp("kills") / "cohort"
    simulate_cohort(folder, women=16, seed=3, minutes=0.75, prevalence=0.4, jobs=1)
    return folder


@tries(10, 300)
def test_training(tries: int, cohort: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TRAINING, encoding="utf-8")
    started = time.monotonic()
    assert not kill_within(lambda: pretrain(cohort, tmp_path / "whole", recipe), 300.0)
    lasted, number = time.monotonic() - started, 0
    expected = (tmp_path / "whole" / "model.safetensors").read_bytes()

    def go_on() -> None:
        run = out / "run.json"
        if run.exists() and json.loads(run.read_bytes())["status"] == "finished":
            return  # killed between its end and that of the process
        pretrain(cohort, out, recipe, resume=(out / "run.json").exists())

    with Programme("kill -9 of training", seed=73, tries=tries) as programme:
        for draw in programme:
            out = tmp_path / f"run{number}"
            killed = kill_within(go_on, draw.uniform(0.0, 0.8 * lasted))
            programme.count("killed" if killed else "ended")
            if not killed:
                assert (out / "model.safetensors").read_bytes() == expected
                number += 1
        out = tmp_path / f"run{number}"
        assert not kill_within(go_on, 300.0)
        assert (out / "model.safetensors").read_bytes() == expected
        assert leftovers(out) == []
