"""One bundle that is not what was signed: refused before onnxruntime sees a byte, and quickly."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import NamedTuple

import onnxruntime

from firmware_bridge.bundle import MEMBERS, open_bundle
from firmware_bridge.errors import EXIT_BUNDLE, FetalHemoError
from firmware_bridge.screen import Screener
from firmware_bridge.stored_zip import pack, unpack
from firmware_bridge.trust import trusted_keys
from tests.torture.apart import largest_mib
from tests.torture.damage import damaged, flipped

MOST_S, MOST_MIB = 0.05, 100
BUSY_TRIES = 5  # of processor time: a busy machine slows one of them, not every one


class Prepared(NamedTuple):
    folder: Path
    whole: bytes
    members: dict[str, bytes]
    older: dict[str, bytes]  # of a release that the same key signed


def prepare(folder: Path) -> Prepared:
    """Bundles, which the test has put there; from now on a session is an error."""

    def no_session(*_: object, **__: object) -> None:
        raise AssertionError("a session was made from a bundle that is not verified")

    whole, older = ((folder / name).read_bytes() for name in ("new.fhb", "old.fhb"))
    open_bundle(folder / "new.fhb", trusted_keys([folder / "signer.pub"]))  # warms what it imports
    onnxruntime.InferenceSession = no_session
    return Prepared(folder, whole, unpack(whole, MEMBERS), unpack(older, MEMBERS))


def one(prepared: Prepared, draw: random.Random) -> str:
    """The code of the refusal."""
    kind = draw.choice((flip, any_damage, member_flip, add, remove, reorder, rename, mix))
    path = prepared.folder / "a.fhb"
    path.write_bytes(kind(prepared, draw))
    seconds = []
    for _ in range(BUSY_TRIES):
        before, started = largest_mib(), time.process_time()
        code = refusal(path, prepared.folder / "signer.pub")
        seconds.append(time.process_time() - started)
        assert largest_mib() - before < MOST_MIB
        if seconds[-1] < MOST_S:
            return code
    raise AssertionError(f"refused after {min(seconds):.3f} s")


def refusal(path: Path, key: Path) -> str:
    """The code with which a bundle is refused; anything else is an error."""
    found = None
    try:
        Screener.load(path, [key])
    except FetalHemoError as error:
        found = error.with_traceback(None)  # or it would keep the bundle
    assert found is not None, "accepted"
    assert found.exit_status == EXIT_BUNDLE, found.code
    assert "\n" not in found.line()
    return found.code


def flip(prepared: Prepared, draw: random.Random) -> bytes:
    """Any one bit of the file."""
    return flipped(prepared.whole, draw)


def any_damage(prepared: Prepared, draw: random.Random) -> bytes:
    """Cut, lengthened, overwritten."""
    data = damaged(prepared.whole, draw)
    return data if data != prepared.whole else data + b"x"


def member_flip(prepared: Prepared, draw: random.Random) -> bytes:
    """One bit of a member, with the checksums of the zip made to fit."""
    name = draw.choice(MEMBERS)
    return pack({**prepared.members, name: flipped(prepared.members[name], draw)})


def add(prepared: Prepared, draw: random.Random) -> bytes:
    """A member more, anywhere."""
    items = list(prepared.members.items())
    items.insert(draw.randrange(len(items) + 1), (f"m{draw.randrange(999)}", draw.randbytes(9)))
    return pack(dict(items))


def remove(prepared: Prepared, draw: random.Random) -> bytes:
    """A member less, or an empty one."""
    name = draw.choice(MEMBERS)
    if draw.random() < 0.5 and prepared.members[name]:
        return pack({**prepared.members, name: b""})
    return pack({key: data for key, data in prepared.members.items() if key != name})


def reorder(prepared: Prepared, draw: random.Random) -> bytes:
    """Two members have changed places."""
    names = list(MEMBERS)
    first, second = draw.sample(range(len(names)), 2)
    names[first], names[second] = names[second], names[first]
    return pack({name: prepared.members[name] for name in names})


def rename(prepared: Prepared, draw: random.Random) -> bytes:
    """A member under another name."""
    name = draw.choice(MEMBERS)
    new = draw.choice((name.upper(), f"../{name}", f"/{name}", f"{name}\x00", f"./{name}"))
    return pack({new if key == name else key: d for key, d in prepared.members.items()})


def mix(prepared: Prepared, draw: random.Random) -> bytes:
    """Some members of an older release under the newer manifest, or the other way round."""
    different = [n for n in MEMBERS if prepared.older[n] != prepared.members[n]]
    taken = draw.sample(different, draw.randint(1, len(different) - 1))
    return pack({n: (prepared.older if n in taken else prepared.members)[n] for n in MEMBERS})
