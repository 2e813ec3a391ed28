"""Sounds to play and a page of pictures of what the simulator makes.

python examples/simulator_gallery.py FOLDER

FOLDER gets one 16-bit 44.1 kHz WAV for each quality class, as loud as its peak allows (silence as
it is), and gallery.png. All of it is simulated.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import count

import numpy as np
import soundfile
from gallery_page import draw_page, first_window
from numpy.typing import NDArray

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.simulate.files import at_rate
from fetal_hemo.simulate.quality import MAKERS
from fetal_hemo.simulate.quality_runs import EDGE_S, SHARE
from fetal_hemo.simulate.recording import Recording, simulate_recording
from fetal_hemo.simulate.streams import Purpose, stream
from firmware_bridge.store import make_folder, write_atomically

SEED, MINUTES = 3, 2.0
WINDOWS = 2  # 7.5 s of one class, less its blurred edges
PLAYED_HZ, PEAK, PAUSE_S = 44_100, 0.8, 0.3
AUDIBLE = 1e-3  # fainter peaks are silence and stay so

Sound = NDArray[np.float32]


def main() -> None:
    folder = make_folder(sys.argv[1])
    made = recordings()
    first = next(m for m in made if first_window(m) is not None)
    sounds = {**from_recordings(first, made), **from_windows()}
    for name, sound in sounds.items():
        write_atomically(folder / f"{name}.wav", wav(sound))
    write_atomically(folder / "gallery.png", draw_page(first, sounds))
    print(f"{len(sounds)} sounds and gallery.png, simulated: {folder}")


def recordings() -> Iterator[Recording]:
    """First visits of one woman after another."""
    for woman in count():
        yield simulate_recording(SEED, woman, 0, MINUTES)


def from_recordings(first: Recording, others: Iterator[Recording]) -> dict[str, Sound]:
    """A stretch of each class that cohorts hold, out of as many recordings as it takes."""
    edge = int(EDGE_S * SAMPLE_RATE_HZ)
    length = WINDOWS * WINDOW_SAMPLES - 2 * edge
    sounds: dict[str, Sound] = {}
    made = first
    while len(sounds) < len(SHARE):
        for name in set(SHARE) - set(sounds):
            own = made.quality == QUALITY_CLASSES.index(name)
            starts = np.flatnonzero(own[:-1] & own[1:])
            if len(starts):
                worst = int(
                    starts[made.snr_db[starts].argmin()]
                )  # a poor one that is heard as such
                sounds[name] = made.samples[worst * WINDOW_SAMPLES + edge :][:length]
        made = next(others)
    return {name: sounds[name] for name in SHARE}


def from_windows() -> dict[str, Sound]:
    """Two windows, from two units, of each class that only the quality head's food holds."""
    pause = np.zeros(int(PAUSE_S * SAMPLE_RATE_HZ), np.float32)
    sounds = {}
    for name in [n for n in QUALITY_CLASSES if n not in SHARE]:
        rngs = [stream(SEED, Purpose.QUALITY_WINDOW, index) for index in range(WINDOWS)]
        parts = [loud(MAKERS[name](rng)) for rng in rngs]
        sounds[name] = np.concatenate([parts[0], pause, parts[1]])
    return sounds


def loud(sound: Sound) -> Sound:
    """The sound with its peak at `PEAK`; silence as it is."""
    centred = sound - np.float32(sound.mean())
    peak = float(np.abs(centred).max())
    return centred * np.float32(PEAK / peak) if peak > AUDIBLE else centred


def wav(sound: Sound) -> bytes:
    """A 16-bit WAV file that every player takes."""
    file = io.BytesIO()
    soundfile.write(file, loud(at_rate(sound, PLAYED_HZ)), PLAYED_HZ, "PCM_16", format="WAV")
    return file.getvalue()


if __name__ == "__main__":
    main()
