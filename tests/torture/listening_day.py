"""A process that listens to one probe after another, as a device does all day.

    python -m tests.torture.listening_day BUNDLE SESSIONS SECONDS SEED

Each session has a pseudo-terminal of its own, on which a probe sends link frames in pieces of any
size, as fast as they are taken. Prints one JSON line a session: what was heard, how long it took,
and the memory and descriptors after it.
"""

from __future__ import annotations

import array
import fcntl
import hashlib
import json
import os
import random
import sys
import termios
import threading
import time
from typing import Any

import numpy as np
import soxr

from fetal_hemo.simulate.recording import simulate_recording
from firmware_bridge.constants import SAMPLE_RATE_HZ
from firmware_bridge.link.frames import Header, encode_stream
from firmware_bridge.link.serial_port import open_port
from firmware_bridge.listen.enough import Limits
from firmware_bridge.listen.events import Ended, Signal, Told, WindowDone
from firmware_bridge.listen.session import Session
from firmware_bridge.listen.sources.probe import ProbeSource
from firmware_bridge.screen import Screener
from tests.torture.held import held

RATES = (4_000, 8_000, 4_000)  # of the sounds, which take turns
FRAME = 100
SEED, LOUDEST = 90, 30_000
LARGEST_PIECE = 5_000  # bytes, a little more than a terminal holds
LOOK_S, LOOKS = 0.02, 3


def heart(rate_hz: int, seconds: float, number: int) -> np.ndarray:
    """`(time,)` int16 of a simulated visit, through all that a minute of listening brings."""
    samples = simulate_recording(SEED, number, 0, minutes=seconds / 60).samples
    played = soxr.resample(samples, SAMPLE_RATE_HZ, rate_hz)
    return (played * (LOUDEST / np.abs(played).max())).astype(np.int16)


def probe(wire: bytes, draw: random.Random) -> tuple[str, threading.Thread]:
    """The port of a probe that sends `wire`, and the thread that does, and then pulls it out."""
    master, slave = os.openpty()

    def send() -> None:
        at = 0
        while at < len(wire):
            at += os.write(master, wire[at : at + draw.randint(1, LARGEST_PIECE)])
        quiet = 0
        while quiet < LOOKS:  # what is not yet read would be lost with the port
            quiet = 0 if unread(slave) else quiet + 1
            time.sleep(LOOK_S)
        os.close(slave)
        os.close(master)

    return os.ttyname(slave), threading.Thread(target=send, daemon=True)


def unread(terminal: int) -> int:
    """Bytes that wait to be read there."""
    count = array.array("i", [0])
    fcntl.ioctl(terminal, termios.FIONREAD, count)
    return count[0]


class Clock:
    """Takes the events of a session: are their times those of the samples, and what is said?"""

    def __init__(self) -> None:
        self.said = hashlib.sha256()
        self.signals, self.windows, self.wrong, self.ended_s = 0, 0, 0, 0.0

    def tell(self, told: Told) -> None:
        """One event. Feedback is due each quarter second from 3.75 s on, a window each 3.75 s."""
        if isinstance(told, Signal):
            self.wrong += told.time_s != 3.75 + 0.25 * self.signals
            self.signals += 1
            said: tuple[object, ...] = (told.quality_probability, told.heart_rate_bpm)
        elif isinstance(told, WindowDone):
            self.windows += 1
            self.wrong += told.time_s != 3.75 * self.windows
            said = (told.probability, told.reasons, told.good_signal_s, told.sentence)
        elif isinstance(told, Ended):
            self.ended_s, said = told.time_s, (told.why, told.counters)
        else:
            return
        self.said.update(repr(said).encode())


def listen(screener: Screener, wire: bytes, seconds: float, draw: random.Random) -> dict[str, Any]:
    """One session, from the port's opening to its result."""
    port, sending = probe(wire, draw)
    source, clock = ProbeSource("serial", open_port(port), port), Clock()
    started = time.perf_counter()
    sending.start()
    result = Session(screener, source, clock.tell, Limits(2 * seconds, until_steady=False)).run()
    lasted = time.perf_counter() - started
    sending.join()
    found = {**result.to_json(), "timing_s": 0}
    clock.said.update(json.dumps(found).encode())
    counted = {"signals": clock.signals, "windows": clock.windows, "wrong_times": clock.wrong}
    said = {"outcome": found["outcome"], "heard_s": clock.ended_s, "bits": clock.said.hexdigest()}
    return {**said, **counted, "lasted_s": round(lasted, 3)}


def main(bundle: str, sessions: int, seconds: float, seed: int) -> None:
    screener, draw, wires = Screener.load(bundle, ()), random.Random(seed), []
    for number, rate in enumerate(RATES):
        samples = heart(rate, seconds, number)
        wires.append(b"".join(encode_stream(Header(number, rate, 12.0, FRAME), samples)))
    for number in range(sessions):
        sound = number % len(RATES)
        found = listen(screener, wires[sound], seconds, draw)
        print(json.dumps({"sound": sound, **found, **held()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
