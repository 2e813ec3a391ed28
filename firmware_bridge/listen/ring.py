"""Bytes from one producer to one consumer: no lock, no wait, no memory that is asked for later."""

from __future__ import annotations


class Ring:
    """A ring of bytes. One thread calls `room`, `commit` and `write`, another one `take`.

    Each counter has one writer and only grows, and it is moved after the bytes are in place; so a
    look at the other side's counter is at worst a little old, never wrong.
    """

    def __init__(self, capacity: int) -> None:
        self._memory = memoryview(bytearray(capacity))
        self._capacity = capacity
        self.written = 0  # bytes ever, moved by the producer alone
        self.taken = 0  # moved by the consumer alone

    @property
    def free(self) -> int:
        """Bytes that fit now; the producer's view, so it is never too large."""
        return self._capacity - (self.written - self.taken)

    @property
    def waiting(self) -> int:
        """Bytes that can be taken now; the consumer's view."""
        return self.written - self.taken

    def room(self) -> list[memoryview]:
        """The free bytes in one or two parts, for `os.readv`; none when the ring is full."""
        free = self.free
        at = self.written % self._capacity
        parts = (self._memory[at : at + free], self._memory[: max(0, at + free - self._capacity)])
        return [part for part in parts if len(part)]

    def commit(self, count: int) -> None:
        """The first `count` bytes of `room()` have been filled."""
        self.written += count

    def write(self, data: bytes | bytearray | memoryview) -> bool:
        """Put all bytes in, or none when they do not fit."""
        if len(data) > self.free:
            return False
        done = 0
        for part in self.room():
            count = min(len(part), len(data) - done)
            part[:count] = data[done : done + count]
            done += count
        self.commit(len(data))
        return True

    def take(self, most: int | None = None) -> bytes:
        """The bytes that are there, oldest first, at most `most`; the consumer's copy."""
        count = self.waiting if most is None else min(self.waiting, most)
        at = self.taken % self._capacity
        ahead = bytes(self._memory[at : at + count])
        data = ahead + bytes(self._memory[: count - len(ahead)])
        self.taken += count
        return data
