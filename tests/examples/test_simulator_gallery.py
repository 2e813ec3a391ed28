"""The gallery script, run as a user runs it: sounds that play, and a page with a picture on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread

from fetal_hemo.constants import QUALITY_CLASSES

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "simulator_gallery.py"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "new"
    ran = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "simulated" in ran.stdout
    return folder


@pytest.mark.parametrize("name", QUALITY_CLASSES)
def test_every_class_can_be_played(gallery: Path, name: str) -> None:
    path = gallery / f"{name}.wav"
    info = soundfile.info(path)
    assert (info.samplerate, info.channels) == (44_100, 1)
    assert (info.format, info.subtype) == ("WAV", "PCM_16")
    assert 6 < info.duration < 9
    sound, _ = soundfile.read(path)
    peak = np.abs(sound).max()
    assert peak < 1e-3 if name == "silent" else peak == pytest.approx(0.8, abs=0.01)


def test_the_page_is_a_picture_with_many_colours(gallery: Path) -> None:
    page = imread(gallery / "gallery.png")
    assert page.shape[0] > page.shape[1] > 1_000  # upright
    seen = {tuple(pixel) for pixel in (page[::8, ::8, :3] * 15).astype(int).reshape(-1, 3)}
    assert len(seen) > 40  # axes alone have a dozen
    assert len(list(gallery.iterdir())) == len(QUALITY_CLASSES) + 1
