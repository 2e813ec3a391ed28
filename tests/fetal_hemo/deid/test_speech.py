"""From window probabilities to stretches of speech, and real sound as a witness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.deid.speech import (
    PERHAPS,
    SURE,
    Span,
    SpeechFinder,
    piece_edges,
    spoken_spans,
    window_starts,
)

from .conftest import with_speech


@pytest.mark.parametrize("samples", [15_000, 15_001, 30_000, 41_234])
def test_windows_and_pieces_cover_every_sample(samples: int) -> None:
    starts, edges = window_starts(samples), piece_edges(samples)
    assert starts[-1] + 15_000 == samples
    assert (edges[0], edges[-1]) == (0, samples)
    # An oracle sample by sample: the windows around it change at edges only.
    around = [frozenset(starts[(starts <= at) & (at < starts + 15_000)]) for at in range(samples)]
    changes = [at for at in range(1, samples) if around[at] != around[at - 1]]
    assert set(changes) <= set(edges.tolist())
    assert all(around)


def test_a_stretch_reaches_as_far_as_speech_is_possible_around_what_is_sure() -> None:
    edges = np.arange(9) * 4_000
    sure, perhaps, no = SURE, PERHAPS, PERHAPS - 0.01
    probability = np.array([no, perhaps, sure, perhaps, no, perhaps, no, sure])
    assert spoken_spans(probability, edges) == (Span(1.0, 4.0), Span(7.0, 8.0))
    assert spoken_spans(np.zeros(8), edges) == ()
    assert spoken_spans(np.ones(8), edges) == (Span(0.0, 8.0),)


def test_talking_is_likelier_where_somebody_talks(finder: SpeechFinder) -> None:
    samples = with_speech(40, 15, 25).astype(np.float32)
    edges = piece_edges(len(samples))
    probability = finder.probability(samples, edges)
    middle = (edges[:-1] + edges[1:]) / 2 / 4_000
    assert probability[(middle > 17) & (middle < 23)].min() > SURE
    assert probability[(middle < 11) | (middle > 29)].max() < PERHAPS


def test_the_real_clip_of_talking_is_speech_and_the_good_one_is_not(
    data_dir: Path, finder: SpeechFinder
) -> None:
    assert finder.find(data_dir / "doppler" / "quality_talking.wav") == (Span(0.0, 3.75),)
    assert finder.find(data_dir / "doppler" / "quality_good.wav") == ()
