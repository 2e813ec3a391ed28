"""`fetal-hemo screen`: the device's own screening, of many files on many processors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fetal_hemo.commands.arguments import NOT_A_DIAGNOSIS, add_parallel
from firmware_bridge.cli import add_screen_arguments

HELP = "screen recordings"
DETAILS = f"heart rate, quality and a probability for each recording. {NOT_A_DIAGNOSIS}"


def add_arguments(parser: ArgumentParser) -> None:
    """The device's arguments, and where the work is done."""
    add_screen_arguments(parser)
    add_parallel(parser)


def run(args: Namespace) -> int:
    """The exit status that the device gives for the same files."""
    from firmware_bridge.screen_command import Output, ScreenAll, one_after_another, screen_files

    screen_all: ScreenAll = one_after_another
    if len(args.files) > 1:  # a single file must not wait for imports
        from fetal_hemo.batch_screen import screen_in_parallel

        screen_all = screen_in_parallel(args.trust, args.jobs, args.dask)
    return screen_files(args.files, args.bundle, args.trust, Output.of(args), screen_all)
