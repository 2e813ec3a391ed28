"""Bytes of a file descriptor, a serial port or standard input, pumped into a ring."""

from __future__ import annotations

import errno
import os
import select
import threading
import time

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.listen.ring import Ring

LOOK_S = 0.1  # how soon the thread notices that it should stop
FULL_S = 0.02  # a full ring is looked at again after this


class DescriptorPump:
    """A thread that reads a descriptor straight into a ring's memory; it owns the descriptor."""

    def __init__(self, descriptor: int, ring: Ring, where: str) -> None:
        self.ring = ring
        self.error: FetalHemoError | None = None
        self._descriptor, self._where = descriptor, where
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """The descriptor has ended and everything is in the ring."""
        return not self._thread.is_alive()

    def close(self) -> None:
        """Stop reading, wait for the thread, and close the descriptor; may be called twice."""
        self._stop = True
        if self._thread.ident is not None:
            self._thread.join()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _run(self) -> None:
        while not self._stop:
            room = self.ring.room()
            if not room:
                time.sleep(FULL_S)
                continue
            try:
                if not select.select([self._descriptor], [], [], LOOK_S)[0]:
                    continue
                count = os.readv(self._descriptor, room)
            except BlockingIOError:
                continue
            except OSError as error:
                if error.errno != errno.EIO:  # a port that is pulled out, or the other pty closed
                    what = f"cannot be read any more ({error.strerror})"
                    self.error = FetalHemoError("E-SOURCE", what, self._where)
                return
            if count == 0:
                return
            self.ring.commit(count)
