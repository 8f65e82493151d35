"""The providers, as far as we speak with them: small HTTP servers of a test, after each one's own documentation.

Twilio Messages resource (POST and GET /2010-04-01/Accounts/{sid}/Messages.json), Meta Cloud API
(POST /v{n}/{phone id}/messages), Postmark (POST /email) and a push service (POST, RFC 8030; the body is decrypted as
the browser would, RFC 8291). `answers` are given before the usual one, one for each request.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HANG_UP = "hang up"  # take it, and never answer


@dataclass
class Request:
    """What was asked of a provider."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Provider:
    """A provider under test: where it is, what it was asked, and what it answers next."""

    usual: Callable[["Provider", Request], Answer]
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer | str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> Answer | str:
        with self.lock:
            self.requests.append(request)
            planned = self.answers.pop(0) if self.answers else None
            if isinstance(planned, Answer):
                return planned
            usual = self.usual(self, request)
            return planned or usual


@contextmanager
def running(usual: Callable[[Provider, Request], Answer]) -> Iterator[Provider]:
    """The provider, on a free port of this machine, for the length of a block."""
    provider = Provider(usual)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._handle()

        def do_GET(self) -> None:
            self._handle()

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = provider.answer(Request(self.command, self.path, dict(self.headers.items()), body))
            if isinstance(answer, str):
                self.close_connection = True
                self.connection.close()
                return
            content = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


# -- Twilio

ACCOUNT, TOKEN = "AC" + "0" * 32, "twilio-token-of-a-test"


def twilio(provider: Provider, request: Request) -> Answer:
    """Takes messages, and lists them newest first."""
    expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    if request.headers.get("Authorization") != expected:
        return Answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
    assert urlsplit(request.path).path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    if request.method == "GET":
        rows = [row for row in reversed(provider.taken) if row["to"] == request.query.get("To")]
        return Answer(200, {"messages": rows, "next_page_uri": None, "page": 0, "page_size": 50})
    form = request.form
    now = datetime.now(UTC)
    row = {
        "sid": f"SM{len(provider.taken):032d}",
        "to": form["To"],
        "from": form["From"],
        "body": form["Body"],
        "status": "queued",
        "date_created": format_datetime(now),
        "date_sent": None,
        "date_updated": format_datetime(now),
        "num_segments": "1",
        "num_media": "0",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "uri": "",
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "subresource_uris": {},
    }
    provider.taken.append(row)
    return Answer(201, row)


def twilio_error(status: int, code: int, **headers: str) -> Answer:
    return Answer(status, {"code": code, "message": "No.", "more_info": "", "status": status}, headers)


# -- Meta

PHONE_ID, META_TOKEN, APP_SECRET, VERIFY = "1000200030004000", "meta-token", "app-secret-of-a-test", "verify-me"


def meta(provider: Provider, request: Request) -> Answer:
    """Takes templates and plain words."""
    if request.headers.get("Authorization") != f"Bearer {META_TOKEN}":
        return meta_error(401, 190)
    assert request.path.endswith(f"/{PHONE_ID}/messages")
    said = request.json
    assert said["messaging_product"] == "whatsapp"
    provider.taken.append(said)
    wamid = f"wamid.{len(provider.taken):06d}"
    return Answer(
        200,
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": said["to"], "wa_id": said["to"]}],
            "messages": [{"id": wamid}],
        },
    )


def meta_error(status: int, code: int, **headers: str) -> Answer:
    error = {"message": f"(#{code}) No.", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Answer(status, {"error": {**error, "error_data": {"messaging_product": "whatsapp"}}}, headers)


# -- a mail service (Postmark's words)


def postmark(provider: Provider, request: Request) -> Answer:
    if request.headers.get("X-Postmark-Server-Token") != "postmark-token":
        return Answer(401, {"ErrorCode": 10, "Message": "No token."})
    assert request.path == "/email"
    said = request.json
    provider.taken.append(said)
    done = {"To": said["To"], "SubmittedAt": "2026-11-21T08:00:00Z", "ErrorCode": 0, "Message": "OK"}
    return Answer(200, {**done, "MessageID": f"pm-{len(provider.taken)}"})


# -- a push service and the browser behind it


@dataclass
class Browser:
    """A browser that asked for notifications: it alone can read them."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    @property
    def p256dh(self) -> str:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    @property
    def auth(self) -> str:
        return base64.urlsafe_b64encode(self.secret).decode().rstrip("=")

    def read(self, request: Request) -> Any:
        """The notification, decrypted as RFC 8291 says."""
        assert request.headers["content-encoding"] == "aes128gcm"
        return json.loads(http_ece.decrypt(request.body, private_key=self.private, auth_secret=self.secret))


def push_service(provider: Provider, request: Request) -> Answer:
    assert int(request.headers["ttl"]) >= 0
    provider.taken.append({"path": request.path})
    return Answer(201, None, {"Location": f"{provider.url}/message/{len(provider.taken)}"})


def claims(token: str, key: str) -> dict[str, Any]:
    """What a VAPID token says, once its signature is checked against the key (RFC 8292)."""
    head, body, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(pair, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said
