"""Pages stand alone, run nothing and escape what they are given."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.table import html_table


class Tags(HTMLParser):
    """Collects tags and the targets that a browser would follow or load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        wanted = ("href", "src", "xlink:href", "action", "data")
        self.targets += [value or "" for name, value in attrs if name in wanted]


def page(tmp_path: Path, *sections: Section, simulated: bool = False) -> str:
    render_page("A <title>", sections, tmp_path / "new" / "page.html", simulated)
    return (tmp_path / "new" / "page.html").read_text(encoding="utf-8")


def test_everything_given_is_escaped(tmp_path: Path) -> None:
    table = html_table("c", ["h"], [["<script>alert(1)</script>"]])
    text = page(tmp_path, Section("<b>", ["<i>one</i>"], (), [table], "<pre>"))
    assert "<script" not in text
    assert "&lt;b&gt;" in text
    assert "&lt;i&gt;one" in text
    assert "&lt;pre&gt;" in text
    assert "<title>A &lt;title&gt;</title>" in text


def test_stands_alone(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>'
    text = page(tmp_path, Section("One", pictures=[svg, None]))
    found = Tags()
    found.feed(text)
    assert all(target.startswith(("#", "data:")) for target in found.targets)
    assert "http" not in text.replace("http-equiv", "")
    assert found.tags.count("svg") == 1
    assert not {"script", "iframe", "link", "object"} & set(found.tags)


def test_simulated_is_said_and_only_then(tmp_path: Path) -> None:
    assert "Simulated data" in page(tmp_path, simulated=True)
    assert "Simulated data" not in page(tmp_path, simulated=False)
    assert "never a diagnosis" in page(tmp_path)


@pytest.mark.parametrize(
    "svg", ["<p>", "<svg><script/></svg>", '<svg onload="x()"/>', "<svg><foreignObject/></svg>"]
)
def test_a_picture_that_could_run_is_refused(tmp_path: Path, svg: str) -> None:
    with pytest.raises(FetalHemoError, match="E-BUG"):
        page(tmp_path, Section("One", pictures=[svg]))


def test_letters_of_an_embedded_picture_are_no_handler(tmp_path: Path) -> None:
    embedded = '<svg><image href="data:image/png;base64,iVBO/onload=="/></svg>'
    assert "onload==" in page(tmp_path, Section("One", pictures=[embedded]))
    with pytest.raises(FetalHemoError, match="E-BUG"):
        page(tmp_path, Section("One", pictures=[embedded.replace('"/>', '" onload="x()"/>')]))


def test_phone_pictures_stand_in_on_a_narrow_screen(tmp_path: Path) -> None:
    svg = "<svg></svg>"
    text = page(tmp_path, Section("One", pictures=[svg], phone_pictures=[svg, svg]))
    assert text.count('<figure class="broad">') == 1
    assert text.count('<figure class="phone">') == 2
    assert 'class="' not in page(tmp_path, Section("One", pictures=[svg])).split("<main>")[1]
