"""Whatever is in the file: recordings or a one-line error with a code, nothing else."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.manifest import parse_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording

SOUND = (
    b"recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg,parity\r\n"
    b"r1,w1,v1,audio/r1.flac,200,110,70,1\r\n"
    b"r2,w2,v2,audio/r2.flac,210.5,150,95,0\r\n"
)
CELL = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(["", '"', "..", "/x", "=1+1", "1e999", "0x10", "²", "\ufeff", "a/./b"]),
)


def read(content: bytes) -> list[Recording] | None:
    """The recordings, or None after a refusal that is one line."""
    try:
        return parse_manifest(content, "manifest.csv")
    except FetalHemoError as error:
        refusal = error
    assert refusal.code == "E-MANIFEST"
    assert len(refusal.line().splitlines()) == 1
    assert len(refusal.line()) < 400
    return None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b'"' * 200_000)
def test_any_bytes(content: bytes) -> None:
    assert read(content) is None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(max_size=4), st.integers(0, 6))
def test_a_sound_manifest_with_some_bytes_replaced(at: int, new: bytes, lost: int) -> None:
    recordings = read(SOUND[:at] + new + SOUND[at + lost :])
    for recording in recordings or []:
        check_sound(recording)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(KNOWN_COLUMNS), CELL), st.sampled_from(",;\t"))
def test_any_cells_under_the_right_columns(cells: dict[str, str], delimiter: str) -> None:
    sound = {"recording_id": "r", "participant_id": "w", "visit_id": "v", "path": "r.flac"}
    values = dict.fromkeys(KNOWN_COLUMNS, "") | sound | cells
    quoted = ['"' + value.replace('"', '""') + '"' for value in values.values()]
    content = "\n".join([delimiter.join(values), delimiter.join(quoted)])
    for recording in read(content.encode("utf-8", "surrogatepass")) or []:
        check_sound(recording)


def check_sound(recording: Recording) -> None:
    """What every accepted row promises to the rest of the code."""
    for name in ("recording_id", "participant_id", "visit_id"):
        value = getattr(recording, name)
        assert value
        assert value == value.strip()
        assert not set('/\\\0\n:"') & set(value)
    assert ".." not in recording.path.split("/")
    assert not recording.path.startswith("/")
    sbp, dbp = recording.sbp_mmhg, recording.dbp_mmhg
    assert (sbp is None) == (dbp is None)
    assert sbp is None or dbp is None or 30 <= dbp < sbp <= 280
    age = recording.gestational_age_days
    assert age is None or 70 <= age <= 310
    assert recording.parity is None or 0 <= recording.parity <= 25
