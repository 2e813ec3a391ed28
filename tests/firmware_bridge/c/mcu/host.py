"""The exported C of a whole screening, compiled for this machine and called from here."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import onnx

from benchmarks.screen_on_cortex_m import VERDICT, WINDOW
from firmware_bridge.bundle import Bundle
from firmware_bridge.runtime import RecordingRunner

# How far logits may be from the recording graph's, given the same views: only float32 sums and
# half floats, of 11 bits, are between. On this machine 0.00004 of random, 0.00007 of real views.
HALF = 1e-4
HOST = """
#include "fh_screen.h"
static fh_screen screen;
int hear(const int16_t *samples, int count)
{
    fh_screen_start(&screen);
    return fh_screen_push(&screen, samples, count);
}
int windows(fh_window *windows)
{
    for (int i = 0; i < screen.count; i++)
        windows[i] = screen.windows[i];
    return screen.count;
}
int finish(const uint8_t *usable, fh_verdict *verdict)
{
    return fh_screen_finish(&screen, usable, verdict);
}
void judge(const float *views, const uint8_t *usable, int count, fh_verdict *verdict)
{
    for (int i = 0; i < count; i++)
        fh_head_window(views + i * FH_VIEWS * FH_EMBEDDING, &screen.kept[i]);
    fh_head_recording(screen.kept, usable, count, screen.room.scratch, verdict);
}
int mean_rate(void) { return fh_mean_rate(screen.windows, screen.count); }
"""


class HostScreen:
    """The static library of the sources that were exported into `folder`, on this machine."""

    def __init__(self, folder: Path) -> None:
        (folder / "host.c").write_text(HOST)
        strict = "CPU=-fPIC -Werror -pedantic"
        subprocess.run(["make", strict], cwd=folder, check=True, capture_output=True)
        command = "gcc -shared -fPIC host.c libfh.a -o host.so"
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
        self.shared_object = ctypes.CDLL(str(folder / "host.so"))

    def screen(self, samples: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.void]:
        """Facts of the windows and the verdict on int16 samples."""
        assert self.shared_object.hear(pointer(samples), samples.size) == samples.size
        facts, verdict = np.zeros(len(usable), WINDOW), np.zeros(1, VERDICT)
        assert self.shared_object.windows(pointer(facts)) == len(usable)
        assert self.shared_object.finish(pointer(usable), pointer(verdict)) == 0
        return facts, verdict[0]

    def apart_given_views(self, bundle: Bundle, count: int, share: float) -> float:
        """How far logits are from the recording graph's, given the same random views.

        A share of the windows is usable; the others are loud, so that they would be heard.
        """
        rng = np.random.default_rng(count)
        usable = np.arange(count) < round(share * count)
        rng.shuffle(usable)
        inputs = onnx.load_from_string(bundle.members["recording.onnx"]).graph.input
        shape = [axis.dim_value for axis in inputs[0].type.tensor_type.shape.dim]
        views = rng.normal(size=(count, *shape[1:])).astype(np.float32)
        views[~usable] *= 20
        flags, verdict = usable.astype(np.uint8), np.zeros(1, VERDICT)
        self.shared_object.judge(pointer(views), pointer(flags), count, pointer(verdict))
        expected = RecordingRunner(bundle).run(views, usable).logits
        return float(np.abs(verdict[0]["logits"] - expected).max())


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
