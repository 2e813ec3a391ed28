"""Metadata blocks read and left out; a decoder still takes what is left."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid.flac_blocks import (
    COMMENTS,
    STREAM_INFO,
    comment_block,
    comments,
    copy_bare,
    flac_blocks,
)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_16", format="FLAC") as file:
        file.title = "Mrs Brown"
        file.write(np.random.default_rng(0).normal(0, 0.1, 30_000))
    return path


@pytest.mark.parametrize("comment", ["", "band_limit_hz=500"])
def test_a_bare_copy_has_the_sound_and_the_comment_only(tagged: Path, comment: str) -> None:
    bare = tagged.with_name("b.flac")
    copy_bare(tagged, bare, comment)
    with bare.open("rb") as file:
        kinds = [block.kind for block in flac_blocks(file)]
    assert kinds == ([STREAM_INFO, COMMENTS] if comment else [STREAM_INFO])
    assert b"Brown" in tagged.read_bytes()
    assert b"Brown" not in bare.read_bytes()
    with soundfile.SoundFile(tagged) as old, soundfile.SoundFile(bare) as new:
        assert (old.title, new.title, new.comment) == ("Mrs Brown", "", comment)
        assert np.array_equal(old.read(dtype="int16"), new.read(dtype="int16"))
        assert new.seek(20_000) == 20_000


def test_comments_are_read_as_far_as_they_go() -> None:
    body = comment_block("TITLE=a")
    assert comments(body) == [b"TITLE=a"]
    assert comments(b"") == comments(body[:5]) == comments(b"\xff" * 8) == []
    assert comments(b"\0\0\0\0\xff\xff\xff\xff\1\0\0\0x") == [b"x"]


@pytest.mark.parametrize("data", [b"", b"RIFF", b"fLaC", b"fLaC\x84\xff\xff\xff", b"fLaC\0\0\0"])
def test_what_is_no_flac_has_few_blocks(data: bytes) -> None:
    assert len(list(flac_blocks(io.BytesIO(data)))) <= 1
