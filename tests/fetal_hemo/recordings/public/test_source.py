"""Records of a local folder and of a real server; what is broken has one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public.source import DATABASE, Source

wfdb = pytest.importorskip("wfdb")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what matters."""


@pytest.fixture
def mirror(few: Path) -> Iterator[ThreadingHTTPServer]:
    """A server that stands where wfdb looks for PhysioNet."""
    root = few.parent / "root"
    (root / DATABASE).parent.mkdir(parents=True)
    (root / DATABASE).symlink_to(few)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wfdb.io.set_db_index_url(f"http://127.0.0.1:{server.server_port}/")
        yield server
        server.shutdown()
    wfdb.io.set_db_index_url()


def test_zeros_are_lost_signal(few: Path) -> None:
    record = Source(few).read("1002")
    reference = wfdb.rdrecord(str(few / "1002")).p_signal[:, 0]
    assert record.bpm.dtype == np.float32
    assert np.isnan(record.bpm).tolist() == (reference == 0).tolist()
    np.testing.assert_allclose(record.bpm[reference > 0], reference[reference > 0], rtol=1e-6)
    assert "Gest. weeks  41" in record.comments


def test_a_server_gives_what_the_folder_gives(few: Path, mirror: ThreadingHTTPServer) -> None:
    assert Source().names() == Source(few).names()
    there, here = Source().read("1003"), Source(few).read("1003")
    np.testing.assert_array_equal(there.bpm, here.bpm)
    assert there.comments == here.comments


def test_a_file_missing_on_the_server_is_missing(few: Path, mirror: ThreadingHTTPServer) -> None:
    (few / "1003.dat").unlink()
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        Source().read("1003")


def test_no_server_is_said(few: Path, mirror: ThreadingHTTPServer) -> None:
    mirror.shutdown()
    mirror.server_close()
    for ask in (Source().names, partial(Source().read, "1002")):
        with pytest.raises(FetalHemoError, match=r"E-NETWORK.*--from"):
            ask()


def test_a_folder_without_records(tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        Source(tmp_path).names()
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        Source(tmp_path / "none").names()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1002 2 4 19200", "1002 2 4 19999"),
        ("1002 2 4 19200", "1002 2 4 999999999999"),
        ("1002 2 4 19200", "1002 2 250 19200"),
        ("1002 2 4 19200", ""),
        ("1002.dat 16 100(0)/bpm", "../few/1003.dat 16 100(0)/bpm"),
        ("1002.dat 16 100(0)/bpm", "/etc/passwd 8 100(0)/bpm"),
        ("/bpm", "/mV"),
        (" FHR", " ECG"),
        ("2 4", "\0\0"),
    ],
)
def test_a_strange_header_is_damaged(few: Path, old: str, new: str) -> None:
    path = few / "1002.hea"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FetalHemoError, match="E-DAMAGED") as found:
        Source(few).read("1002")
    assert str(few) not in found.value.line()


@pytest.mark.parametrize("name", ["../few/1002", "", "a/b"])
def test_a_name_that_is_a_path(few: Path, name: str) -> None:
    with pytest.raises(FetalHemoError, match="E-DAMAGED"):
        Source(few).read(name)
