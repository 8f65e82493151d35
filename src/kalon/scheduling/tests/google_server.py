"""A fake of Google's token and calendar services that speaks their protocol, for tests.

Tokens: a JWT bearer grant, whose signature is checked with the service account's public key. Calendar v3: events
insert (409 where the id exists), update (404 where it does not) and delete (410 once gone).
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


@dataclass
class Google:
    """What the fake holds and heard."""

    url: str = ""
    credentials: str = ""
    calendars: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # what to answer instead, once each
    shared: set[str] = field(default_factory=set)


@contextmanager
def google(folder: Path) -> Iterator[Google]:
    """The services on the loopback, and a service account's key file that names them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    fake = Google()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

        def answer(self, status: int, body: dict[str, Any] | None = None) -> None:
            data = json.dumps(body or {}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def read(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def serve(self) -> None:
            path = urlsplit(self.path).path
            if path == "/token":
                self.give_token(parse_qs(self.read().decode()))
                return
            body = json.loads(self.read() or b"{}")
            fake.asked.append((self.command, path))
            if self.headers.get("Authorization") != "Bearer good":
                self.answer(401)
                return
            if fake.answers:
                self.answer(fake.answers.pop(0))
                return
            _, _, _, address, _, *rest = path.strip("/").split("/")
            address = unquote(address)
            if address not in fake.shared:
                self.answer(403)
                return
            self.answer(*self.kept(fake.calendars.setdefault(address, {}), rest[0] if rest else "", body))

        def kept(self, events: dict[str, Any], key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            match self.command:
                case "POST":
                    if body["id"] in events:
                        return 409, {}
                    events[body["id"]] = body
                case "PUT":
                    if key not in events:
                        return 404, {}
                    events[key] = body
                case "DELETE":
                    if events.pop(key, None) is None:
                        return 410, {}
            return 200, body

        def give_token(self, form: dict[str, list[str]]) -> None:
            head, claims, signature = form["assertion"][0].split(".")
            raw = base64.urlsafe_b64decode(signature + "==")
            key.public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
            scope = json.loads(base64.urlsafe_b64decode(claims + "=="))["scope"]
            assert scope == "https://www.googleapis.com/auth/calendar.events"
            self.answer(200, {"access_token": "good", "expires_in": 3600, "token_type": "Bearer"})

        do_POST = do_PUT = do_DELETE = serve  # noqa: N815  (the names that the library calls)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    file = folder / "service-account.json"
    file.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "kalon@clinic.example",
                "private_key_id": "1",
                "private_key": pem,
                "token_uri": f"{fake.url}/token",
            }
        )
    )
    fake.credentials = str(file)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
