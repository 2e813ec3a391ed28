"""`fetal-hemo VERB`: the command line of the whole toolkit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from fetal_hemo.commands.arguments import NOT_A_DIAGNOSIS
from firmware_bridge import __version__
from firmware_bridge.cli import OneLineParser, bug_line
from firmware_bridge.errors import EXIT_BUG, FetalHemoError
from firmware_bridge.interrupt import interrupt_noted
from firmware_bridge.streams import prepare_streams

# In the order in which they are used; each is a file of `fetal_hemo/commands`.
VERBS = (
    *("doctor", "simulate", "ingest", "public", "check", "deid"),
    *("pretrain", "finetune", "evaluate", "report"),
    *("export", "verify", "bench"),
    *("screen", "listen", "view", "queue", "update"),
)
# Packages a device install lacks, and the extra that brings them.
EXTRA_OF = {
    **dict.fromkeys(("torch", "onnx", "onnxscript", "scipy"), "train"),
    **dict.fromkeys(("sklearn", "safetensors", "jinja2", "matplotlib"), "train"),
    **dict.fromkeys(("wfdb", "edfio", "h5py"), "formats"),
    **dict.fromkeys(("distributed", "dask"), "cluster"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of a command; an error is one line on standard error."""
    prepare_streams()
    args = parser().parse_args(argv)
    with interrupt_noted() as is_interrupt:
        try:
            return args.run(args)
        except FetalHemoError as error:
            return _stop(error)
        except (KeyboardInterrupt, Exception) as error:
            if is_interrupt(error):
                fix = f"run it again{_as_begun(args)}"
                return _stop(FetalHemoError("E-INTERRUPTED", "stopped by the user", fix=fix))
            return _failed(error, args.verb)


def _as_begun(args: argparse.Namespace) -> str:
    """What else to give to a verb that had begun: of `evaluate` only a --study is gone on with."""
    if "resume" not in args:
        return ""
    resumes = vars(args).get("study", True)
    return f", with {'--resume' if resumes else 'another --out'} if it had begun"


def _failed(error: BaseException, verb: str) -> int:
    """A package that is not installed, or an error of ours."""
    missing = (error.name or "").split(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if missing not in EXTRA_OF:
        print(bug_line(error), file=sys.stderr)
        return EXIT_BUG
    what = f"`{verb}` needs {missing}, which is not installed"
    fix = f"pip install 'fetal-hemo[{EXTRA_OF[missing]}]'"
    return _stop(FetalHemoError("E-NEEDS-EXTRA", what, fix=fix))


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
    for verb in VERBS:
        command = import_module(f"fetal_hemo.commands.{verb}")
        details = getattr(command, "DETAILS", "")
        description = f"{command.HELP.capitalize()}. {details}"
        made = sub.add_parser(verb, help=command.HELP, description=description)
        command.add_arguments(made)
        made.set_defaults(run=command.run)
    return top


if __name__ == "__main__":
    sys.exit(main())
