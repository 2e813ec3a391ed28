"""What the front end hears of a recording, computed once and kept as float16 in a folder.

About 60 kB a window. Only for stages that do not augment the sound. A file is named after the
audio's bytes, the channel and the code of decoder and front end, so that it never goes stale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.training.batches import EVERY, Batch, Chosen, choose, without_samples
from fetal_hemo.training.code_hash import code_sha256
from fetal_hemo.training.survey import Visit, blocks
from firmware_bridge.store import PRIVATE, make_folder, write_atomically

Fields = dict[str, Tensor]


class KeptSignals:
    """Batches with signals of a cohort's recordings; without a folder they are heard each time.

    Both ways give the same bits: a recording is always heard whole, in blocks, and rounded.
    """

    def __init__(self, cohort: Cohort, folder: Path | None) -> None:
        self.cohort = cohort
        self.folder = None if folder is None else make_folder(folder)
        self.front_end = FrontEnd().eval()
        self.files: dict[tuple[str, int], Path] = {}

    def load(self, chosen: Chosen, mine: slice = EVERY) -> Batch:
        """The `Batch` with the `Signals` of the windows of its visits that are `mine`."""
        pairs = list(zip(chosen.visits[mine], chosen.windows[mine], strict=True))
        if not pairs:  # more processes than visits: shapes with no window in them
            pairs = [(chosen.visits[0], [])]
        parts = [self._windows(visit, windows) for visit, windows in pairs]
        joined = {n: torch.cat([part[n] for part in parts]).float() for n in Signals._fields}
        return without_samples(chosen, mine)._replace(signals=Signals(**joined))

    def keep(self, visits: Iterable[Visit]) -> None:
        """Hear what was not heard before, so that no batch waits for it."""
        for visit in visits:
            self.load(choose([visit], 1, None))

    def _windows(self, visit: Visit, windows: list[int]) -> Fields:
        if self.folder is None:
            return self._heard(visit, windows)
        with safe_open(str(self._file(visit, self.folder)), framework="pt") as file:
            slices = {name: file.get_slice(name) for name in Signals._fields}
            return {
                n: torch.cat([s[:0], *(s[w : w + 1] for w in windows)]) for n, s in slices.items()
            }

    def _heard(self, visit: Visit, windows: list[int]) -> Fields:
        """The same without a folder."""
        return {name: field[windows] for name, field in self._hear(visit).items()}

    def _file(self, visit: Visit, folder: Path) -> Path:
        """The recording's file, made if it is missing."""
        known = (visit.recording.recording_id, visit.channel)
        if known not in self.files:
            audio = self.cohort.audio_path(visit.recording).read_bytes()
            key = f"{hashlib.sha256(audio).hexdigest()}/{visit.channel}/{code_sha256()}"
            name = hashlib.sha256(key.encode()).hexdigest()[:32]
            path = folder / f"{name}.safetensors"
            if not path.exists():
                write_atomically(path, save(self._hear(visit)), PRIVATE)
            self.files[known] = path
        return self.files[known]

    @torch.no_grad()
    def _hear(self, visit: Visit) -> Fields:
        """All windows of a recording; numbers stay float32, pictures and curves become float16."""
        path = self.cohort.audio_path(visit.recording)
        parts = [
            self.front_end.for_encoders(block) for block in blocks(_windows_of(path, visit.channel))
        ]
        joined = Signals(*(torch.cat(part) for part in zip(*parts, strict=True)))
        return {n: f.half() if f.dim() > 1 else f for n, f in joined._asdict().items()}


def _windows_of(path: Path, channel: int) -> np.ndarray:
    return windows_of(load_samples(path, channel))
