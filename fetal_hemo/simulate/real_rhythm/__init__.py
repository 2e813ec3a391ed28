"""Beat clocks from real rhythms: the statistics of life, the sound of the simulator."""

from fetal_hemo.simulate.real_rhythm.borrow import Borrowed, borrow, entry_of, usable
from fetal_hemo.simulate.real_rhythm.clock import real_clock
from fetal_hemo.simulate.real_rhythm.entry import Entry
from fetal_hemo.simulate.real_rhythm.rhythms import (
    LibraryAt,
    RhythmLibrary,
    open_rhythm_library,
)
from fetal_hemo.simulate.real_rhythm.series import Series
from fetal_hemo.simulate.real_rhythm.stretch import Stretch, choose_stretch

__all__ = [
    "Borrowed",
    "Entry",
    "LibraryAt",
    "RhythmLibrary",
    "Series",
    "Stretch",
    "borrow",
    "choose_stretch",
    "entry_of",
    "open_rhythm_library",
    "real_clock",
    "usable",
]
