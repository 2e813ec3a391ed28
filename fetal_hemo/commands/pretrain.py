"""`fetal-hemo pretrain`: encoders, trained by contrast."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_cohort, add_run
from fetal_hemo.progress import ProgressLine, first_process
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_text

HELP = "train encoders by contrast"
DETAILS = (
    "Validation women watch the loss; test women are not opened. `torchrun --nproc-per-node N -m "
    "fetal_hemo.cli pretrain ...` trains in N processes."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Cohort, run to start from, and run."""
    add_cohort(parser)
    text = "finished run of `pretrain` on other, simulated women, whose weights are the first"
    parser.add_argument("--from", dest="first", metavar="RUN", help=text)
    add_run(parser)


def run(args: Namespace) -> int:
    """0 when the run is finished, 130 when it was interrupted and can be resumed."""
    from fetal_hemo.training import pretrain

    survey, steps = ProgressLine("survey"), ProgressLine("pretrain")
    made = pretrain(
        args.cohort, args.out, args.recipe, args.resume, args.first, survey, steps, steps.say
    )
    if first_process():
        print_text(f"pretrained: {made / 'report.html'}")
    return EXIT_OK
