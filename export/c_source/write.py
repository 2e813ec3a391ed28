"""A window graph becomes a folder of C sources that a firmware project compiles as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from export.c_source.emit import golden_header, header, source
from export.c_source.front_end import front_end_tables
from export.c_source.read import read_trunks
from export.c_source.tapped import TappedGraph
from export.c_source.trunk import Trunk
from fetal_hemo.simulate.quality import quality_windows
from firmware_bridge.store import make_folder, write_atomically

PROJECT = Path(__file__).resolve().parents[2]
# The part of the C that is the same for all models.
SAME = (
    *sorted(Path(__file__).with_name("runtime").glob("*.[ch]")),
    *sorted((PROJECT / "firmware_bridge" / "c" / "mcu").glob("fh_*.[ch]")),
)
SEED = 20_261  # any; the window is simulated


def write_c(window_graph: bytes, folder: Path | str) -> tuple[Trunk, ...]:
    """The trunks that now stand as C99 in `folder`.

    `fh_conv.h/.c` compute, `fh_trunks.h/.c` hold the model, `fh_golden.h` holds the vectors of
    one simulated window that `fh_check.c` compares; `fh_front_end.h/.c` and `fh_rhythm.c` make the
    trunks' inputs from samples in integers. The same graph gives the same bytes. Raises
    `FetalHemoError` E-EXPORT-C, then nothing is written, or E-STORAGE.
    """
    trunks = read_trunks(window_graph)
    digest = hashlib.sha256(window_graph).hexdigest()
    ends = [t.name for trunk in trunks for t in (trunk.tensors[0], trunk.tensors[-1])]
    samples = quality_windows(1, SEED)[0].astype(np.float32)
    golden = {n: t[0] for n, t in TappedGraph(window_graph, ends).run(samples).items()}
    texts = {
        "fh_trunks.h": header(trunks, digest),
        "fh_trunks.c": source(trunks, digest),
        "fh_golden.h": golden_header(trunks, golden, digest),
        "fh_front_end_tables.h": front_end_tables(),
        **{path.name: path.read_text() for path in SAME},
    }
    target = make_folder(folder)
    for name, text in texts.items():
        write_atomically(target / name, text.encode())
    return trunks
