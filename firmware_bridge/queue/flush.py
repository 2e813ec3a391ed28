"""Handing over what waits: at least once by this device, exactly once for the receiver.

Every entry of a transaction is PUT under an id that follows from the recording and the model, so a
result that is sent again, because its confirmation was lost, replaces itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.queue.outbox import Outbox
from firmware_bridge.queue.receivers import NotConfirmed, Receiver
from firmware_bridge.queue.record import Record
from firmware_bridge.watchdog import still_alive

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0


@dataclass
class HandOver:
    """What became of the results that waited."""

    confirmed: int = 0
    complaints: list[FetalHemoError] = field(default_factory=list)  # on what still waits
    reached: bool = True  # False: the receiver did not answer, and the rest was not tried


def flush(
    outbox: Outbox,
    to: Receiver,
    attempts: int = 4,
    sleep: Callable[[float], None] = time.sleep,
) -> HandOver:
    """Hand over every waiting result in order; each is noted as soon as it is confirmed.

    A result that is damaged or that the receiver refuses does not keep the later ones; a receiver
    that is not there ends it. Raises `FetalHemoError` E-STORAGE.
    """
    done = HandOver()
    for sequence in outbox.sequences(waiting_only=True):
        try:
            record = outbox.read(sequence)
        except FetalHemoError as error:
            done.complaints.append(error)
            continue
        try:
            _hand_over(record, to, attempts, sleep)
        except NotConfirmed as error:
            what = f"result {sequence}: {error}"
            done.complaints.append(FetalHemoError("E-NETWORK", what, fix="flush again"))
            if not error.reached:
                done.reached = False
                break
            continue
        outbox.confirm(record.id)
        done.confirmed += 1
    return done


def _hand_over(record: Record, to: Receiver, attempts: int, sleep: Callable[[float], None]) -> None:
    """Try, and wait twice as long before each further try; raises the last `NotConfirmed`."""
    for left in reversed(range(attempts)):
        still_alive()
        try:
            return to.take(record)
        except NotConfirmed as error:
            if left == 0 or not error.again:
                raise
        sleep(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempts - 1 - left)))
