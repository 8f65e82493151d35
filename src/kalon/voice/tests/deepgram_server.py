"""Deepgram as a local server: it speaks what its documents say of POST /v1/listen, and can misbehave.

Source: developers.deepgram.com, "Pre-recorded audio", "Speaker diarization", "Errors"; read 2026-11.
"""

import io
import json
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "dg_0123456789abcdef"
MODELS = {"nova-3", "nova-3-medical", "nova-2", "nova-2-medical"}
MOST_TOKENS = 500


@dataclass
class Deepgram:
    """What it was sent, and how it misbehaves: a status, an answer of its own, or seconds that it waits."""

    asked: list[dict[str, list[str]]] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    status: int = 200
    instead: Any = None
    waits: float = 0.0
    url: str = ""

    def answer(self, authorization: str, kind: str, query: dict[str, list[str]], content: bytes) -> tuple[int, Any]:
        self.asked.append(query)
        self.sounds.append(content)
        time.sleep(self.waits)
        if authorization != f"Token {KEY}":
            return 401, {"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials.", "request_id": "r"}
        if self.status != 200:
            return self.status, {"err_code": "ERROR", "err_msg": "It happens.", "request_id": "r"}
        if self.instead is not None:
            return 200, self.instead
        if query.get("model", ["nova-2"])[0] not in MODELS:
            return 400, {"err_code": "Bad Request", "err_msg": "No such model/language/tier combination found."}
        if sum(len(term) / 3 for term in query.get("keyterm", [])) > MOST_TOKENS:
            return 400, {"err_code": "Bad Request", "err_msg": "Keyterm limit exceeded."}
        if kind != "audio/wav":
            return 400, {"err_code": "Bad Request", "err_msg": "failed to process audio: corrupt or unsupported data"}
        return 200, heard(content)


def heard(content: bytes) -> dict[str, Any]:
    """An answer as the documents show it: a word for each second, the second half by another speaker."""
    with wave.open(io.BytesIO(content)) as file:
        seconds = file.getnframes() / file.getframerate()
    count = int(seconds)
    words = [
        {
            "word": f"word{at}", "start": at + 0.1, "end": at + 0.8, "confidence": 0.98,
            "speaker": int(at >= count / 2), "speaker_confidence": 0.7, "punctuated_word": f"Word{at}.",
        }
        for at in range(count)
    ]  # fmt: skip
    best = {"transcript": " ".join(str(one["word"]) for one in words), "confidence": 0.98, "words": words}
    return {
        "metadata": {"request_id": "0c0d", "sha256": "ab", "duration": seconds, "channels": 1, "models": ["m"]},
        "results": {"channels": [{"alternatives": [best]}]},
    }


@contextmanager
def serving(fake: Deepgram) -> Iterator[Deepgram]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address = urlsplit(self.path)
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = (404, {"err_code": "NOT_FOUND"})
            if address.path == "/v1/listen":
                query = parse_qs(address.query)
                status, said = fake.answer(
                    self.headers.get("Authorization", ""), self.headers.get("Content-Type", ""), query, content
                )
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has gone

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
