"""The sheet: which rows are there for which results, and how it prints."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from fetal_hemo.report.view_sheet import write_view_sheet

WINDOWS = [("good", 140.0, 0.9)] * 8 + [("clipped", None, 0.1)]
LIMITS = (140.0, 90.0)
EVENT = {"start_s": 5.0, "end_s": 20.0, "peak_bpm": 170.0}
NEWER = {
    "beats_s": [0.43 * i for i in range(69)],
    "heart_rate": {"baseline_bpm": 138.0, "accelerations": [EVENT], "decelerations": [EVENT]},
}


def words(svg: str) -> str:
    return " ".join("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter())


def test_rows_follow_from_the_result(make_result, beating, tmp_path: Path) -> None:
    out = tmp_path / "x.svg"
    write_view_sheet(make_result(WINDOWS), beating(9), out, LIMITS)
    old = words(out.read_text())
    assert "nothing recorded above 500 Hz" in old
    assert "attention" in old
    assert "orange" not in old
    write_view_sheet(make_result(WINDOWS, **NEWER), beating(9), out, LIMITS)
    new = words(out.read_text())
    for said in ("orange ticks", "dashed: baseline 138 bpm", "accelerations: 1", "140 bpm"):
        assert said in new


def test_no_attention_no_row(make_result, beating, tmp_path: Path) -> None:
    out = tmp_path / "x.svg"
    result = make_result([("talking", None, 0.1)] * 2)
    write_view_sheet(result, beating(2), out, LIMITS)
    text = words(out.read_text())
    assert "attention" not in text
    assert "no heart rate was found" in text


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_refused_result_is_words_alone(make_result, tmp_path: Path, kind: str) -> None:
    result = make_result([], recording=None, probability=None, reasons=["E-EMPTY"])
    out = tmp_path / f"x.{kind}"
    write_view_sheet(result, None, out, LIMITS)
    assert 500 < out.stat().st_size < 100_000
    if kind == "svg":
        assert "E-EMPTY" in words(out.read_text())


def test_a_picture_in_print_has_its_resolution(make_result, beating, tmp_path: Path) -> None:
    write_view_sheet(make_result(WINDOWS[:2]), beating(2), tmp_path / "x.png", LIMITS)
    with Image.open(tmp_path / "x.png") as picture:
        assert round(picture.info["dpi"][0]) == 180
        assert picture.width == 1_620
        assert picture.height < 1.6 * picture.width  # fits a page held upright
        assert not {"Software", "Title", "Author"} & set(picture.info)
