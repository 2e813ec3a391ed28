"""Telling events to somebody who may have gone: what was heard is worth more than what is told."""

from __future__ import annotations

from collections.abc import Callable

from firmware_bridge import watchdog
from firmware_bridge.listen.events import Told


class Telling:
    """Passes events on until one cannot be told; that error waits until the result is safe.

    `kept` says that the result goes to a place besides the one where events are told.
    """

    def __init__(self, tell: Callable[[Told], None], kept: bool) -> None:
        self.error: Exception | None = None
        self._tell, self._kept = tell, kept

    def __call__(self, told: Told) -> None:
        """Tell it, as long as that works; the supervisor learns in any case that work goes on."""
        if self.error is None:
            try:
                self._tell(told)
            except Exception as error:
                self.error = error
        watchdog.still_alive()

    @property
    def is_over(self) -> bool:
        """Nobody wants the rest: who read the events has gone, or they were all there is."""
        if self.error is None:
            return False
        return not self._kept or isinstance(self.error.__context__, BrokenPipeError)
