"""A FHIR server as it looks through a bad line: drops, duplicates, half answers, 500s.

    python fhir_server.py SEED GOOD_SHARE

Prints its port. It applies transactions to a store of its own; GET / gives that store, how often
each behaviour was shown, and each resource's number of updates.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

STORE: dict[str, Any] = {}
UPDATES: Counter[str] = Counter()
SHOWN: Counter[str] = Counter()
EARLIER: list[dict[str, Any]] = []
MISBEHAVIOURS = (
    *("drop before", "drop after", "drop in the headers", "twice", "late duplicate"),
    *("half answer", "half chunk", "500 before", "500 after", "503"),
    *("login page", "not JSON", "redirect", "one entry refused", "no entries"),
)
DRAW = random.Random(int(sys.argv[1]))
GOOD = float(sys.argv[2])


def apply(transaction: dict[str, Any]) -> None:
    """All entries or none, as a server does."""
    assert (transaction["resourceType"], transaction["type"]) == ("Bundle", "transaction")
    known = {entry["fullUrl"] for entry in transaction["entry"]}
    for entry in transaction["entry"]:
        resource, request = entry["resource"], entry["request"]
        assert request["method"] == "PUT"
        assert request["url"] == f"{resource['resourceType']}/{resource['id']}"
        assert all(target["reference"] in known for target in resource.get("target", []))
    for entry in transaction["entry"]:
        STORE[entry["request"]["url"]] = entry["resource"]
        UPDATES[entry["request"]["url"]] += 1


def answer(transaction: dict[str, Any]) -> dict[str, Any]:
    entries = [{"response": {"status": "200 OK"}} for _ in transaction["entry"]]
    return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        SHOWN["GET"] += 1
        found = {"store": STORE, "shown": SHOWN, "updates": UPDATES}
        self.reply(200, json.dumps(found).encode())

    def do_POST(self) -> None:
        transaction = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = DRAW.random() < GOOD
        behaviour = "good" if good else DRAW.choice(MISBEHAVIOURS)
        SHOWN[behaviour] += 1
        if behaviour in ("good", "drop after", "half answer", "half chunk", "500 after", "twice"):
            apply(transaction)
            EARLIER.append(transaction)
        said = json.dumps(answer(transaction)).encode()
        self.close_connection = behaviour != "good"
        self.misbehave(behaviour, transaction, said)

    def misbehave(self, behaviour: str, transaction: dict[str, Any], said: bytes) -> None:
        if behaviour == "twice":
            apply(transaction)
        if behaviour == "late duplicate":
            apply(transaction)
            if EARLIER:  # of an older one, which comes once more and out of order
                apply(DRAW.choice(EARLIER))
        if behaviour in ("good", "twice", "late duplicate"):
            self.reply(200, said)
        elif behaviour == "drop in the headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
        elif behaviour == "half answer":
            self.reply(200, said[: len(said) // 2], promised=len(said))
        elif behaviour == "half chunk":
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            self.wfile.write(head + b"%x\r\n" % len(said) + said[:20])
        elif behaviour.startswith("50"):
            self.reply(int(behaviour[:3]), b"{}")
        elif behaviour == "login page":
            self.reply(200, b"<html>please log in</html>")
        elif behaviour == "not JSON":
            self.reply(200, b"\xff\xfe{")
        elif behaviour == "redirect":
            self.reply(302, b"", location=f"http://127.0.0.1:{PORT}/elsewhere")
        elif behaviour == "one entry refused":
            found = answer(transaction)
            found["entry"][0]["response"]["status"] = "412 Precondition Failed"
            self.reply(200, json.dumps(found).encode())
        elif behaviour == "no entries":
            self.reply(200, json.dumps({**answer(transaction), "entry": []}).encode())

    def reply(self, status: int, said: bytes, promised: int = -1, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(said) if promised < 0 else promised))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(said)


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Handler)
    PORT = server.server_port
    print(PORT, flush=True)
    end = time.monotonic() + 600
    server.timeout = 1
    while time.monotonic() < end:
        server.handle_request()
