"""Samples to log scalogram on one thread: ours, the lineage's, and the least it could take.

    python -m benchmarks.frontend [--runs 15] [--json]

All times are milliseconds a window of 3.75 s, medians of rounds in which the candidates take
turns. `ours_ms_per_window` is the exported float graph (normalise, filterbank, logarithm) in
blocks of 8 windows as on a device; `lineage_ms_per_window` is `pywt.cwt` of scales 1-40 with
`morl`, then `skimage.transform.resize` to 40 x 250 (cliffordlab/DopplerQualityClassification).
`gemm_floor_ms` is one matrix product with the filterbank's multiply-adds, by the same library.

The front end is float in the int8 graph too, so there is one `ours` for both; the whole window
graph is given in float and in int8, with untrained weights of the default size.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import pywt
import torch
from skimage.transform import resize
from torch import Tensor, nn

from benchmarks.screen import ten_minutes
from export.graphs import MAX_WINDOWS, OPSET
from export.pipeline import float_graphs
from export.quantise import quantise_trunk
from fetal_hemo.constants import BANDS, FRAMES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import ModelSize
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.decimator import PHASES, Decimator
from fetal_hemo.signals.filterbank import AnalyticFilterbank, BandGroup
from fetal_hemo.signals.front_end import log_scalogram
from fetal_hemo.signals.silence import normalise
from firmware_bridge.runtime import session

BLOCK = 8  # windows at once, as when a cohort is heard; a device runs each alone
BURST = 10  # calls timed together, but for the lineage: a block follows a block
Job = Callable[[], object]


class Scalogram(nn.Module):
    """What corresponds to the lineage's scalogram: samples in, log magnitudes out."""

    def __init__(self) -> None:
        super().__init__()
        self.filterbank = AnalyticFilterbank()

    def forward(self, samples: Tensor) -> Tensor:
        return log_scalogram(self.filterbank(normalise(samples)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="rounds; the medians are given")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default)")
    print(json.dumps(measure(parser.parse_args().runs)))


def measure(runs: int) -> dict[str, float | int | str]:
    """The measured values by name."""
    windows = ten_minutes()[: BLOCK * WINDOW_SAMPLES].reshape(BLOCK, WINDOW_SAMPLES)
    products = multiply_adds(AnalyticFilterbank())
    took = medians({"lineage": lambda: lineage_scalogram(windows[0])}, _blocks(windows), runs)
    ours, floor = took["scalogram"], took["product"]
    return {
        "ours_ms_per_window": round(ours, 4),
        "lineage_ms_per_window": round(took["lineage"], 2),
        "speedup": round(took["lineage"] / ours, 1),
        "gemm_floor_ms": round(floor, 4),
        "over_floor": round(ours / floor, 2),
        "multiply_adds_per_window": products,
        "front_end_in_int8_graph": "float",
        "front_end_ms_per_window": round(took["front_end"], 4),
        "window_graph_float_ms_per_window": round(took["graph_float"], 4),
        "window_graph_int8_ms_per_window": round(took["graph_int8"], 4),
        "windows_a_block": BLOCK,
        "threads": 1,
        "runs": runs,
    }


def multiply_adds(bank: AnalyticFilterbank) -> int:
    """Products with a tap that is not zero, a window, counted while a window passes."""
    counts: list[int] = []

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        if isinstance(module, BandGroup):
            counts.append(int(module.kernels.count_nonzero()) * output.shape[-1])
        if isinstance(module, Decimator):
            counts.append(int(module.kernel.count_nonzero()) * (output.shape[-1] // PHASES))

    hooks = [module.register_forward_hook(count) for module in bank.modules()]
    with torch.inference_mode():
        bank(torch.zeros(1, WINDOW_SAMPLES))
    for hook in hooks:
        hook.remove()
    return sum(counts)


def lineage_scalogram(window: np.ndarray) -> np.ndarray:
    """`(40, 250)` by the published recipe, from samples to the network's input."""
    scaled = (window - window.min()) / (window.max() - window.min())
    found, _ = pywt.cwt(scaled, np.arange(1, 41), "morl", sampling_period=1 / SAMPLE_RATE_HZ)
    small = resize(np.abs(found), (40, 250), mode="constant")
    return (small - small.min()) / (small.max() - small.min())


def onnx_graph(module: nn.Module, example: Tensor) -> bytes:
    """`module` as an ONNX graph of one input whose first axis is free."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # says only what is not installed
    windows = torch.export.Dim("windows", min=1, max=MAX_WINDOWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside the exporter
        program = torch.onnx.export(
            module.eval(),
            (example,),
            dynamo=True,
            dynamic_shapes=({0: windows},),
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    assert program is not None  # only None when an output file is given
    return program.model_proto.SerializeToString()


def _blocks(windows: np.ndarray) -> dict[str, Job]:
    """Candidates that take a block of windows."""
    example = torch.from_numpy(windows[:3])
    graph, _, trunk = float_graphs(ScreeningModel(ModelSize()))
    graphs = {
        "scalogram": onnx_graph(Scalogram(), example),
        "front_end": onnx_graph(FrontEnd(), example),
        "graph_float": graph,
        "graph_int8": quantise_trunk(graph, trunk, windows),
    }
    # As the filterbank: a row a frame, a column for each real and imaginary part of 16 bands.
    # onnxruntime packs the constant factor beforehand, so it is the fastest product at hand.
    depth = math.ceil(multiply_adds(AnalyticFilterbank()) / (FRAMES * BANDS))
    rows = torch.randn(BLOCK, FRAMES, depth, generator=torch.Generator().manual_seed(0))
    product = onnx_graph(nn.Linear(depth, BANDS, bias=False), rows[:3])
    jobs = {name: _run_with(made, windows) for name, made in graphs.items()}
    return jobs | {"product": _run_with(product, rows.numpy())}


def _run_with(graph: bytes, block: np.ndarray) -> Job:
    made = session(graph, "the graph", "this benchmark")
    inputs = {made.get_inputs()[0].name: block}
    return lambda: made.run(None, inputs)


def medians(single: dict[str, Job], blocks: dict[str, Job], runs: int) -> dict[str, float]:
    """Milliseconds a window of each job; a job of `single` does one window, of `blocks` eight."""
    took: dict[str, list[float]] = {name: [] for name in (*single, *blocks)}
    for _ in range(runs):
        for name, job in single.items():
            took[name].append(_seconds(job, 1))
        for name, job in blocks.items():
            took[name].append(_seconds(job, BURST) / (BURST * BLOCK))
    return {name: 1_000 * statistics.median(times) for name, times in took.items()}


def _seconds(job: Job, calls: int) -> float:
    """Seconds that `calls` calls take, after one that warms the caches."""
    job()
    start = time.perf_counter()
    for _ in range(calls):
        job()
    return time.perf_counter() - start


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
