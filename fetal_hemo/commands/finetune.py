"""`fetal-hemo finetune`: the classifier of a pretrained run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import add_cohort, add_run
from fetal_hemo.progress import ProgressLine, first_process
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_text

HELP = "train the classifier of a pretrained run"
DETAILS = "Epoch, calibration and threshold are chosen on validation women."


def add_arguments(parser: ArgumentParser) -> None:
    """Cohort, pretrained run and run."""
    add_cohort(parser)
    text = "run of `pretrain` to begin with"
    parser.add_argument("--from", dest="pretrained", required=True, metavar="RUN", help=text)
    text = "larger finished run of `finetune`, of the same split, from which this one learns too"
    parser.add_argument("--teacher", metavar="RUN", help=text)
    text = "the cohort is not the one that RUN was pretrained on: its women are split anew"
    parser.add_argument("--other-women", action="store_true", help=text)
    add_run(parser)


def run(args: Namespace) -> int:
    """0 when the run is finished, 130 when it was interrupted and can be resumed."""
    from fetal_hemo.training import finetune

    survey, steps = ProgressLine("survey"), ProgressLine("finetune")
    made = finetune(
        args.cohort,
        args.pretrained,
        args.out,
        args.recipe,
        args.resume,
        args.teacher,
        args.other_women,
        survey,
        steps,
    )
    if first_process():
        print_text(f"fine-tuned: {made / 'report.html'}")
    return EXIT_OK
