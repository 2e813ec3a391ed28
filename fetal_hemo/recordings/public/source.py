"""Where the records of CTU-UHB come from: a local folder, or PhysioNet by `wfdb`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cells import Refused, identifier

DATABASE = "ctu-uhb-db/1.0.0"  # on PhysioNet
RATE_HZ = 4
SIGNAL, UNIT = "FHR", "bpm"
LONGEST_S = 4 * 3_600  # the longest record lasts 90 min


@dataclass(frozen=True)
class Record:
    """Fetal heart rate `(time,)` in bpm at 4 Hz, NaN while lost, and the header's comments."""

    bpm: np.ndarray
    comments: Sequence[str]


@dataclass(frozen=True)
class Source:
    """Records in `folder`, or on PhysioNet if it is None."""

    folder: Path | None = None

    def names(self) -> list[str]:
        """The names of all records, also of those listed in `RECORDS` and absent, sorted.

        Raises E-NOT-FOUND without any, E-NETWORK where PhysioNet cannot be reached.
        """
        listed = self._listed() if self.folder is None else _in_folder(self.folder)
        if not listed:
            fix = "give the folder that holds the .hea and .dat files"
            raise FetalHemoError("E-NOT-FOUND", "no WFDB records there", self._where, fix)
        return sorted(listed)

    def read(self, name: str) -> Record:
        """One record. Raises E-NOT-FOUND, E-DAMAGED or E-NETWORK."""
        import wfdb

        try:
            identifier(name)
            place, remote = self._place(name)
            header = wfdb.rdheader(place, pn_dir=remote)
            channel = _channel(header, name)
            record = wfdb.rdrecord(place, pn_dir=remote, channels=[channel])
        except FileNotFoundError:
            raise FetalHemoError("E-NOT-FOUND", "its .hea or .dat is missing", name) from None
        except OSError as error:
            raise self._unreadable(name, error) from None
        except Exception as error:
            # A broken header makes wfdb raise whatever the line it stumbles over raises.
            what = str(error) if isinstance(error, Refused) else "not a WFDB record that wfdb reads"
            raise FetalHemoError("E-DAMAGED", what, name) from None
        return Record(_with_loss(record.p_signal[:, 0]), tuple(header.comments))

    def _listed(self) -> set[str]:
        import wfdb

        try:
            return {name.strip() for name in wfdb.get_record_list(DATABASE)} - {""}
        except (OSError, ValueError) as error:
            raise _no_network(error) from None

    def _place(self, name: str) -> tuple[str, str | None]:
        """The two ways in which wfdb wants a record named."""
        return (name, DATABASE) if self.folder is None else (str(self.folder / name), None)

    def _unreadable(self, name: str, error: OSError) -> FetalHemoError:
        if self.folder is None:
            return _no_network(error)
        return FetalHemoError("E-DAMAGED", f"cannot be read ({error.strerror})", name)

    @property
    def _where(self) -> str:
        return f"PhysioNet {DATABASE}" if self.folder is None else str(self.folder)


def _in_folder(folder: Path) -> set[str]:
    names = {path.stem for path in folder.glob("*.hea")}
    if (folder / "RECORDS").is_file():
        text = (folder / "RECORDS").read_text(encoding="ascii", errors="replace")
        names |= {line.strip() for line in text.splitlines()}
    return names - {""}


def _channel(header: Any, name: str) -> int:
    """Which signal is the heart rate; refuses what a record of this data set never is."""
    if SIGNAL not in (header.sig_name or []):
        raise Refused(f"has no signal {SIGNAL}")
    channel = header.sig_name.index(SIGNAL)
    if header.fs != RATE_HZ or header.units[channel] != UNIT:
        raise Refused(f"{SIGNAL} is not in {UNIT} at {RATE_HZ} Hz")
    if not 0 < header.sig_len <= LONGEST_S * RATE_HZ:
        raise Refused("lasts nothing, or longer than four hours")
    # A header names its own data file; one elsewhere on this machine is none of its business.
    if set(header.file_name) != {f"{name}.dat"}:
        raise Refused("names a data file that is not its own")
    return channel


def _with_loss(bpm: np.ndarray) -> np.ndarray:
    """The rate with NaN where the source has a zero: the device's mark for a lost signal."""
    rate = bpm.astype(np.float32)
    return np.where(rate > 0, rate, np.float32(np.nan))


def _no_network(error: Exception) -> FetalHemoError:
    what = f"PhysioNet cannot be reached ({type(error).__name__})"
    fix = "run it again to go on, or give --from and a folder with the records"
    return FetalHemoError("E-NETWORK", what, DATABASE, fix)
