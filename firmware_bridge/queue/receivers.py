"""Where results are handed over to: a folder, or a FHIR server. Silence is never a confirmation."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.lock import only_one
from firmware_bridge.queue.record import Record
from firmware_bridge.store import PRIVATE, drop_unfinished, make_folder, write_atomically

FHIR_JSON = "application/fhir+json"
MAX_ANSWER_BYTES = 2**20
TIMEOUT_S = 30.0
OTHERS = 0o077


class NotConfirmed(Exception):
    """The receiver has not said that it holds the result; the text says what happened."""

    def __init__(self, what: str, again: bool, reached: bool = True) -> None:
        super().__init__(what)
        self.again = again  # the same may succeed soon
        self.reached = reached  # there is a receiver


class Receiver(Protocol):
    """Takes one record; returns only when it is certain that the receiver holds it."""

    def take(self, record: Record) -> None:
        """Hand over; raises `NotConfirmed`, or `FetalHemoError` E-STORAGE."""


@contextmanager
def receiver(
    to: str, token_file: str | None = None, plain_http: bool = False
) -> Iterator[Receiver]:
    """The receiver that `to` names: a folder, or the base of a FHIR server.

    Raises `FetalHemoError` E-USAGE, E-KEY for the token, E-STORAGE for the folder.
    """
    if "://" not in to:
        with only_one(make_folder(to), "writing into this folder"):
            drop_unfinished(to)
            yield FolderReceiver(to)
        return
    parts = _parts(to)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        what, fix = "not a folder, http:// or https://", "name one"
        raise FetalHemoError("E-USAGE", what, to, fix)
    if parts.scheme == "http" and not plain_http and not _is_this_machine(parts.hostname):
        what, fix = "results would travel unencrypted", "use https, or allow it with --plain-http"
        raise FetalHemoError("E-USAGE", what, to, fix)
    yield FhirServer(to, _token(token_file))


def _parts(to: str) -> urllib.parse.SplitResult | None:
    """The parts of an address; None where it is none."""
    if not to.isascii() or any(sign.isspace() for sign in to):
        return None
    try:
        parts = urllib.parse.urlsplit(to)
        (parts.hostname or "").encode("idna")  # as it will be looked up
        return parts if parts.port != 0 else None
    except ValueError:  # of brackets, of a port that is no number, of a label that is empty
        return None


class FolderReceiver:
    """One file for each transaction, named by its id; there whole or not at all."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def take(self, record: Record) -> None:
        """Write the file and sync it; the same record again gives the same file."""
        write_atomically(self._folder / f"{record.id}.json", body(record), PRIVATE)


class FhirServer:
    """POSTs each transaction to the base of a FHIR R4B server and reads its whole answer."""

    def __init__(self, base: str, token: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self._base, self._timeout_s = base, timeout_s
        self._headers = {"Content-Type": FHIR_JSON, "Accept": FHIR_JSON}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if _is_this_machine(urllib.parse.urlsplit(base).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))  # it would leave the machine, in clear
        self._opener = urllib.request.build_opener(*handlers)

    def take(self, record: Record) -> None:
        """Post; confirmed only by a transaction-response that answers every entry with 2xx."""
        data = body(record)
        request = urllib.request.Request(self._base, data, self._headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                found = answer.read(MAX_ANSWER_BYTES)
                if answer.length:  # the connection ended before the answer did
                    raise NotConfirmed("half an answer", again=True)
        except urllib.error.HTTPError as error:
            again = error.code >= 500 or error.code in (408, 409, 425, 429)
            raise NotConfirmed(f"answer {error.code}", again) from None
        except http.client.IncompleteRead:
            raise NotConfirmed("half an answer", again=True) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            what = f"no answer ({type(reason).__name__})"
            hung_up = isinstance(error, http.client.HTTPException)  # there was somebody
            raise NotConfirmed(what, again=True, reached=hung_up) from None
        _require_confirmation(found, len(record.transaction()["entry"]))


def body(record: Record) -> bytes:
    """The transaction as JSON, the same bytes each time."""
    return json.dumps(record.transaction(), indent=1, allow_nan=False).encode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST arrives as a GET, and its 200 would look like a confirmation."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Never; the answer is then an HTTPError."""
        return


def _require_confirmation(answer: bytes, entries: int) -> None:
    """A 200 may come from a hotel's login page: only FHIR's own answer counts."""
    try:
        found = json.loads(answer)
        statuses = [str(entry["response"]["status"]) for entry in found["entry"]]
        kind = (found["resourceType"], found["type"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotConfirmed("an answer that is no FHIR", again=True) from None
    good = [status for status in statuses if status.startswith("2")]
    if kind != ("Bundle", "transaction-response") or len(good) < max(entries, len(statuses)):
        raise NotConfirmed(f"{len(good)} of {entries} entries accepted", again=True)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            mode, text = os.fstat(file.fileno()).st_mode, file.read(8_192).decode("ascii").strip()
    except (OSError, ValueError):
        raise FetalHemoError("E-KEY", "the token cannot be read", path) from None
    if mode & OTHERS or not text or not text.isprintable():
        what = "the token must be one line that only its owner can read"
        raise FetalHemoError("E-KEY", what, path, "chmod 600")
    return text
