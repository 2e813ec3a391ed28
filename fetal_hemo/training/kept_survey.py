"""What a survey found of each recording, kept in a run so that nobody listens twice.

A line is known by the audio's bytes, the code that heard it and the settings that judged it: it
never goes stale. A resumed run reads its own, fine-tuning and evaluation that of the run before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.code_hash import code_sha256
from fetal_hemo.training.grown_file import keep_whole_lines, sync_grown

SURVEY = "survey.jsonl"
Facts = dict[str, Any]  # a visit's fields, or the `error` that its audio gave


class KeptSurvey:
    """Facts by key: those in the files are known, new ones are added to the first file.

    What follows a torn line of that file is heard again, so that it ends with the same bytes.
    """

    def __init__(
        self, recipe: Recipe, own: Path | None = None, others: Iterable[Path] = ()
    ) -> None:
        self.path = own
        self.known: dict[str, Facts] = {}
        judged_by = json.dumps([asdict(recipe.windows), asdict(recipe.heart_rate)])
        self.settings = f"{code_sha256()}/{judged_by}"
        if own is not None:
            keep_whole_lines(own, _is_whole)
        for path in (*others, *([own] if own else [])):
            self.known |= dict(_lines(path))

    def key(self, audio: Path) -> str:
        """What the facts of a file follow from, as a hash. Raises E-UNREADABLE."""
        try:
            digest = hashlib.sha256(audio.read_bytes()).hexdigest()
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            raise FetalHemoError("E-UNREADABLE", what, str(audio)) from None
        return hashlib.sha256(f"{digest}/{self.settings}".encode()).hexdigest()[:32]

    def keep(self, key: str, facts: Facts) -> None:
        """Know the facts, and write them down where there is a file. Raises E-STORAGE."""
        self.known[key] = facts
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, facts]) + "\n")
        except OSError as error:
            raise FetalHemoError("E-STORAGE", str(error.strerror), str(self.path)) from None

    def sync(self) -> None:
        """Have all that was written down survive a power cut. Raises E-STORAGE."""
        if self.path is not None and self.path.exists():
            sync_grown(self.path)


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _lines(path: Path) -> Iterable[tuple[str, Facts]]:
    """The lines of a file, but one that was cut short when a run was killed."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            key, facts = json.loads(line)
        except ValueError:
            continue
        yield key, facts
