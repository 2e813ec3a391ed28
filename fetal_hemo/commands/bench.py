"""`fetal-hemo bench`: speed and memory of a bundle on this machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_json
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_json, print_text

HELP = "measure a bundle's speed and memory on this machine"


def add_arguments(parser: ArgumentParser) -> None:
    """The bundle."""
    text = "model to measure (default: the shipped one)"
    parser.add_argument("bundle", nargs="?", metavar="MODEL.fhb", help=text)
    text = "its signer"
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the bundle was measured."""
    from fetal_hemo.bench import as_text, bench
    from fetal_hemo.bench_graphs import as_table, bench_graphs

    measured = bench(args.bundle, tuple(args.trust))
    graphs = _graphs(args.bundle, args.trust)
    rows = bench_graphs(graphs, progress=ProgressLine("bench"))
    if args.json:
        print_json({**measured, "graphs": rows})
    else:
        print_text(f"{as_text(measured)}\n\n{as_table(rows)}")
        if len({row["graph"] for row in rows}) == 1:
            print_text("no float twin beside it: that needs fetal-hemo[train]")
    return EXIT_OK


def _graphs(path: str | None, trust: list[str]) -> dict[str, bytes]:
    """The bundle's window graph, and its float twin where the packages for that are there."""
    from firmware_bridge.bundle import open_bundle
    from firmware_bridge.screen import DEFAULT_BUNDLE
    from firmware_bridge.trust import trusted_keys

    bundle = open_bundle(path or DEFAULT_BUNDLE, trusted_keys(trust))
    graphs = {"int8": bundle.members["window.onnx"]}
    try:
        from export.dequantise import in_float
    except ModuleNotFoundError:
        return graphs
    return {"float": in_float(graphs["int8"]), **graphs}
