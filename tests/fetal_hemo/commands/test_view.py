"""`fetal-hemo view` as a process: a page for every outcome, that stands alone and names nobody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

from fetal_hemo.cli import main
from fetal_hemo.report.page import EMBEDDED

View = Callable[..., subprocess.CompletedProcess[str]]
WOMAN = "Jane-Doe"
KINDS = ("html", "svg", "png")


@pytest.fixture(scope="module")
def model(signed: Any) -> list[str]:
    return ["--bundle", str(signed.path), "--trust", str(signed.public_key)]


@pytest.fixture(scope="module")
def view(model: list[str]) -> View:
    """A function that runs the verb with the random bundle."""

    def run(path: Path, out: Path, seed: str = "0") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fetal_hemo.cli", "view", str(path), "--out", str(out)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": seed}
        return subprocess.run(
            [*command, *model], capture_output=True, text=True, timeout=120, env=environment
        )

    return run


@pytest.fixture(scope="module")
def heart(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real clip, repeated to 49 s, under a name that must not get out."""
    samples, rate = soundfile.read(data_dir / "doppler" / "quality_good.wav")
    path = tmp_path_factory.mktemp(WOMAN) / f"{WOMAN}.wav"
    soundfile.write(path, np.tile(samples, 13), rate)
    return path


@pytest.fixture(scope="module")
def pages(view: View, heart: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The recording in every format, each written by a process of its own."""
    folder = tmp_path_factory.mktemp("pages") / "new"
    found = {kind: folder / f"x.{kind}" for kind in KINDS}
    for kind, out in found.items():
        done = view(heart, out)
        assert (done.returncode, done.stderr) in [(0, ""), (4, "")], kind
        assert done.stdout in (f"screened: {out}\n", f"abstained: {out}\n")
    return found


def nobody_is_named(content: bytes, path: Path) -> None:
    for secret in (WOMAN, "Jane", path.name, str(path.parent)):
        assert secret.encode() not in content


def test_a_page_stands_alone(pages: dict[str, Path], heart: Path) -> None:
    content = pages["html"].read_bytes()
    text = content.decode()
    nobody_is_named(content, heart)
    assert not re.search(r"https?:|//|url\((?!#)", EMBEDDED.sub("", text))
    assert not re.search(r"<script|<link|<iframe|<img|\bsrc=", text)
    assert text.count('class="broad"') == 3  # the whole, the clearest and the least clear
    assert text.count('class="phone"') == 5  # the two stretches in halves
    assert "not a diagnosis" in text
    assert "Show the table" in text
    assert len(content) < 3_000_000


def test_pictures(pages: dict[str, Path], heart: Path) -> None:
    svg, png = pages["svg"].read_bytes(), pages["png"].read_bytes()
    nobody_is_named(svg, heart)
    nobody_is_named(png, heart)
    assert ElementTree.fromstring(svg.decode()).get("role") == "img"
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == 9 * 180  # pixels across


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_the_same_recording_is_the_same_page(
    view: View, pages: dict[str, Path], heart: Path, tmp_path: Path, kind: str
) -> None:
    copy, again = tmp_path / "copy.wav", tmp_path / f"again.{kind}"
    copy.write_bytes(heart.read_bytes())
    view(copy, again, seed="7")
    assert again.read_bytes() == pages[kind].read_bytes()


def test_silence_has_its_page(view: View, tmp_path: Path) -> None:
    path, out = tmp_path / f"{WOMAN}.wav", tmp_path / "x.html"
    samples = np.zeros(120_000)
    samples[0] = 0.5  # not every sample is the same, or it would be refused
    soundfile.write(path, samples, 4_000)
    done = view(path, out)
    assert (done.returncode, done.stderr) == (4, "")
    assert done.stdout == f"abstained: {out}\n"
    nobody_is_named(out.read_bytes(), path)
    text = out.read_text(encoding="utf-8")
    assert "no heart rate was found" in text
    assert "Why not" in text


def test_a_refused_file_has_its_page(view: View, tmp_path: Path) -> None:
    path, out = tmp_path / f"{WOMAN}.wav", tmp_path / "x.html"
    path.write_text("no sound")
    done = view(path, out)
    assert (done.returncode, done.stdout) == (3, f"refused: {out}\n")
    assert done.stderr.startswith("E-NOT-AUDIO: ")
    assert done.stderr.count("\n") == 1
    nobody_is_named(out.read_bytes(), path)
    text = out.read_text(encoding="utf-8")
    assert "E-NOT-AUDIO" in text
    assert "was not screened" in text


@pytest.mark.parametrize(
    ("name", "status", "code"), [("x.pdf", 2, "E-USAGE"), ("taken/x.html", 6, "E-STORAGE")]
)
def test_where_it_cannot_be_written(
    model: list[str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    status: int,
    code: str,
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    (tmp_path / "none.wav").write_text("no sound")
    command = ["view", str(tmp_path / "none.wav"), "--out", str(tmp_path / name)]
    assert main([*command, *model]) == status
    assert capfd.readouterr().err.startswith(f"{code}: ")
