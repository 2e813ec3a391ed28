"""`fetal-hemo evaluate`: how well a run, a bundle or a whole way of training does."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fetal_hemo.commands.arguments import add_json
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK, FetalHemoError
from firmware_bridge.output import print_json, print_text

HELP = "score the women a run never saw"
DETAILS = (
    "RUN COHORT: the test women of a fine-tuned run. MODEL.fhb COHORT: external validation of an "
    "exported bundle, as a device hears it. COHORT --study RECIPE: cross-validation, everything "
    "fitted anew in every fold. Every headline stands beside baselines and negative controls."
)
BUNDLE = ".fhb"


def add_arguments(parser: ArgumentParser) -> None:
    """What is evaluated, on whom, and where the study goes."""
    text = "fine-tuned run or MODEL.fhb, then the cohort; with --study the cohort alone"
    parser.add_argument("given", metavar="RUN COHORT", nargs="+", help=text)
    text = "recipe whose [study] says who is held out"
    parser.add_argument("--study", metavar="RECIPE.toml", help=text)
    parser.add_argument("--out", required=True, metavar="STUDY", help="folder to make")
    text = "go on with an interrupted --study, fold by fold"
    parser.add_argument("--resume", action="store_true", help=text)
    text = "with a RUN: compare it with this bundle of it, as a device runs it"
    parser.add_argument("--bundle", metavar="MODEL.fhb", help=text)
    text = "public key of a bundle's signer, besides the shipped one and your own"
    parser.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help=text)
    add_json(parser)


def run(args: Namespace) -> int:
    """0 when the study is written."""
    _check(args)
    metrics = _evaluate(args)
    if args.json:
        print_json(metrics)
    else:
        said = [
            metrics["verdict"],
            *([metrics["leakage"]["verdict"]] if "leakage" in metrics else []),
        ]
        print_text("\n".join([*said, f"report: {Path(args.out) / 'report.html'}"]))
    return EXIT_OK


def _check(args: Namespace) -> None:
    wanted = 1 if args.study else 2
    if len(args.given) != wanted:
        words = "COHORT --study RECIPE" if args.study else "RUN COHORT, or MODEL.fhb COHORT"
        what = f"takes {words}, not {len(args.given)} names"
        raise FetalHemoError("E-USAGE", what, fix="see fetal-hemo evaluate --help")
    if args.resume and not args.study:
        fix = "leave it out; into another --out if a study was begun there"
        raise FetalHemoError("E-USAGE", "--resume goes with --study", fix=fix)
    if args.bundle and (args.study or args.given[0].endswith(BUNDLE)):
        raise FetalHemoError("E-USAGE", "--bundle goes with a RUN", fix="leave it out")


def _evaluate(args: Namespace) -> dict[str, Any]:
    from fetal_hemo.training.cross_validate import cross_validate
    from fetal_hemo.training.evaluate import evaluate
    from fetal_hemo.training.external import evaluate_bundle

    line = ProgressLine("evaluate")
    first, *rest = args.given
    if args.study:
        return cross_validate(first, args.study, args.out, args.resume, line.say, line)
    if first.endswith(BUNDLE):
        return evaluate_bundle(first, rest[0], args.out, args.trust, line)
    return evaluate(first, rest[0], args.out, line, args.bundle, args.trust)
