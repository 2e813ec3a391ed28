"""No bundle but the one that was signed is used, and no signed one that may do harm."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest

from firmware_bridge.bundle import MEMBERS
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.graph_check import check_graph
from firmware_bridge.screen import Screener
from firmware_bridge.stored_zip import pack, unpack
from tests.torture.apart import run_apart
from tests.torture.damage import damaged
from tests.torture.hostile_graphs import (
    GRAPH,
    KINDS,
    field,
    hide_domain,
    in_fields,
    structure_damaged,
    taken_apart,
)
from tests.torture.programme import ONLY, Programme, tries

GRAPHS = ("window.onnx", "recording.onnx")


@tries(1_000, 50_000)
def test_tampered(tries: int, signed: Any, release: Callable[[int], Path], tmp_path: Path) -> None:
    (tmp_path / "new.fhb").write_bytes(release(2).read_bytes())
    (tmp_path / "old.fhb").write_bytes(release(1).read_bytes())
    (tmp_path / "signer.pub").write_bytes(signed.public_key.read_bytes())
    with Programme("bundle tamper", seed=21, tries=tries) as programme:
        run_apart(programme, "tests.torture.bundle_tries", tmp_path)
        assert programme.happened.keys() >= {"E-BUNDLE-FORMAT", "E-BUNDLE-HASH"}


@pytest.fixture
def members(signed: Any) -> dict[str, bytes]:
    return unpack(signed.path.read_bytes(), MEMBERS)


@pytest.fixture
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        pytest.fail("a session was made")

    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)


def signed_with(signed: Any, members: dict[str, bytes], name: str, graph: bytes) -> bytes:
    """A bundle in which one graph is another, signed by the trusted key."""
    manifest = json.loads(members["manifest.json"])
    manifest["members"][name] = {"sha256": hashlib.sha256(graph).hexdigest(), "bytes": len(graph)}
    text = json.dumps(manifest).encode()
    signature = signed.private_key.sign(text)
    return pack({**members, name: graph, "manifest.json": text, "signature": signature})


def code_of(signed: Any, data: bytes, path: Path) -> tuple[str, float]:
    """The code with which the bundle is refused, and the least of three processor times."""
    path.write_bytes(data)
    times = []
    for _ in range(3):
        started = time.process_time()
        with pytest.raises(FetalHemoError) as caught:
            Screener.load(path, [signed.public_key])
        times.append(time.process_time() - started)
    return f"{caught.value.code}: {caught.value.what}", min(times)


@tries(22, 220)
@pytest.mark.usefixtures("no_session")
def test_signed_but_hostile(
    tries: int, signed: Any, members: dict[str, bytes], tmp_path: Path
) -> None:
    with Programme("hostile graph", seed=22, tries=tries) as programme:
        for draw in programme:
            kind = KINDS[programme.number % len(KINDS)]
            name = draw.choice(GRAPHS)
            model = onnx.load_from_string(members[name])
            kind(model, draw)
            data = signed_with(signed, members, name, model.SerializeToString())
            refused, seconds = code_of(signed, data, tmp_path / "a.fhb")
            assert refused.startswith(f"E-BUNDLE-FORMAT: {name} "), kind.__name__
            assert seconds < 0.05, kind.__name__
            programme.largest("longest_s", seconds)
            programme.count(kind.__name__)


@pytest.mark.usefixtures("no_session")
def test_a_domain_cannot_hide_behind_a_wire_type(
    signed: Any, members: dict[str, bytes], tmp_path: Path
) -> None:
    graph = hide_domain(members["recording.onnx"])
    assert onnx.load_from_string(graph).graph.node[-1].domain == "evil"
    data = signed_with(signed, members, "recording.onnx", graph)
    refused, _ = code_of(signed, data, tmp_path / "a.fhb")
    assert (
        refused == "E-BUNDLE-FORMAT: recording.onnx holds field 7 of a node, which no model "
        "of ours needs"
    )


@tries(1_000, 20_000)
def test_any_bytes_are_checked_without_an_error_of_ours(
    tries: int, members: dict[str, bytes]
) -> None:
    whole = members["recording.onnx"]
    head, nodes, rest = taken_apart(whole)
    check_graph(head + field(GRAPH, in_fields(nodes) + rest), "recording.onnx", "here")
    refusals = set[str]()
    with Programme("graph fuzz", seed=23, tries=tries) as programme:
        for draw in programme:
            # most of a graph are weights, so half of the damage is to its nodes alone
            structure = draw.random() < 0.5
            if structure:
                graph = head + field(GRAPH, structure_damaged(nodes, draw) + rest)
            else:
                graph = damaged(whole, draw)
            half = "structure" if structure else "any byte"
            try:
                check_graph(graph, "recording.onnx", "here")
            except FetalHemoError as error:
                programme.count(f"{half}: refused")
                if structure:
                    refusals.add(re.sub(r"[0-9]+|'.*'", "#", error.what))
            else:
                programme.count(f"{half}: of the allowed kind")
        programme.facts["kinds_of_refusal"] = len(refusals)
        assert ONLY is not None or len(refusals) > 5, refusals
