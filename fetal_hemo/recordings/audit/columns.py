"""What is known of visits beside the fetus: columns of the manifest, facts of the audio."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from fetal_hemo.recordings.audit.facts import AudioFacts
from fetal_hemo.recordings.cells import NUMBER
from fetal_hemo.recordings.recording import Recording

MANY_NUMBERS = 10  # an unknown column with more different numbers is a measure, not a name
MOST_LEVELS = 100
CLINICAL = ("gestational_age_days", "maternal_age_years", "bmi_kg_m2", "parity")
PLACES = ("device_id", "site_id")

AUDIO_NUMBERS: Mapping[str, Callable[[AudioFacts], float]] = {
    "duration": lambda facts: facts.duration_s,
    "level": lambda facts: facts.level_dbfs,
    "bandwidth": lambda facts: facts.bandwidth_hz,
    "share of clipping": lambda facts: facts.clipped_share,
    "share of silence": lambda facts: facts.dead_share,
}
AUDIO_TEXTS: Mapping[str, Callable[[AudioFacts], str]] = {
    "file type": lambda facts: facts.file_type,
    "source sample rate": lambda facts: str(facts.source_rate_hz),
    "band limit": lambda facts: f"{facts.band_limit_hz:g}",
    "number of channels": lambda facts: str(facts.channels),
}


@dataclass
class Columns:
    """By column and visit: the commonest text, or the median number, of the visit's recordings."""

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)


def collect_columns(recordings: Sequence[Recording], facts: Mapping[int, AudioFacts]) -> Columns:
    """The `Columns` of recordings with what is known of their audio by row.

    Left out: what the label is made of, the clinical columns (but for whether they are empty), and
    columns that name a woman, a visit or a recording.
    """
    found = Columns()
    for column in PLACES:
        _add(found, column, [(r, getattr(r, column)) for r in recordings])
    for column in dict.fromkeys(name for r in recordings for name in r.extra):
        _add(found, column, [(r, r.extra.get(column)) for r in recordings])
    for column in (*CLINICAL, *PLACES):
        empty = [(r, str(getattr(r, column) is None)) for r in recordings]
        _add_texts(found, f"missing {column}", empty)
    heard = [(r, facts[r.row]) for r in recordings if r.row in facts]
    for name, text_of in AUDIO_TEXTS.items():
        _add_texts(found, name, [(r, text_of(its)) for r, its in heard])
    for name, number_of in AUDIO_NUMBERS.items():
        _add_numbers(found, name, [(r, number_of(its)) for r, its in heard])
    return found


def collect_clinical(recordings: Sequence[Recording]) -> Columns:
    """Gestational age, age, BMI and parity: no shortcuts, but what a model has to beat."""
    found = Columns()
    for column in CLINICAL:
        cells = [(r, getattr(r, column)) for r in recordings]
        _add_numbers(found, column, [(r, float(cell)) for r, cell in cells if cell is not None])
    return found


def _add(found: Columns, name: str, cells: Iterable[tuple[Recording, str | None]]) -> None:
    """A column of text: numbers if all are and many differ, else names."""
    filled = [(r, cell) for r, cell in cells if cell]
    numbers = all(NUMBER.fullmatch(cell) for _, cell in filled)
    if numbers and len({cell for _, cell in filled}) > MANY_NUMBERS:
        _add_numbers(found, name, [(r, float(cell)) for r, cell in filled])
    else:
        _add_texts(found, name, filled)


def _add_texts(found: Columns, name: str, cells: Sequence[tuple[Recording, str]]) -> None:
    women = {r.participant_id for r, _ in cells}
    if 2 <= len({text for _, text in cells}) <= min(MOST_LEVELS, len(women) // 2):
        texts: dict[str, list[str]] = defaultdict(list)
        for recording, text in cells:
            texts[recording.visit_id].append(text)
        found.texts[name] = {
            visit: Counter(sorted(its)).most_common(1)[0][0] for visit, its in texts.items()
        }


def _add_numbers(found: Columns, name: str, cells: Sequence[tuple[Recording, float]]) -> None:
    if len({number for _, number in cells}) > 1:
        numbers: dict[str, list[float]] = defaultdict(list)
        for recording, number in cells:
            numbers[recording.visit_id].append(number)
        found.numbers[name] = {visit: median(its) for visit, its in numbers.items()}
