"""Damaged manifests and recipes: what is wrong, in one line that says where."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from tests.torture.damage import damaged
from tests.torture.programme import Programme, tries

CELLS = (
    *(
        "",
        "0",
        "-1",
        "nan",
        "inf",
        "1e308",
        "1e-400",
        "120,5",
        "0x10",
        "１２０",
        "9" * 400,
        " 120 ",
    ),
    *("../x", "/etc/passwd", "C:\\x", "a\u0000b", "a\nb", "a\u2028b", '"', "=1+1", "\ufeff"),
    *("a" * 70_000, "٣", "\u202e121", "1_000", "+120", "120.", ".5", "true"),
)
VALUES = (
    *("-1", "0", "1e400", "nan", "inf", '""', '"x"', "true", "[]", "[1, 2]", "{}", "{ a = 1 }"),
    *("1979-05-27", "9" * 400, "-9223372036854775808", '"\\u0000"', '"' + "a" * 9_000 + '"', "0.5"),
    *("0x" + "f" * 5_000, "[[[[[]]]]]", '["time_frequency", "time_frequency"]', "1_000", "0b1"),
)
PLACE = re.compile(r"\b(row|line|header|column|columns)\b")
NOT_TEXT = "E-MANIFEST: not UTF-8 text: "  # the whole file cannot be read: there is no place
TOML_PLACE = re.compile(r"\(at (line [0-9]+, column [0-9]+|end of document)\)|in position [0-9]+")
KEY = r"^[a-z_]+(?= must be a section$)|\b[a-z_0-9]+(?:[.][a-z_0-9]+)+"
UNKNOWN_KEY = re.compile(r'unknown key "[^"]')


def dotted(values: dict[str, Any], at: str = "") -> Iterator[str]:
    """Names of all sections and keys of a recipe, each with those that it is in."""
    for key, value in values.items():
        yield at + key
        if isinstance(value, dict):
            yield from dotted(value, f"{at}{key}.")


def manifest(draw: random.Random) -> bytes:
    """A manifest with one or a few bad cells, a bad header, or damage to its bytes."""
    columns = list(KNOWN_COLUMNS)
    rows = [
        {
            **dict.fromkeys(columns, ""),
            "recording_id": f"R{n}",
            "participant_id": f"W{n // 2}",
            "visit_id": f"V{n}",
            "path": f"audio/R{n}.flac",
            "gestational_age_days": "231",
            "sbp_mmhg": "121",
            "dbp_mmhg": "77",
        }
        for n in range(4)
    ]
    for _ in range(draw.choice((0, 1, 1, 2))):
        draw.choice(rows)[draw.choice(columns)] = draw.choice(CELLS)
    kind = draw.random()
    if kind < 0.1:
        columns[draw.randrange(len(columns))] = draw.choice((*CELLS, *columns))
    if kind > 0.95:
        columns.pop(draw.randrange(len(columns)))
    delimiter = draw.choice(",,,;\t|")
    lines = [columns, *([row.get(c, "") for c in columns] for row in rows)]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode("utf-8", "surrogatepass")
    return damaged(data, draw) if draw.random() < 0.6 else data


def recipe(draw: random.Random, default: str) -> bytes:
    """The default recipe with a bad value, key or section, or damage to its bytes."""
    lines = default.splitlines()
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.choice([i for i, line in enumerate(lines) if "=" in line and line[0] != "#"])
        key = lines[at].split("=")[0].strip()
        new_key = draw.choice(
            (key, key, key, key + "x", f"{key}.x", f'"{key}"', '"\\u202e"', "a" * 5_000)
        )
        lines[at] = f"{new_key} = {draw.choice(VALUES)}"
    data = "\n".join(lines).encode()
    return damaged(data, draw) if draw.random() < 0.4 else data


@tries(1_500, 40_000)
def test_manifests(tries: int) -> None:
    with Programme("manifest fuzz", seed=51, tries=tries) as programme:
        for draw in programme:
            try:
                parse_manifest(manifest(draw), "m.csv")
            except FetalHemoError as error:
                line = error.line()
            else:
                programme.count("read")
                continue
            assert line.startswith("E-MANIFEST: ")
            assert PLACE.search(line) or line.startswith(NOT_TEXT), line
            assert len(line) < 1_000
            assert line.isprintable(), repr(line)
            if line.startswith(NOT_TEXT):
                programme.count("not text")
            else:
                programme.count("row and column" if "column " in line else "another place")


@tries(500, 10_000)
def test_recipes(tries: int, tmp_path: Path) -> None:
    default = resources.files("fetal_hemo").joinpath("recipes/default.toml").read_text("utf-8")
    path = tmp_path / "r.toml"
    known = {*dotted(tomllib.loads(default))}
    with Programme("recipe fuzz", seed=52, tries=tries) as programme:
        for draw in programme:
            path.write_bytes(recipe(draw, default))
            try:
                load_recipe(path)
            except FetalHemoError as error:
                line, what = error.line(), error.what
            else:
                programme.count("read")
                continue
            assert line.startswith("E-RECIPE: ")
            assert line.isprintable(), repr(line)
            assert len(line) < 1_000, line[:300]
            if what.startswith("not a TOML file"):
                assert TOML_PLACE.search(what), line
                programme.count("not TOML")
            else:
                of_section = what.partition(":")[0] in known  # what must hold between its keys
                named = of_section or UNKNOWN_KEY.match(what) or known & set(re.findall(KEY, what))
                assert named, line
                programme.count("key named")
