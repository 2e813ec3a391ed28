"""The `screen` verb: one result for each file, and an exit status for all of them."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware_bridge import watchdog
from firmware_bridge.cli import bug_line
from firmware_bridge.errors import (
    EXIT_ABSTAINED,
    EXIT_BUG,
    EXIT_DATA,
    EXIT_OK,
    EXIT_PARTIAL,
    FetalHemoError,
)
from firmware_bridge.messages import ENGLISH
from firmware_bridge.output import print_json, print_text
from firmware_bridge.result import Abstained, Refused, Result, Screened
from firmware_bridge.screen import Screener
from firmware_bridge.stdout_guard import keep_stdout_clean
from firmware_bridge.store import PRIVATE, drop_unfinished, make_folder, write_atomically
from firmware_bridge.summary import summary
from firmware_bridge.update.active import load_active

if TYPE_CHECKING:
    from firmware_bridge.queue.outbox import Outbox

# Yields a result for each file, in their order, as soon as it is there.
ScreenAll = Callable[[Screener, Sequence[str]], Generator[Result, None, None]]


@dataclass(frozen=True)
class Output:
    """Where results go, and in which form."""

    as_json: bool = False
    fhir: str | None = None  # folder for transactions
    queue: str | None = None
    queue_key: str | None = None
    language: str = ENGLISH

    @classmethod
    def of(cls, args: Namespace) -> Output:
        """What the arguments of `screen` and `listen` ask for; raises E-USAGE."""
        if args.queue_key is not None and args.queue is None:
            raise FetalHemoError("E-USAGE", "--queue-key needs --queue")
        return cls(args.json, args.fhir, args.queue, args.queue_key, args.language)

    @contextmanager
    def opened(self) -> Iterator[Outbox | None]:
        """The folder is there, and the queue, if they were asked for; raises E-STORAGE or E-KEY."""
        if self.fhir is not None:
            drop_unfinished(make_folder(self.fhir))
        if self.queue is None:
            yield None
            return
        from firmware_bridge.queue.outbox import Outbox  # sqlite3 is not needed otherwise

        with Outbox.open(self.queue, self.queue_key, create=True) as outbox:
            yield outbox


def one_after_another(screener: Screener, files: Sequence[str]) -> Generator[Result, None, None]:
    """A result for each file, in this process; the way of a device."""
    for index, path in enumerate(files):
        yield screen_one(screener, path, index)


def screen_files(
    files: Sequence[str],
    bundle: str | None = None,
    trust: Sequence[str] = (),
    output: Output | None = None,
    screen_all: ScreenAll = one_after_another,
) -> int:
    """The exit status after screening `files`; each result is out as soon as `screen_all` has it.

    It is in the queue and the folder of transactions first: what was shown is never lost.

    0 all screened, 3 all refused, 4 some abstained, 7 some refused, 1 an error of ours on some
    file. Raises `FetalHemoError` with the E-BUNDLE codes, E-KEY or E-STORAGE.
    """
    output = output or Output()
    keep_stdout_clean()
    screener = load_active(bundle, trust)
    watchdog.ready()
    outcomes = []
    with output.opened() as outbox, closing(screen_all(screener, files)) as results:
        for path, result in zip(files, results, strict=True):
            outcomes.append(result)
            if outbox is not None:
                outbox.put(result, screener.bundle.manifest)
            give(result, path, output)
            watchdog.still_alive()
    return exit_status(outcomes)


def give(result: Result, path: str, output: Output) -> None:
    """Write a result's transaction and print it, or why there is none. Raises E-STORAGE."""
    if output.fhir is not None and not isinstance(result, Refused):
        _write_fhir(output.fhir, result)
    if output.as_json:
        print_json(result.to_json(output.language))
    else:
        print_text(summary(path, result, output.language))
    if isinstance(result, Refused):
        _complain(result, path)


def exit_status(results: Sequence[Result]) -> int:
    """The exit status for the outcomes of one call."""
    refused = [result for result in results if isinstance(result, Refused)]
    if any(result.code == "E-BUG" for result in refused):
        return EXIT_BUG
    if refused:
        return EXIT_DATA if len(refused) == len(results) else EXIT_PARTIAL
    return EXIT_ABSTAINED if any(isinstance(r, Abstained) for r in results) else EXIT_OK


def screen_one(screener: Screener, path: str, index: int) -> Result:
    """A result even for an error of ours: it must not keep the other files from theirs."""
    try:
        return screener.screen_file(path, index)
    except FetalHemoError:
        raise
    except Exception as error:
        print(bug_line(error), file=sys.stderr)
        bug = FetalHemoError("E-BUG", "an error of ours", fix="please report it")
        return screener.refuse(bug, index)


def _complain(result: Refused, path: str) -> None:
    line = FetalHemoError(result.code, result.what, path, result.fix).line()
    print(line, file=sys.stderr, flush=True)


def _write_fhir(folder: str, result: Screened | Abstained) -> None:
    from firmware_bridge.fhir import to_fhir, transaction_id

    text = json.dumps(to_fhir(result), indent=1, allow_nan=False)
    write_atomically(f"{folder}/{transaction_id(result)}.json", text.encode(), PRIVATE)
