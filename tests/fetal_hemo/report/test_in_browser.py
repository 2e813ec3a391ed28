"""Reports of studies of 8,170 visits in a real browser: nothing asked for, soon there."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.statistics import study
from fetal_hemo.evaluation import StudyInput, run_study
from fetal_hemo.evaluation.compared import compare_studies
from fetal_hemo.report.compare_report import write_comparison
from fetal_hemo.report.recording_picture import draw_recording
from fetal_hemo.report.study_report import write_study_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")
PHONE_PX = 390
NOISE = np.random.default_rng(0).normal(size=300_000).astype(np.float32)
COUNTED = {"women": 3_255, "visits": 8_170, "recordings": 8_170}
FACTS: dict[str, Any] = {
    "flow": {
        "cohort": COUNTED,
        "excluded": {"too few usable windows, of which many were silent": 12},
        "parts": {"training": COUNTED, "test": COUNTED},
    },
    "design": {"kind": "one split of women", "note": "A note."},
    "provenance": {"code": "fetal-hemo", "versions": {"numpy": "2"}, "data_hash": "0" * 64},
    "agreement": {"gate": {"recordings": 64, "int8_logit_max_abs": 0.01}},
    "leakage": {"verdict": "No leak was found.", "questions": []},
    "explained": {"texts": ["Text."], "like": [["a visit", "20 weeks", "0.93"]]},
}


def browse(url: str, profile: Path, *options: str) -> float:
    """Seconds that a browser of its own takes to open the page and to leave."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium or Chrome on this machine")
    start = time.perf_counter()
    subprocess.run(
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(*QUIET, f"--user-data-dir={profile}", *options, url),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def given() -> StudyInput:
    """A study as large as AutoHyPE's."""
    return study(np.random.default_rng(0))


@pytest.fixture(scope="module", params=["study", "comparison"])
def page(
    request: pytest.FixtureRequest, given: StudyInput, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page of the study with all its sections, or of it beside another."""
    out = tmp_path_factory.mktemp("page") / "report.html"
    metrics = {**run_study(given), **FACTS}
    if request.param == "study":
        write_study_report(metrics, given.test, out, [draw_recording(NOISE, [], None, True)])
        return out
    noise = np.random.default_rng(1).normal(size=len(given.test))
    other = replace(given, test=replace(given.test, margin=given.test.margin + noise))
    tables = [given.test, other.test]
    write_comparison(compare_studies(given, other), [metrics, metrics], tables, out)
    return out


@pytest.mark.slow
def test_it_is_small_and_whole(page: Path) -> None:
    assert page.stat().st_size <= 5_000_000
    assert "http" not in page.read_text(encoding="utf-8").replace("http-equiv", "")


def requests(log: Path) -> list[str]:
    """What a page asked the network for, by the browser's log; upkeep has no origin in it."""
    started = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    asked = {p["url"] for p in started if p.get("initiator", "not an origin") != "not an origin"}
    return sorted(url for url in asked if url.startswith(("http", "ws")))


@pytest.mark.slow
def test_it_asks_for_nothing_and_opens_within_a_second(page: Path, tmp_path: Path) -> None:
    log, profile = tmp_path / "net.json", tmp_path / "profile"
    logged = ("--dump-dom", f"--log-net-log={log}")
    browse(page.as_uri(), profile, *logged)  # makes the profile too
    assert requests(log) == []
    addresses = ["about:blank", page.as_uri()] * 5  # in turn: a busy machine slows both
    took = [browse(address, profile, "--dump-dom") for address in addresses]
    assert min(took[1::2]) - min(took[::2]) <= 1.0
    curious = tmp_path / "curious.html"
    curious.write_text('<img src="http://127.0.0.1:9/x.png">')
    browse(curious.as_uri(), profile, *logged)
    assert requests(log) == ["http://127.0.0.1:9/x.png"]  # so the log would have told


@pytest.mark.slow
def test_on_a_phone_nothing_but_wide_tables_reaches_over_the_edge(
    page: Path, tmp_path: Path
) -> None:
    from matplotlib.image import imread

    shot = tmp_path / "phone.png"
    size = f"--window-size={PHONE_PX},9000"
    browse(page.as_uri(), tmp_path / "profile", f"--screenshot={shot}", size)
    picture = imread(shot)[..., :3]
    assert picture.shape[1] == PHONE_PX
    margin = picture[:, -8:]
    assert margin.min() > 0.97  # the page's own margin is white all the way down
    assert picture.min() < 0.2
