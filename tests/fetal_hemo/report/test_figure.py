"""Figures are the same bytes each time and can be heard as well as seen."""

import re
from xml.etree import ElementTree

import matplotlib as mpl

from fetal_hemo.report.figure import new_figure, styled, to_svg


def drawn() -> str:
    with styled():
        figure = new_figure(3, 2)
        axes = figure.add_subplot()
        axes.plot([0, 1], [1, 0])
        axes.imshow([[0, 1], [1, 0]])
        axes.set_title("a < b")
        return to_svg(figure, 'up & "down" <now>')


def test_same_bytes_and_no_date() -> None:
    before = dict(mpl.rcParams)
    assert drawn() == drawn()
    assert dict(mpl.rcParams) == before
    assert "20" + "26" not in drawn()
    assert "<metadata" not in drawn()


def test_is_an_accessible_image_that_scales() -> None:
    root = ElementTree.fromstring(drawn())
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'up & "down" <now>'
    assert root.get("width") is None
    assert root.get("viewBox") == "0 0 216 144"
    assert "max-width:288px" in root.get("style")
    texts = [node.text for node in root.iter() if node.tag.endswith("}text")]
    assert "a < b" in texts


def test_no_id_repeats() -> None:
    ids = [node.get("id") for node in ElementTree.fromstring(drawn()).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_ids_are_followed_and_differ_between_pictures() -> None:
    def ids(title: str) -> set[str]:
        with styled():
            figure = new_figure(3, 2)
            figure.add_subplot(title=title).plot([0, 1], [1, 0], marker="o")
            svg = to_svg(figure, "x")
        found = set(re.findall(r'\bid="([^"]+)"', svg))
        used = set(re.findall(r'"#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg))
        assert used
        assert used <= found
        return found

    assert not ids("one") & ids("two")
