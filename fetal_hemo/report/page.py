"""One self-contained HTML page: no script, nothing loaded, readable on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import make_folder, write_atomically

UNSAFE = re.compile(r"<\s*(script|foreignobject|iframe)|\bon\w+\s*=|javascript:", re.IGNORECASE)
EMBEDDED = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]*")


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it.

    `texts` and `listing` are escaped; `pictures` are SVG text of our own plots (None is left
    out); `tables` are made by `html_table`. `lead` prints the texts larger. `phone_pictures` stand
    in for `pictures` on a narrow screen.
    """

    title: str
    texts: Sequence[str] = ()
    pictures: Sequence[str | None] = ()
    tables: Sequence[Markup] = ()
    listing: str = ""
    lead: bool = field(default=False, kw_only=True)
    phone_pictures: Sequence[str] = field(default=(), kw_only=True)


def render_page(
    title: str, sections: Sequence[Section], out: Path, simulated: bool = False
) -> None:
    """Writes the page to `out`, with a banner when `simulated`. Raises E-STORAGE, E-BUG."""
    environment = Environment(
        loader=PackageLoader("fetal_hemo.report", "."), autoescape=True, undefined=StrictUndefined
    )
    shown = [
        {
            "title": section.title,
            "texts": section.texts,
            "lead": section.lead,
            "pictures": [_inline(picture) for picture in section.pictures if picture],
            "phone_pictures": [_inline(picture) for picture in section.phone_pictures],
            "tables": section.tables,
            "listing": section.listing,
        }
        for section in sections
    ]
    page = environment.get_template("page.html")
    text = page.render(title=title, sections=shown, simulated=simulated)
    make_folder(out.parent)
    write_atomically(out, (text.strip() + "\n").encode())


def _inline(svg: str) -> Markup:
    """The SVG as part of an HTML page, where namespaces are implied."""
    # The letters of an embedded picture mean nothing, and by chance spell `/on8=`.
    if not svg.startswith("<svg") or UNSAFE.search(EMBEDDED.sub("", svg)):
        raise FetalHemoError("E-BUG", "a picture of a report is not a plain SVG")
    # Only plots drawn by this package arrive here, and nothing in them can run.
    return Markup(re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg))
