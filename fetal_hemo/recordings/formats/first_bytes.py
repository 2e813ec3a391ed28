"""The first bytes of a file -> whether it is sound, and whether the device could read it."""

from __future__ import annotations

ENOUGH = 16  # bytes
FORMS = {b"RIFF": b"WAVE", b"RF64": b"WAVE"}
STARTS = (b"fLaC", b"OggS", b"ID3")
MPEG_SYNC, MPEG_LAYER = 0xE0, 0x06  # bits of the second byte of a frame; the first is all ones
LAYERS_2_AND_3 = (0x04, 0x02)  # a frame of none is AAC; the first is what a UTF-16 text looks like
UNUSED_RATES = (0xF0, 0x0C)  # bits of the third byte that are not all set in a frame
OTHER_STARTS = (
    *(b"caff", b".snd", b"riff", b"RIFX", b"#!AMR", b"Creative Voice"),
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    *(b"\xff\xf1", b"\xff\xf9"),  # AAC
)
BRANDS = (b"M4", b"mp4", b"iso", b"3g", b"qt")  # of MP4; photographs have others


def is_device_sound(first: bytes) -> bool:
    """Whether a file that begins so is WAV, FLAC, OGG or MP3, which the device reads."""
    form = FORMS.get(first[:4])
    return first.startswith(STARTS) or (form is not None and first[8:12] == form) or _mpeg(first)


def is_other_sound(first: bytes) -> bool:
    """Whether a file that begins so is sound of a kind that must be converted first."""
    aiff = first[:4] == b"FORM" and first[8:12] in (b"AIFF", b"AIFC")
    mp4 = first[4:8] == b"ftyp" and first[8:12].startswith(BRANDS)
    return first.startswith(OTHER_STARTS) or aiff or mp4


def _mpeg(first: bytes) -> bool:
    """Whether an MPEG audio frame of layer 2 or 3 begins here."""
    if len(first) < 3 or first[0] != 0xFF or first[1] & MPEG_SYNC != MPEG_SYNC:
        return False
    layer = first[1] & MPEG_LAYER
    return layer in LAYERS_2_AND_3 and all(first[2] & bits != bits for bits in UNUSED_RATES)
