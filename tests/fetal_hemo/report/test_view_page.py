"""The page: every window in its table, and words alone for what was refused."""

from __future__ import annotations

import re
from pathlib import Path

from fetal_hemo.report.view_page import write_view_page

WINDOWS = [("good", 140.0, 0.9)] * 8 + [("clipped", None, 0.1)]
LIMITS = (140.0, 90.0)


def test_the_table_holds_every_window(make_result, beating, tmp_path: Path) -> None:
    write_view_page(make_result(WINDOWS), beating(9), tmp_path / "x.html", LIMITS)
    text = (tmp_path / "x.html").read_text()
    table = text[text.index("<details>") : text.index("</details>")]
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', table)
    assert len(rows) == 9
    assert rows[1] == ("0:03.75", "good", "140")
    assert rows[8] == ("0:30", "clipped", "-")


def test_a_refused_result_is_words_alone(make_result, tmp_path: Path) -> None:
    result = make_result([], recording=None, probability=None, reasons=["E-EMPTY"])
    write_view_page(result, None, tmp_path / "x.html", LIMITS)
    text = (tmp_path / "x.html").read_text()
    assert "E-EMPTY" in text
    assert "<svg" not in text
    assert "simulated women" not in text  # a warning of a probability that is not given
