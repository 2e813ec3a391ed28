"""What shared sound means, by whose it is and in which folds."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from fetal_hemo.progress import silent
from fetal_hemo.recordings.audit.audio_check import check_audio
from fetal_hemo.recordings.audit.sharing import Shared, find_shared, sharing_findings
from fetal_hemo.recordings.audit.twins import Twin
from fetal_hemo.recordings.recording import Recording

TWIN = Twin(0, 1, 1.3, 13.7, -12.04, True, 0.97)


@pytest.mark.parametrize(
    ("second", "relation", "level", "ending"),
    [
        (("a", "a1"), "visit", "warning", "of the same visit"),
        (("a", "a2"), "woman", "defect", "at another visit of the woman"),
        (("b", "b1"), "women", "defect", "of another participant"),
    ],
)
def test_whose_it_is_decides(recording, second, relation: str, level: str, ending: str) -> None:
    pair = Shared(recording(2, "a", "a1"), recording(7, *second), TWIN)
    assert pair.relation == relation
    (finding,) = sharing_findings([pair], {})
    assert (finding.level, finding.topic) == (level, "shared audio")
    assert finding.text == (
        "row 7: the same sound (13.7 s in common, shifted by 1.30 s, -12.0 dB, inverted) as row 2, "
        + ending
    )


def test_equal_bytes_are_called_the_same_audio(recording) -> None:
    pair = Shared(recording(2, "a", "a1"), recording(7, "b", "b1"), None)
    (finding,) = sharing_findings([pair], {"a": "train", "b": "train"})
    assert finding.text == "row 7: the same audio as row 2, of another participant"


def test_another_fold_is_named(recording) -> None:
    pair = Shared(recording(2, "a", "a1"), recording(7, "b", "b1"), None)
    (finding,) = sharing_findings([pair], {"a": "train", "b": "test"})
    assert finding.text.endswith("of another participant and in another fold (test, train)")


def test_equal_files_and_disguised_ones_are_found_in_a_folder(
    simulated: Path, tmp_path: Path, recording
) -> None:
    first, second = sorted((simulated / "audio").iterdir())[:2]
    (tmp_path / "audio").mkdir()
    x, rate = soundfile.read(first)
    (tmp_path / "audio" / "r2.flac").write_bytes(first.read_bytes())
    (tmp_path / "audio" / "r3.flac").write_bytes(second.read_bytes())
    (tmp_path / "audio" / "r4.flac").write_bytes(first.read_bytes())
    soundfile.write(tmp_path / "audio" / "r5.flac", -x, rate)
    (tmp_path / "audio" / "r6.flac").write_bytes(b"no audio")
    rows: list[Recording] = [recording(row) for row in range(2, 7)]
    audio = check_audio(tmp_path, rows, silent)
    found = find_shared(tmp_path, rows, audio, silent)
    assert [(p.first.row, p.second.row, p.twin is None) for p in found] == [
        (2, 4, True),
        (2, 5, False),
    ]
