"""`fetal-hemo VERB`: the command line of the whole toolkit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from fetal_hemo import verbs
from firmware_bridge import __version__
from firmware_bridge.cli import (
    OneLineParser,
    add_screen_arguments,
    add_verify_arguments,
    bug_line,
    run_screen,
    run_verify,
)
from firmware_bridge.errors import EXIT_BUG, FetalHemoError

EXTRA = "pip install 'fetal-hemo[train]'"
OF_THE_EXTRA = {
    *("torch", "onnx", "onnxscript", "scipy", "sklearn", "safetensors", "jinja2", "matplotlib")
}
NOT_A_DIAGNOSIS = "It ranks who needs a (repeat) cuff reading; it never diagnoses."
Run = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of a command; an error is one line on standard error."""
    args = parser().parse_args(argv)
    try:
        return args.run(args)
    except FetalHemoError as error:
        return _stop(error)
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in OF_THE_EXTRA:
            raise
        what = f"`{args.verb}` needs {missing}, which is not installed"
        return _stop(FetalHemoError("E-NEEDS-EXTRA", what, fix=EXTRA))
    except KeyboardInterrupt:
        return _stop(FetalHemoError("E-INTERRUPTED", "stopped by the user", fix="run it again"))
    except Exception as error:
        print(bug_line(error), file=sys.stderr)
        return EXIT_BUG


def _stop(error: FetalHemoError) -> int:
    print(error.line(), file=sys.stderr)
    return error.exit_status


def parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    top = OneLineParser(
        prog="fetal-hemo",
        description=f"Maternal-hypertension screening research from the fetal Doppler sound. "
        f"{NOT_A_DIAGNOSIS}",
    )
    top.add_argument("--version", action="version", version=f"fetal-hemo {__version__}")
    sub = top.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=OneLineParser)

    def verb(name: str, run: Run, text: str, details: str = "") -> argparse.ArgumentParser:
        made = sub.add_parser(name, help=text, description=f"{text.capitalize()}. {details}")
        made.set_defaults(run=run)
        return made

    add = verb("doctor", verbs.run_doctor, "say what this installation can do")
    _json(add)
    _add_simulate(verb)
    _add_training(verb)
    _add_model(verb)
    return top


def _add_simulate(verb: Callable[..., argparse.ArgumentParser]) -> None:
    add = verb(
        "simulate",
        verbs.run_simulate,
        "make a cohort of simulated women with known truth",
        "The same seed gives the same bytes. A stopped run goes on where it was.",
    )
    add.add_argument("--women", type=int, default=40, help="how many (default 40)")
    add.add_argument("--seed", type=int, default=0, help="of all random numbers (default 0)")
    text = "how strongly placental insufficiency acts on the fetal heart; 0: not at all (default 1)"
    add.add_argument("--effect", type=float, default=1.0, help=text)
    add.add_argument("--minutes", type=float, default=2.0, help="of each recording (default 2)")
    text = "share of visits at >= 140 or >= 90 mmHg (default 0.05)"
    add.add_argument("--prevalence", type=float, default=0.05, help=text)
    add.add_argument("--jobs", type=int, help="processes (default: one for each processor)")
    add.add_argument("--out", required=True, metavar="COHORT", help="folder to make")


def _add_training(verb: Callable[..., argparse.ArgumentParser]) -> None:
    add = verb("check", verbs.run_check, "judge a cohort before time is spent on it")
    _cohort(add)
    _json(add)

    text = "Validation women watch the loss; test women are not opened."
    add = verb("pretrain", verbs.run_pretrain, "train encoders by contrast", text)
    _cohort(add)
    _run(add)

    text = "Epoch, calibration and threshold are chosen on validation women."
    add = verb("finetune", verbs.run_finetune, "train the classifier of a pretrained run", text)
    _cohort(add)
    add.add_argument("--from", dest="pretrained", required=True, metavar="RUN", help="pretrained")
    _run(add)

    text = "Every headline stands beside baselines and negative controls."
    add = verb("evaluate", verbs.run_evaluate, "score the women a run never saw", text)
    add.add_argument("run_folder", metavar="RUN", help="fine-tuned run")
    _cohort(add)
    add.add_argument("--out", required=True, metavar="STUDY", help="folder to make")
    _json(add)

    add = verb("report", verbs.run_report, "write the report of a run or study anew")
    add.add_argument("run_folder", metavar="RUN", help="run or study folder")


def _add_model(verb: Callable[..., argparse.ArgumentParser]) -> None:
    text = "The bundle is written only if it agrees with the trained model."
    add = verb("export", verbs.run_export, "turn a fine-tuned run into a signed int8 bundle", text)
    add.add_argument("run_folder", metavar="RUN", help="fine-tuned run")
    add.add_argument("--out", required=True, metavar="MODEL.fhb", help="bundle to write")
    text = "private key to sign with (default: your own, made on first use)"
    add.add_argument("--key", metavar="FILE", help=text)
    add.add_argument("--name", default="fetal-hemo", help="name of the model in the bundle")
    add.add_argument("--version", default="0.1.0", help="version of the model (default 0.1.0)")

    add = verb("verify", run_verify, "check a bundle's signature, hashes and self-test")
    add_verify_arguments(add)

    add = verb("bench", verbs.run_bench, "measure a bundle's speed and memory on this machine")
    text = "model to measure (default: the shipped one)"
    add.add_argument("bundle", nargs="?", metavar="MODEL.fhb", help=text)
    add.add_argument("--trust", metavar="FILE.pub", action="append", default=[], help="its signer")
    _json(add)

    text = f"heart rate, quality and a probability for each recording. {NOT_A_DIAGNOSIS}"
    add = verb("screen", run_screen, "screen recordings", text)
    add_screen_arguments(add)


def _cohort(add: argparse.ArgumentParser) -> None:
    add.add_argument("cohort", metavar="COHORT", help="folder with manifest.csv and its audio")


def _run(add: argparse.ArgumentParser) -> None:
    add.add_argument("--recipe", metavar="FILE.toml", help="settings that differ from the default")
    add.add_argument("--out", required=True, metavar="RUN", help="run folder to make")
    add.add_argument("--resume", action="store_true", help="go on with an interrupted run")


def _json(add: argparse.ArgumentParser) -> None:
    add.add_argument("--json", action="store_true", help="one JSON document on standard output")


if __name__ == "__main__":
    sys.exit(main())
