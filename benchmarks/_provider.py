"""A provider of SMS for a measurement: it speaks Twilio's protocol, counts what it takes, and misbehaves on purpose.

Of a hundred messages it takes two and hangs up instead of answering, takes none of one and answers 500, and asks to
wait once. It is asked what it took by `GET …/Messages.json?To=…`, as the product does; `/count` is for the measurement.
"""

import json
import random
import threading
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

HANGS_UP, FAILS, ASKS_TO_WAIT = 0.02, 0.01, 0.01


class Taken:
    """What was taken, by the number it went to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_number: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.total = 0
        self.dice = random.Random(7)

    def take(self, to: str, body: str) -> dict[str, Any]:
        with self.lock:
            self.total += 1
            now = format_datetime(datetime.now(UTC))
            row = {
                "sid": f"SM{self.total:032d}", "to": to, "from": "+18005550100", "body": body, "status": "queued",
                "date_created": now, "date_updated": now, "date_sent": None, "direction": "outbound-api",
                "num_segments": "1", "num_media": "0", "error_code": None, "error_message": None, "account_sid": "AC",
                "api_version": "2010-04-01", "uri": "", "price": None, "price_unit": "USD",
                "messaging_service_sid": None, "subresource_uris": {},
            }  # fmt: skip
            self.by_number[to].append(row)
            return row

    def mood(self) -> float:
        with self.lock:
            return self.dice.random()


def serve(port_told: Any) -> None:
    """Serve until this process is ended; its port goes to whoever started it."""
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            mood = taken.mood()
            if mood < FAILS:
                self._answer(500, {"code": 20500, "message": "Oh", "status": 500})
            elif mood < FAILS + ASKS_TO_WAIT:
                self._answer(429, {"code": 20429, "message": "Wait", "status": 429}, {"Retry-After": "2"})
            else:
                row = taken.take(form["To"][0], form["Body"][0])
                if mood < FAILS + ASKS_TO_WAIT + HANGS_UP:
                    self.close_connection = True
                    self.connection.close()
                else:
                    self._answer(201, row)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            with taken.lock:
                if parts.path == "/count":
                    self._answer(200, {number: len(rows) for number, rows in taken.by_number.items()})
                    return
                rows = list(reversed(taken.by_number.get(parse_qs(parts.query)["To"][0], [])))
            self._answer(200, {"messages": rows, "next_page_uri": None, "page": 0, "page_size": 50})

        def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """It is asked a thousand times; nobody reads that."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever asked was killed before it heard the answer: that is what is measured."""

    server = Server(("127.0.0.1", 0), Handler)
    port_told.send(server.server_address[1])
    server.serve_forever(poll_interval=0.2)
