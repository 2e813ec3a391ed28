"""The folder of a run: what cannot be read is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.run_folder import read_facts
from tests.fetal_hemo.training.verbs import fetal_hemo


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_a_damaged_run_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(FetalHemoError, match=r"E-RUN: has no readable run\.json"):
        read_facts(tmp_path)


def test_a_cohort_in_the_place_of_a_run_is_called_one(tmp_path: Path) -> None:
    """The two names were swapped."""
    cohort, run = tmp_path / "cohort", tmp_path / "run"
    for folder, file in ((cohort, "manifest.csv"), (run, "run.json")):
        folder.mkdir()
        (folder / file).write_text("{}")
    for swapped in (("evaluate", cohort, run), ("finetune", run, "--from", cohort)):
        done = fetal_hemo(*swapped, "--out", tmp_path / "out", home=tmp_path)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == (
            f"E-RUN: has no readable run.json: {cohort}; it is a cohort: the order is "
            "`evaluate RUN COHORT`, `finetune COHORT --from RUN`\n"
        )
    with pytest.raises(FetalHemoError, match=r"; is it a run folder\?$"):
        read_facts(tmp_path)
