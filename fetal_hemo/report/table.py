"""HTML tables with every cell escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

NO_BREAK = "\N{NO-BREAK SPACE}"


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    """A `<table>` that scrolls on a narrow screen; the first cell of a row names the row."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in header)
    body = Markup("").join(_row(row) for row in rows)
    return Markup(
        '<div class="wide"><table><caption>{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(caption, head, body)


def estimate_text(estimate: dict[str, Any], digits: int = 2) -> str:
    """`0.80 (0.75 to 0.84)` of an estimate's JSON, or what there is of it and the reason.

    An interval is not broken over two lines.
    """
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return f"not available: {estimate['reason']}"
    if low is None or high is None:
        return f"{value:.{digits}f} ({estimate['reason']})"
    interval = f"({low:.{digits}f} to {high:.{digits}f})".replace(" ", NO_BREAK)
    return f"{value:.{digits}f} {interval}"


def _row(cells: Sequence[Any]) -> Markup:
    first = Markup('<th scope="row">{}</th>').format(cells[0])
    return Markup("<tr>{}{}</tr>").format(
        first, Markup("").join(Markup("<td>{}</td>").format(escape(cell)) for cell in cells[1:])
    )
