"""`fetal-hemo simulate`: a cohort with known truth."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from fetal_hemo.commands.arguments import add_parallel
from fetal_hemo.confounders import CONFOUNDERS, USUAL, confounders_of
from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_text

HELP = "make a cohort of simulated women with known truth"
DETAILS = (
    "The same seed gives the same bytes. A stopped run goes on where it was. Beside the manifest: "
    "truth/ (beats, intervals, events, latents of each recording) and oracle.json (the best AUROC "
    "that anybody could reach). docs/simulator.md tells every effect, its source and its size. "
    "Confounders: " + "; ".join(f"{name}: {text}" for name, text in CONFOUNDERS.items()) + "."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Size, truth and place of the cohort."""
    parser.add_argument("--women", type=int, default=40, help="how many (default 40)")
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (default 0)")
    text = "how strongly placental insufficiency acts on the fetal heart; 0: not at all (default 1)"
    parser.add_argument("--effect", type=float, default=1.0, help=text)
    parser.add_argument("--minutes", type=float, default=2.0, help="of each recording (default 2)")
    text = "share of visits at >= 140 or >= 90 mmHg (default 0.05)"
    parser.add_argument("--prevalence", type=float, default=0.05, help=text)
    text = "what else goes with pressure: usual, none, all, or names with commas (default usual: "
    text += ",".join(USUAL) + ")"
    parser.add_argument("--confounders", default="usual", metavar="NAMES", help=text)
    text = f"of the files, 1000 to 48000 (default {SAMPLE_RATE_HZ})"
    parser.add_argument("--sample-rate", type=int, default=SAMPLE_RATE_HZ, metavar="HZ", help=text)
    text = "beat as real hearts did: CTU-UHB records, a cohort of `public`, or .npy beat times"
    parser.add_argument("--rhythm", metavar="FOLDER", help=text)
    add_parallel(parser)
    parser.add_argument("--out", required=True, metavar="COHORT", help="folder to make")


def run(args: Namespace) -> int:
    """0 when the simulated cohort is complete."""
    from fetal_hemo.simulate import simulate_cohort
    from fetal_hemo.simulate.real_rhythm import open_rhythm_library

    rhythm = open_rhythm_library(args.rhythm) if args.rhythm else None
    for line in rhythm.passed_over if rhythm else ():
        print(f"passed over: {line}", file=sys.stderr)
    made = simulate_cohort(
        Path(args.out),
        women=args.women,
        seed=args.seed,
        effect=args.effect,
        minutes=args.minutes,
        prevalence=args.prevalence,
        confounders=confounders_of(args.confounders),
        sample_rate_hz=args.sample_rate,
        rhythm=rhythm,
        jobs=args.jobs,
        dask=args.dask,
        progress=ProgressLine("simulate"),
    )
    best = "" if made.oracle_auroc is None else f"; best possible AUROC {made.oracle_auroc:.2f}"
    print_text(
        f"simulated: {made.women} women, {made.recordings} recordings, {made.hours:.1f} h, "
        f"{made.labelled} with a reading, {made.positive} of them positive{best}: {args.out}"
    )
    return EXIT_OK
