"""200 names of patients in paths, tags and the environment: nothing that is kept holds one."""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path

from firmware_bridge.cli import bug_line
from tests.attacks.canaries import Planted, found, run
from tests.attacks.test_canaries import planted
from tests.torture.programme import Programme

__all__ = ["planted"]


def stored(queue: Path) -> bytes:
    """All that stands in a queue, unpacked."""
    with sqlite3.connect(queue) as connection:
        payloads = connection.execute("SELECT payload FROM results").fetchall()
    return queue.read_bytes() + b"".join(zlib.decompress(payload) for (payload,) in payloads)


def test_what_screening_and_ingest_keep(planted: Planted, tmp_path: Path) -> None:
    files = sorted(path for path in planted.folder.rglob("*.*") if path.parent != planted.folder)
    fhir, queue, cohort = (tmp_path / name for name in ("fhir", "q.db", "cohort"))
    with Programme("canaries", seed=0, tries=len(planted.canaries)) as programme:
        screened = run(
            planted, "screen", *files, "--json", "--fhir", fhir, "--queue", queue, "--jobs", 1
        )
        listed = run(planted, "queue", "list", queue, "--json")
        ingested = run(planted, "ingest", planted.folder, "--out", cohort, "--json", "--jobs", 1)
        checked = run(planted, "check", cohort, "--json")
        assert screened.returncode == ingested.returncode == 7
        assert len(screened.stdout.splitlines()) == len(files)
        assert len(list(fhir.iterdir())) > 5
        assert len(list((cohort / "audio").iterdir())) > 10
        # Lines on standard error name the file that was given; the one who gave it reads them.
        kept = (screened.stdout, listed.stdout, checked.stdout, checked.stderr)
        assert found(planted, *kept, stored(queue), fhir, cohort) == set()
        programme.count("not found", len(planted.canaries))


def test_a_crash_tells_nothing_of_the_data(planted: Planted) -> None:
    try:
        json.loads(planted.canaries[0])
    except ValueError as error:
        error.add_note(planted.canaries[1])
        line = bug_line(error)
    assert line.startswith("E-BUG: JSONDecodeError")
    assert found(planted, line.encode()) == set()
