"""The `listen` verb: a display or JSON lines while the probe is held, then the result."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from firmware_bridge.errors import EXIT_INTERRUPTED, FetalHemoError
from firmware_bridge.listen.display import display_on
from firmware_bridge.listen.events import Told, to_json
from firmware_bridge.listen.session import Limits, Session
from firmware_bridge.listen.sources import open_live
from firmware_bridge.output import print_json, print_text
from firmware_bridge.result import Refused
from firmware_bridge.screen import Screener
from firmware_bridge.screen_command import exit_status
from firmware_bridge.stdout_guard import keep_stdout_clean
from firmware_bridge.summary import summary

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def listen(args: argparse.Namespace) -> int:
    """The exit status after listening to `args.source`; the result goes to standard output.

    0 screened, 3 refused, 4 abstained, 130 stopped by the user before anything could be said.
    Raises `FetalHemoError` with the E-BUNDLE codes and those of `open_live`.
    """
    keep_stdout_clean()
    screener = Screener.load(args.bundle, args.trust)
    source = open_live(args.source, args.rate, args.channels, args.baud, args.framed)
    limits = Limits(60.0 * args.minutes, until_steady=not args.whole)
    show: Any = (
        nullcontext() if args.json else display_on(sys.stderr)
    )  # standard output is for the result
    with show:
        session = Session(screener, source, _print_event if args.json else show.tell, limits)
        with _stopped_by_signals(session):
            result = session.run()
    if args.json:
        print_json(result.to_json())
    else:
        print_text(summary(args.source, result))
    if isinstance(result, Refused):
        _complain(FetalHemoError(result.code, result.what, source.kind, result.fix))
        if session.why == "stopped":
            return EXIT_INTERRUPTED
    elif source.error is not None:
        _complain(source.error)
    return exit_status([result])


def _complain(error: FetalHemoError) -> None:
    print(error.line(), file=sys.stderr, flush=True)


def _print_event(told: Told) -> None:
    print_json(to_json(told))


@contextmanager
def _stopped_by_signals(session: Session) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the listening with a result; a second one ends the process."""
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def stop(_number: int, _frame: object) -> None:
        session.stop = True
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
