"""A probe's frames as its listener gets them: one piece between two gaps."""

from __future__ import annotations

import os
import time

import numpy as np

from firmware_bridge.link.frames import Header, encode_stream
from firmware_bridge.listen.sources.probe import ProbeSource

FRAME, GAP = 100, slice(300, 500)


def test_what_has_come_is_one_piece_up_to_a_gap_and_one_after() -> None:
    samples = np.random.default_rng(0).integers(-32_768, 32_767, 1_000).astype(np.int16)
    header, *wires = encode_stream(Header(9, 4_000, 12.0, FRAME), samples)
    reading, writing = os.pipe()
    source = ProbeSource("stdin", reading, "a pipe")
    os.write(writing, b"".join([header, *wires[: GAP.start // FRAME], *wires[GAP.stop // FRAME :]]))
    os.close(writing)
    source.start()
    while not (heard := source.read()):  # a pipe this small is read at once
        time.sleep(0.01)
    before, gap, after = heard
    source.close()
    assert (before.lost, gap.lost, after.lost) == (False, True, False)
    assert np.array_equal(before.frames[:, 0], samples[: GAP.start])
    assert np.array_equal(gap.frames, np.zeros((GAP.stop - GAP.start, 1), np.int16))
    assert np.array_equal(after.frames[:, 0], samples[GAP.stop :])
