"""Flow diagram and Table 1 say who was studied, to the last recording."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from fetal_hemo.evaluation import run_study
from fetal_hemo.report.flow_diagram import flow_diagram
from fetal_hemo.report.who_section import table_one_section, who_section

FLOW: dict[str, Any] = {
    "cohort": {"women": 40, "visits": 97, "recordings": 101},
    "excluded": {"no cuff reading": 7, "audio: E-TRUNCATED": 2, "<b>": 1},
    "parts": {
        "training": {"women": 20, "visits": 50, "recordings": 51},
        "test": {"women": 9, "visits": 19, "recordings": 20},
    },
}


@pytest.mark.parametrize("narrow", [False, True])
def test_every_word_is_inside_its_box_and_no_box_touches_another(narrow: bool) -> None:
    svg = flow_diagram(FLOW, narrow)
    root = ET.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    boxes = [
        tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        for box in root.iter("rect")
    ]
    assert len(boxes) == 4
    for x, y, wide, high in boxes:
        assert x >= 0
        assert x + wide <= width
        assert y >= 0
        assert y + high <= height
    for number, (x, y, wide, high) in enumerate(boxes):
        for x2, y2, wide2, high2 in boxes[number + 1 :]:
            assert x + wide < x2 or x2 + wide2 < x or y + high < y2 or y2 + high2 < y
    for text in root.iter("text"):
        at = float(text.attrib["x"]), float(text.attrib["y"])
        assert any(x < at[0] < x + w and y + 10 < at[1] < y + h for x, y, w, h in boxes)
        assert len(text.text or "") <= 34  # what a box is wide enough for
    words = " ".join(text.text or "" for text in root.iter("text"))
    for told in ("Excluded recordings: 10", "7 no cuff reading", "2 audio: E-TRUNCATED", "1 <b>"):
        assert told in words
    assert re.search("40 women, 97 visits, 101 ?recordings", words)


def test_section_with_and_without_a_flow(make_study: Any) -> None:
    metrics = run_study(make_study(30, 16))
    assert "Flow diagram: not available" in who_section(metrics).texts[-1]
    section = who_section({**metrics, "flow": FLOW})
    assert len(section.pictures) == len(section.phone_pictures) == 1
    assert section.pictures != section.phone_pictures


def test_table_one_equals_numpy(make_study: Any) -> None:
    given = make_study(30, 24)
    metrics = run_study(given)
    raised = given.test.label == 1
    low, middle, high = np.quantile(given.test.bmi_kg_m2[raised], [0.25, 0.5, 0.75])
    table = str(table_one_section(metrics).tables[0])
    assert f"{middle:.3g} ({low:.3g} to {high:.3g})" in table
    assert metrics["table_one"]["raised"]["recordings"] == int(raised.sum())
