"""What all tests share: real recordings, and a signed bundle with random weights."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.ablation.alone import alone
from export.bundle import write_bundle
from export.keys import write_public_key
from firmware_bridge.bundle import Bundle, open_bundle
from firmware_bridge.runtime import RecordingRunner, WindowRunner
from firmware_bridge.screen import Screener
from firmware_bridge.trust import trusted_keys

# A suite started in the background ignores Ctrl-C, and so would the processes that it interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROJECT = Path(__file__).resolve().parents[1]
GRAPH_SOURCES = (
    *("fetal_hemo/signals", "fetal_hemo/encoders", "export/graphs.py"),
    "firmware_bridge/rhythm/lags.py",
)

MANIFEST: dict[str, Any] = json.loads((PROJECT / "tests/export/manifest.json").read_text())


@pytest.hookimpl(optionalhook=True)  # there where pytest-xdist is
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 2` each process takes a room at a time."""
    from tests.rooms import Rooms

    return Rooms(config, log)


class SignedBundle(NamedTuple):
    """A bundle file, its signer, and the parts from which tests build broken ones."""

    path: Path
    public_key: Path
    private_key: Ed25519PrivateKey
    members: dict[str, bytes]
    manifest: dict[str, Any]


@pytest.fixture(scope="session")
def traced(request: pytest.FixtureRequest) -> Path:
    """A folder of pytest's cache for graphs of this very source: tracing takes a while."""
    return request.config.cache.mkdir("traced") / _source_hash()


@pytest.fixture(scope="session")
def graphs(traced: Path) -> dict[str, bytes]:
    """Both graphs with random weights."""
    folder = traced / "random"
    names = ("window.onnx", "recording.onnx")
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / "lock"):
        if not all((folder / name).exists() for name in names):
            _trace(folder)
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="session")
def signed(graphs: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> SignedBundle:
    """A bundle with random weights whose key only `--trust` makes acceptable."""
    folder = tmp_path_factory.mktemp("bundle")
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    write_public_key(key, folder / "signer.pub", "for tests")
    members = {**graphs, "MODEL_CARD.md": b"# random\n", "sbom.json": b"{}"}
    draft = Bundle(MANIFEST, members, "", 0, "draft")
    members["golden.npz"] = golden(draft)
    path = folder / "random.fhb"
    manifest = write_bundle(path, members, MANIFEST, key).manifest
    return SignedBundle(path, folder / "signer.pub", key, members, manifest)


@pytest.fixture(scope="session")
def bundle(signed: SignedBundle) -> Bundle:
    """The random bundle, verified."""
    return open_bundle(signed.path, trusted_keys([signed.public_key]))


@pytest.fixture(scope="session")
def screener(bundle: Bundle) -> Screener:
    """A screener with the random bundle."""
    return Screener(bundle)


@pytest.fixture(scope="session")
def release(
    signed: SignedBundle, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int], Path]:
    """The bundle file of a release of the random model: `release(2)` is 0.0.2, with counter 2."""
    folder = tmp_path_factory.mktemp("releases")

    def made(number: int) -> Path:
        path = folder / f"{number}.fhb"
        if not path.exists():
            manifest = {**MANIFEST, "version": f"0.0.{number}", "counter": number}
            write_bundle(path, signed.members, manifest, signed.private_key)
        return path

    return made


def golden(draft: Bundle) -> bytes:
    """The bytes of golden.npz: what the graphs say here of three synthetic windows."""
    rng = np.random.default_rng(7)
    samples = (rng.normal(size=(3, 15_000)) * 3_000).astype(np.int16)
    start_s = (np.arange(3) * 3.75).astype(np.float32)
    outputs = WindowRunner(draft).run((samples / 32_768).astype(np.float32))
    judged = RecordingRunner(draft).run(outputs.view_embeddings, np.ones(3), start_s)
    file = io.BytesIO()
    expected = {**outputs._asdict(), "logits": judged.logits}
    np.savez(file, samples=samples, start_s=start_s, **expected)
    return file.getvalue()


def _source_hash() -> str:
    paths = [PROJECT / source for source in GRAPH_SOURCES]
    files = [f for p in paths for f in (sorted(p.glob("*.[ps][ya]*")) if p.is_dir() else [p])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _trace(folder: Path) -> None:
    import torch

    from export.graphs import export_recording_graph, export_window_graph
    from fetal_hemo.encoders import ScreeningModel
    from fetal_hemo.encoders.model import ModelSize

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = ScreeningModel(ModelSize())
    export_window_graph(model, folder / "window.onnx")
    export_recording_graph(model, folder / "recording.onnx")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of real recordings: `FETAL_HEMO_DATA`, or `../shared/data` beside the project."""
    default = PROJECT.parent / "shared" / "data"
    folder = Path(os.environ.get("FETAL_HEMO_DATA", default))
    if not (folder / "doppler").is_dir():
        pytest.skip(f"no real recordings in {folder} (set FETAL_HEMO_DATA)")
    return folder
