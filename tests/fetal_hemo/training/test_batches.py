"""Which visits and windows stand together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch

from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.batches import balanced_draws, draws, load_batch, shuffled
from fetal_hemo.training.survey import Visit, survey


def visit(woman: int, number: int, label: int) -> Visit:
    recording = Recording(f"R{woman}-{number}", f"W{woman}", f"V{woman}-{number}", "x.flac")
    return Visit(recording, label, (0, 1), 0, 0, 2, (1.0, 0.0, 0.0, 0.0, 0.0), None, None, None)


def drawn() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_a_woman_stands_in_a_batch_once() -> None:
    visits = [visit(woman, number, 0) for woman in range(12) for number in range(3)]
    for chosen in balanced_draws(visits, 8, drawn()):
        women = [v.recording.participant_id for v in chosen]
        assert len(women) == len(set(women)) == 8


def test_a_woman_comes_with_several_visits_where_pairs_of_hers_are_wanted() -> None:
    visits = [visit(woman, number, 0) for woman in range(12) for number in range(3)]
    for chosen in balanced_draws(visits, 8, drawn(), per_woman=2):
        found = Counter(v.recording.participant_id for v in chosen)
        assert list(found.values()) == [2, 2, 2, 2]
        assert len({v.recording.visit_id for v in chosen}) == 8


@pytest.mark.parametrize("per_woman", [1, 2, 3])
def test_a_list_is_the_first_women_of_the_whole_order(per_woman: int) -> None:
    visits = [visit(number * number % 17, number, number % 4) for number in range(60)]
    weight = torch.rand(60, generator=drawn()) + 0.1
    again = drawn()
    for chosen in draws(visits, 8, drawn(), per_woman, weight):
        order = torch.multinomial(weight, 60, generator=again).tolist()
        hers: dict[str, list[Visit]] = {}
        for index in order:
            hers.setdefault(visits[index].recording.participant_id, []).append(visits[index])
        assert chosen == [one for some in hers.values() for one in some[:per_woman]][:8]


def test_rare_classes_are_drawn_more_often_than_they_occur() -> None:
    visits = [visit(woman, 0, 3 if woman < 10 else 0) for woman in range(1_000)]
    found: Counter[int] = Counter()
    generator = drawn()
    for _ in range(4):
        for chosen in balanced_draws(visits, 16, generator):
            found.update(v.label for v in chosen)
    # Weights 1/sqrt(10) x 10 against 1/sqrt(990) x 990: 9.1 % instead of 1 %.
    share = found[3] / sum(found.values())
    assert 0.05 < share < 0.13


def test_shuffled_gives_every_visit_once_and_no_batch_of_one() -> None:
    for count in (2, 7, 8, 9, 16, 17):
        visits = [visit(woman, 0, 0) for woman in range(count)]
        lists = list(shuffled(visits, 8, drawn()))
        names = [v.recording.recording_id for chosen in lists for v in chosen]
        assert sorted(names) == sorted(v.recording.recording_id for v in visits)
        assert min(len(chosen) for chosen in lists) > 1


def test_windows_are_usable_ones_in_order_of_time(surveyed) -> None:
    cohort, found = surveyed
    batch = load_batch(cohort, found.visits[:3], 4, drawn())
    assert batch.samples.shape == (3, 4, 15_000)
    for row, chosen in enumerate(found.visits[:3]):
        starts = batch.start_s[row].tolist()
        assert starts == sorted(starts)
        assert {start / 3.75 for start in starts} <= set(chosen.usable)


def test_a_bad_file_is_listed_and_passed_over(cohort: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "cohort"
    shutil.copytree(cohort, copy)
    opened = open_cohort(copy)
    bad = opened.audio_path(opened.recordings[0])
    bad.write_bytes(bad.read_bytes()[:1_000])
    found = survey(opened, opened.recordings[:4], load_recipe())
    assert len(found.visits) + len(found.passed_over) == 4
    assert any(line.startswith("row 2: E-") for line in found.passed_over)
