"""The `listen` verb: a display or JSON lines while the probe is held, then the result."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from firmware_bridge import watchdog
from firmware_bridge.errors import EXIT_INTERRUPTED
from firmware_bridge.listen.display import display_on
from firmware_bridge.listen.enough import Limits
from firmware_bridge.listen.events import Told, to_json
from firmware_bridge.listen.session import Session
from firmware_bridge.listen.sources import Source, open_live
from firmware_bridge.output import print_json
from firmware_bridge.result import Refused, Result
from firmware_bridge.screen import Screener
from firmware_bridge.screen_command import Output, exit_status, give
from firmware_bridge.stdout_guard import keep_stdout_clean
from firmware_bridge.update.active import load_active

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def listen(args: argparse.Namespace) -> int:
    """The exit status after listening to `args.source`; the result goes to standard output.

    0 screened, 3 refused, 4 abstained, 130 stopped by the user before anything could be said.
    Raises `FetalHemoError` with the E-BUNDLE codes, E-KEY, E-STORAGE and those of `open_live`.
    """
    output = Output.of(args)
    keep_stdout_clean()
    screener = load_active(args.bundle, args.trust)
    source = open_live(args.source, args.rate, args.channels, args.baud, args.framed)
    with output.opened() as outbox:
        session, result = _heard(screener, source, _limits(args), output)
        try:
            if outbox is not None:
                outbox.put(result, screener.bundle.manifest)
        finally:  # shown even if it cannot be stored: what was heard live is not heard again
            if session.telling.error is None or not isinstance(result, Refused):
                give(result, source.kind, output)
    if session.telling.error is not None:  # only now: what was heard is where it should be
        raise session.telling.error
    if isinstance(result, Refused):
        if session.why == "stopped":
            return EXIT_INTERRUPTED
    elif source.error is not None:
        print(source.error.line(), file=sys.stderr, flush=True)
    return exit_status([result])


def _limits(args: argparse.Namespace) -> Limits:
    kept = args.queue is not None or args.fhir is not None
    return Limits(60.0 * args.minutes, until_steady=not args.whole, untold=kept)


def _heard(
    screener: Screener, source: Source, limits: Limits, output: Output
) -> tuple[Session, Result]:
    """The session after its end and its result; events are shown while it lasts."""
    # standard output is for the result
    show: Any = nullcontext() if output.as_json else display_on(sys.stderr, output.language)
    watchdog.ready()
    with show:
        tell = _print_event if output.as_json else show.tell
        session = Session(screener, source, tell, limits, output.language)
        with _stopped_by_signals(session):
            return session, session.run()


def _print_event(told: Told) -> None:
    print_json(to_json(told))


@contextmanager
def _stopped_by_signals(session: Session) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the listening with a result; a second one ends the process.

    A terminal that goes away ends the listening too. It says so several times, and those after
    the first are ignored to the end of the process, or they would end it before all is stored.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def hang_up(number: int, _frame: object) -> None:
        session.stop = True
        signal.signal(number, signal.SIG_IGN)

    def stop(_number: int, _frame: object) -> None:
        session.stop = True
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in SIGNALS:
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as it is under nohup
        signal.signal(signal.SIGHUP, hang_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
