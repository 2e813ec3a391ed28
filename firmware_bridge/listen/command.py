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
from firmware_bridge.listen.events import Told, to_json
from firmware_bridge.listen.session import Limits, Session
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
    limits = Limits(60.0 * args.minutes, until_steady=not args.whole)
    with output.opened() as outbox:
        session, result = _heard(screener, source, limits, output)
        try:
            if outbox is not None:
                outbox.put(result, screener.bundle.manifest)
        finally:  # shown even if it cannot be stored: what was heard live is not heard again
            give(result, source.kind, output)
    if isinstance(result, Refused):
        if session.why == "stopped":
            return EXIT_INTERRUPTED
    elif source.error is not None:
        print(source.error.line(), file=sys.stderr, flush=True)
    return exit_status([result])


def _heard(
    screener: Screener, source: Source, limits: Limits, output: Output
) -> tuple[Session, Result]:
    """The session after its end and its result; events are shown while it lasts."""
    show: Any = (
        nullcontext() if output.as_json else display_on(sys.stderr, output.language)
    )  # standard output is for the result

    def tell(told: Told) -> None:
        _print_event(told) if output.as_json else show.tell(told)
        watchdog.still_alive()

    watchdog.ready()
    with show:
        session = Session(screener, source, tell, limits, output.language)
        with _stopped_by_signals(session):
            return session, session.run()


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
