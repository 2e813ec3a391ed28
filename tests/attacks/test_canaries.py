"""200 canaries in names, tags, chunks and cells of a cohort: none comes through `deid`."""

from __future__ import annotations

import base64
import csv
import gzip
import html
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import save

from tests.attacks.canaries import Planted, chunk, found, run, with_raw_blocks

CANARIES = 200
RATE, SECONDS = 4_000, 8
TAGS = ("title", "artist", "comment", "album", "date", "genre", "tracknumber")
MORE_TAGS = ("copyright", "software")  # which the MP3 encoder does not write
CHUNKS = (b"bext", b"iXML", b"id3 ", b"axml", b"DISP", b"JUNK", b"cart", b"LIST", b"zzzz")
KINDS = ("wav", "flac", "ogg", "mp3")
BAD = ("missing", "text", "truncated", "link")
ROWS = len(KINDS) * 2 + len(BAD)


def sound(seed: int) -> np.ndarray:
    """Something with a beat of 140 a minute."""
    time = np.arange(RATE * SECONDS) / RATE
    beat = 0.1 + np.maximum(np.sin(2 * np.pi * 140 / 60 * time), 0) ** 4
    noise = np.random.default_rng(seed).standard_normal(len(time))
    return 0.1 * beat * np.convolve(noise, np.hanning(12) * np.cos(np.arange(12)), "same")


def write_tagged(path: Path, kind: str, seed: int, tags: dict[str, str]) -> None:
    subtypes = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}
    rate = 16_000 if kind == "mp3" else RATE
    samples = np.repeat(sound(seed), rate // RATE)
    with soundfile.SoundFile(path, "w", rate, 1, subtypes[kind], format=kind.upper()) as file:
        for tag, text in tags.items():
            setattr(file, tag, text)
        file.write(samples)


def write_raw_tags(path: Path, kind: str, seed: int, planted: Planted) -> None:
    """The same sound with tags as bytes, among them kinds that no library would write."""
    write_tagged(path, kind, seed, {})
    data = path.read_bytes()
    if kind == "wav":
        chunks = b"".join(chunk(name, planted.new().encode()) for name in CHUNKS)
        body = data[12:] + chunks + chunk(b"cue ", planted.new().encode("utf-16-le"))
        data = b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body
        data += planted.new().encode()  # behind the end
    elif kind == "flac":
        data = with_raw_blocks(data, planted)
    elif kind == "mp3":
        frame = b"\1\xff\xfe" + planted.new().encode("utf-16-le")
        text = b"TPE1" + struct.pack(">I", len(frame)) + b"\0\0" + frame
        data = b"ID3\3\0\0\0\0" + bytes([len(text) >> 7, len(text) & 127]) + text + data
        data += b"TAG" + planted.new().encode("latin-1").ljust(125, b"\0")
    path.write_bytes(data)


def write_bad(path: Path, bad: str, planted: Planted) -> None:
    if bad == "text":
        path.write_text(planted.new())
    elif bad == "truncated":
        write_tagged(path, "wav", 9, {})
        path.write_bytes(path.read_bytes()[:9_000])
    elif bad == "link":
        outside = planted.folder.parent / "outside.wav"
        write_tagged(outside, "wav", 9, {})
        path.symlink_to(outside)


def audio_files(planted: Planted) -> Iterator[str]:
    for number in range(ROWS):
        folder = planted.folder / planted.new()
        folder.mkdir()
        name = planted.new()
        if number < len(KINDS):
            kind = KINDS[number]
            path = folder / f"{name}.{kind}"
            tags = TAGS if kind == "mp3" else TAGS + MORE_TAGS
            write_tagged(path, kind, number, {tag: planted.new() for tag in tags})
        elif number < 2 * len(KINDS):
            path = folder / f"{name}.{KINDS[number - len(KINDS)]}"
            write_raw_tags(path, KINDS[number - len(KINDS)], number, planted)
        else:
            path = folder / f"{name}.wav"
            write_bad(path, BAD[number - 2 * len(KINDS)], planted)
        yield path.relative_to(planted.folder).as_posix()


def row(path: str, number: int, column: str, planted: Planted) -> dict[str, str]:
    return {
        "recording_id": planted.new(),
        "participant_id": planted.new("Mrs {} Xiloquetzal"),
        "visit_id": planted.new("1987-03-12 {}xil"),
        "path": path,
        "gestational_age_days": "210." + planted.new("7{}531246"),
        "sbp_mmhg": "121",
        "dbp_mmhg": "81",
        "bmi_kg_m2": "24." + planted.new("9{}531246"),
        "device_id": planted.new("device of {}quetz"),
        "site_id": planted.new("+502 5555 {}77"),
        "ward": str(number % 2),
        column: planted.new('line one\nline "two"; {}tlaloc'),
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    planted = Planted(tmp_path_factory.mktemp("here"))
    planted.folder /= planted.new()
    planted.folder.mkdir()
    column = planted.new()
    rows = [row(p, n, column, planted) for n, p in enumerate(audio_files(planted))]
    (planted.folder / "cohort.json").write_text(json.dumps({"made by": planted.new()}))
    for name in ("PATIENT", "LOGNAME", "TITLE", "FETAL_HEMO_DATA"):
        planted.environment[name] = planted.new()
    for number in range(CANARIES - len(planted.canaries)):
        rows[number % ROWS][f"free {number // ROWS}"] = planted.new("tlalocan {} 电话")
    with (planted.folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        columns = {name: None for one in rows for name in one}
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    assert len(planted.canaries) == len(set(planted.canaries)) == CANARIES
    return planted


def test_the_search_finds_every_canary_in_the_source(planted: Planted) -> None:
    environment = "\n".join(planted.environment.values()).encode()
    listed = (planted.folder / "manifest.csv").read_text(encoding="utf-8").replace('""', '"')
    assert found(planted, planted.folder, environment, listed.encode()) == set(planted.canaries)


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "latin-1"])
def test_the_search_finds_other_spellings(planted: Planted, code: str) -> None:
    canary = planted.canaries[0]
    assert found(planted, b"\1" + canary.upper().encode(code) + b"\2") == {canary}
    assert found(planted, b"\1" + canary[1:].encode(code)) == set()


def member(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", data)
    return file.getvalue()


def picture(data: bytes) -> bytes:
    """The head of a PNG file with a compressed text."""
    text = b"zTXtTitle\0\0" + zlib.compress(data)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(text) - 4) + text + b"IEND"


def page(data: bytes) -> bytes:
    return b'<img src="data:image/png;base64,' + base64.b64encode(data) + b'">'


def tensors(data: bytes) -> bytes:
    return save({"x": np.zeros(3)}, {"note": data.decode()})


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "member": member,
    "member of a member": lambda data: b"MZ" + member(b"head" + member(data)),
    "gzip": lambda data: b"log: " + gzip.compress(data),
    "zlib": lambda data: b"\0" + zlib.compress(data, 9) + b"tail",
    "picture in a page": lambda data: page(picture(data)),
    "lines of base64": lambda data: base64.encodebytes(b"v" * 70 + data),
    "archive in a page": lambda data: b"a" + page(member(data)),
    "safetensors": tensors,
    "page": lambda data: html.escape(data.decode()).encode("ascii", "xmlcharrefreplace"),
    "UTF-16": lambda data: data.decode().encode("utf-16-be"),
    "escapes of JSON": lambda data: json.dumps({data.decode(): 1}).encode(),
}


