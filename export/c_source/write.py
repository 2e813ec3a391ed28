"""A window graph becomes a folder of C sources that a firmware project compiles as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from export.c_source.emit import golden_header, header, source
from export.c_source.front_end import front_end_tables
from export.c_source.head import head_texts
from export.c_source.read import read_trunks
from export.c_source.refuse import refusal
from export.c_source.tapped import TappedGraph
from export.c_source.trunk import Trunk
from fetal_hemo.constants import VIEWS
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.bundle import Bundle
from firmware_bridge.store import make_folder, write_atomically

PROJECT = Path(__file__).resolve().parents[2]
# The part of the C that is the same for all models: trunks alone, and all the rest.
RUNTIME = sorted(Path(__file__).with_name("runtime").glob("*.[ch]"))
MICROCONTROLLER = PROJECT / "firmware_bridge" / "c" / "mcu"
SCREENING = [
    *sorted(MICROCONTROLLER.glob("fh_*.[ch]")),
    *(MICROCONTROLLER / name for name in ("Makefile", "README.md")),
]
SEED = 20_261  # any; the window is simulated


def write_c(window_graph: bytes, folder: Path | str) -> tuple[Trunk, ...]:
    """The trunks that now stand as C99 in `folder`.

    `fh_conv.h/.c` compute, `fh_trunks.h/.c` hold the model, `fh_golden.h` holds the vectors of
    one simulated window that `fh_check.c` compares. The same graph gives the same bytes. Raises
    `FetalHemoError` E-EXPORT-C, then nothing is written, or E-STORAGE.
    """
    trunks, texts = _trunk_texts(window_graph)
    _write(texts, RUNTIME, folder)
    return trunks


def write_screening_c(bundle: Bundle, folder: Path | str) -> tuple[Trunk, ...]:
    """The same, with all that takes samples to a probability on a microcontroller.

    `fh_screen.h` is the way in and `make` builds `libfh.a`; the integer front end, the float heads
    and their weights stand beside it. Raises as `write_c` does.
    """
    trunks, texts = _trunk_texts(bundle.members["window.onnx"])
    if [trunk.name for trunk in trunks] != list(VIEWS):
        raise refusal(f"trunks {', '.join(trunk.name for trunk in trunks)}, not one for each view")
    graphs = bundle.members["window.onnx"], bundle.members["recording.onnx"]
    texts |= head_texts(*graphs, bundle.manifest, trunks[-1].tensors[-1].channels)
    texts["fh_front_end_tables.h"] = front_end_tables()
    _write(texts, RUNTIME + SCREENING, folder)
    return trunks


def _trunk_texts(window_graph: bytes) -> tuple[tuple[Trunk, ...], dict[str, str]]:
    trunks = read_trunks(window_graph)
    digest = hashlib.sha256(window_graph).hexdigest()
    ends = [t.name for trunk in trunks for t in (trunk.tensors[0], trunk.tensors[-1])]
    samples = quality_windows(1, SEED)[0].astype(np.float32)
    golden = {n: t[0] for n, t in TappedGraph(window_graph, ends).run(samples).items()}
    return trunks, {
        "fh_trunks.h": header(trunks, digest),
        "fh_trunks.c": source(trunks, digest),
        "fh_golden.h": golden_header(trunks, golden, digest),
    }


def _write(texts: dict[str, str], same: list[Path], folder: Path | str) -> None:
    target = make_folder(folder)
    for path in same:
        write_atomically(target / path.name, path.read_bytes())
    for name, text in texts.items():
        write_atomically(target / name, text.encode())
