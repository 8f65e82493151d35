"""Claude's Messages API as far as a client sees it: a server of our own that keeps every body it was sent."""

# ruff: noqa: E501

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Reply = tuple[int, dict[str, str], bytes]

ANSWER: dict[str, Any] = {
    "chief_complaint": "", "history_of_present_illness": "", "subjective": "", "objective": "", "assessment": "", "plan": "",
    "prescriptions": [], "allergies_mentioned": [], "follow_up_recommended": False, "follow_up_days": None,
}  # fmt: skip


def message(text: str, *, stop_reason: str = "end_turn", tokens: tuple[int, int] = (900, 120)) -> Reply:
    """An answer as the service sends it."""
    body = {
        "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-test-1", "stop_sequence": None,
        "stop_reason": stop_reason, "content": [{"type": "text", "text": text}],
        "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]},
    }  # fmt: skip
    return 200, {"content-type": "application/json"}, json.dumps(body).encode()


def note(**parts: Any) -> Reply:
    """A note in the form that was asked for."""
    return message(json.dumps({**ANSWER, **parts}))


def error(status: int, kind: str) -> Reply:
    """An error as the service sends it, to be tried again at once."""
    body = {"type": "error", "error": {"type": kind, "message": "…"}}
    return status, {"content-type": "application/json", "retry-after-ms": "1"}, json.dumps(body).encode()


def slow(seconds: float) -> Callable[[dict[str, Any]], Reply]:
    """An answer that comes too late."""

    def reply(_body: dict[str, Any]) -> Reply:
        time.sleep(seconds)
        return note()

    return reply


class Messages:
    """Answers in turn what it is given; the last of them for ever."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.replies: list[Reply | Callable[[dict[str, Any]], Reply]] = [note()]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.bodies.append(raw)
                outer.headers.append({key.lower(): value for key, value in self.headers.items()})
                reply = outer.replies.pop(0) if len(outer.replies) > 1 else outer.replies[0]
                status, headers, content = (
                    error(404, "not_found_error") if self.path != "/v1/messages"
                    else reply(json.loads(raw)) if callable(reply) else reply
                )  # fmt: skip
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
