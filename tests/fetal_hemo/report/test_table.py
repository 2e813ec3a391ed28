"""Tables escape every cell; estimates read as a person would say them."""

from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.report.table import estimate_text, html_table


def test_every_part_is_escaped() -> None:
    table = html_table("<c>", ["<h>"], [["<r>", "<d>", 3]])
    for part in ("c", "h", "r", "d"):
        assert f"&lt;{part}&gt;" in table
        assert f"<{part}>" not in table
    assert "<td>3</td>" in table
    assert '<th scope="row">' in table


def test_estimates() -> None:
    assert estimate_text(Estimate(0.8, 0.75, 0.844).to_json()) == "0.80 (0.75\xa0to\xa00.84)"
    assert estimate_text(Estimate(0.8, reason="few women").to_json()) == "0.80 (few women)"
    assert estimate_text(missing("no visit").to_json()) == "not available: no visit"