@pytest.mark.parametrize("how", PACKED)
def test_the_search_unpacks(planted: Planted, how: str) -> None:
    canary = planted.canaries[0]
    assert found(planted, PACKED[how](f"said by {canary} today, at length".encode())) == {canary}
    assert found(planted, PACKED[how](b"said by nobody today, at length and in peace")) == set()


def test_no_canary_comes_through(planted: Planted, tmp_path: Path) -> None:
    new, key, fhir = tmp_path / "new", tmp_path / "key.csv", tmp_path / "fhir"
    places = ("--out", new, "--key", key)
    wishes = ("--keep-column", "ward", "--silence-speech")
    copied = run(planted, "deid", planted.folder, *places, *wishes, "--json")
    audio = sorted((new / "audio").iterdir())
    runs = [
        copied,
        run(planted, "deid", planted.folder, "--scan", "--json"),
        run(planted, "deid", planted.folder, "--scan"),
        run(planted, "check", new, "--json"),
        run(planted, "screen", *audio, "--json", "--fhir", fhir),
    ]
    assert copied.returncode == 7
    outcome = json.loads(copied.stdout)
    assert outcome["recordings"] == len(audio) == 2 * len(KINDS)
    assert [failure["row"] for failure in outcome["failures"]] == [10, 11, 12, 13]
    assert copied.stderr.count(b"left out") == len(BAD)
    assert runs[1].returncode == 3
    assert {"WAV bext", "FLAC comments", "OGG comments", "ID3v2", "ID3v1"} <= set(
        json.loads(runs[1].stdout)["tags"]
    )
    assert len(list(fhir.iterdir())) == len(audio)
    outputs = [stream for one in runs for stream in (one.stdout, one.stderr)]
    assert found(planted, new, fhir, *outputs) == set()
    # The key is the one place that may know, and it knows every recording that was copied.
    assert len(found(planted, key.read_bytes())) > 5 * len(audio)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fhir", "key.csv", "new"]


def test_refusals_quote_nothing(planted: Planted, tmp_path: Path) -> None:
    manifest = (planted.folder / "manifest.csv").read_text(encoding="utf-8")
    lines = list(csv.reader(manifest.splitlines(keepends=True)))
    new, key = tmp_path / "new", tmp_path / "key.csv"
    broken = {
        "cell": manifest.replace(",121,", f",{planted.canaries[-1]},", 1),
        "header": manifest.replace("ward", lines[0][-1], 1),  # a name that stands twice
        "column": manifest.replace("sbp_mmhg", planted.canaries[0], 1),
        "quote": manifest + f'"{planted.canaries[0]}" x',
    }
    calls: list[tuple[object, ...]] = [
        (planted.folder, "--out", new, "--key", planted.folder / "key.csv"),
        (planted.folder, "--out", planted.folder / "new", "--key", key),
        (planted.folder, "--out", new, "--key", key, "--keep-column", planted.canaries[1]),
        (planted.folder / planted.canaries[0], "--out", new, "--key", key),
        *((planted.folder, "--out", new, "--key", key, "--keep-column", n) for n in lines[0][-2:]),
    ]
    for name, text in broken.items():
        cohort = tmp_path / name
        cohort.mkdir()
        (cohort / "manifest.csv").write_text(text, encoding="utf-8")
        calls.append((cohort, "--out", new, "--key", key))
    for call in calls:
        done = run(planted, "deid", *call)
        assert (done.returncode in (2, 3), done.stdout) == (True, b""), (call, done.stderr)
        assert done.stderr.count(b"\n") == 1
        assert done.stderr.startswith(b"E-")
        assert found(planted, done.stderr) == set()
        assert not new.exists()
        assert not key.exists()
