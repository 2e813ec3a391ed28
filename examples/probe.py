"""A sound file as a probe on a serial port: what a probe sends, without a probe.

    python examples/probe.py recording.wav        names a port, and plays on it again and again
    fetal-hemo listen --source serial:THAT_PORT

`--lose 0.01` throws one frame in a hundred away, as a bad cable does.
"""

from __future__ import annotations

import argparse
import os
import random
import time

import numpy as np

from firmware_bridge.audio import read_audio
from firmware_bridge.constants import SAMPLE_RATE_HZ
from firmware_bridge.link.frames import Header, encode_header, encode_samples

FRAME = 100  # samples, 25 ms
LOUDEST = 30_000.0  # level is no feature, clipping is


def play(path: str, lose: float, port: int) -> None:
    """Send the file's sound at the pace of its samples, until somebody interrupts."""
    audio = read_audio(path)
    pcm = np.rint(audio.samples * (LOUDEST / np.abs(audio.samples).max())).astype(np.int16)
    header = Header(random.randrange(2**16), SAMPLE_RATE_HZ, 0.0, FRAME)
    started, number = time.monotonic(), 0
    while True:
        for start in range(0, len(pcm) - FRAME + 1, FRAME):
            if number % (SAMPLE_RATE_HZ // FRAME) == 0:
                os.write(port, encode_header(header))
            if random.random() >= lose:
                os.write(port, encode_samples(number, pcm[start : start + FRAME]))
            number += 1
            time.sleep(max(0.0, started + number * FRAME / SAMPLE_RATE_HZ - time.monotonic()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--lose", type=float, default=0.0, metavar="SHARE")
    args = parser.parse_args()
    master, slave = os.openpty()
    print(os.ttyname(slave), flush=True)
    play(args.file, args.lose, master)
