"""The live process: `GET /live?ticket=…` is a stream of server-sent events, for as long as the ticket lasts.

ASGI in a process of its own: a stream holds neither a database connection nor a thread of the web server. The whole
process has one connection, which listens. It needs no Django application, only its settings.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kalon.config.settings")

from kalon.config.installation import Installation
from kalon.kernel.live import Hub, Listener, News, Stream, Ticket, TicketRefused, read

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]

BEAT_SECONDS = 15.0  # something is said at least so often, so that proxies and browsers know it lives
RETRY_MILLISECONDS = 2_000
MOST_STREAMS = 5_000


class LiveStream:
    """The ASGI application: the stream, and `/healthz` with counts."""

    def __init__(self, dsn: str) -> None:
        self.hub = Hub()
        self.listener = Listener(dsn, self.hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/healthz":
            body = {"listening": self.listener.is_listening, "streams": len(self.hub.streams)}
            await _answer(send, 200 if self.listener.is_listening else 503, body)
        elif scope["type"] == "http" and scope["path"].rstrip("/") == "/live" and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        elif scope["type"] == "http":
            await _answer(send, 404, {"detail": "There is only /live here."})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.listener.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.hub.close()
                await self.listener.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        asked = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        try:
            ticket = _admitted(asked, headers)
        except TicketRefused as refusal:
            await _answer(send, 403, {"detail": str(refusal)})
            return
        if len(self.hub.streams) >= MOST_STREAMS:
            await _answer(send, 503, {"detail": "Too many screens are open."})
            return
        stream = Stream(ticket, asked.get("place"))
        self.hub.join(stream, heard=headers.get("last-event-id") or asked.get("heard", ""))
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _stream_headers(ticket)})
            await _say(send, f"retry: {RETRY_MILLISECONDS}\n{_beat(self.hub.number)}")
            await self._tell(stream, gone, send)
        except (OSError, RuntimeError):
            pass  # the screen was closed while it was told something
        finally:
            gone.cancel()
            self.hub.leave(stream)
            with suppress(OSError, RuntimeError):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, stream: Stream, gone: "asyncio.Task[None]", send: Send) -> None:
        """Tell the news as they come, and a beat when none come, until somebody ends it."""
        over = asyncio.create_task(stream.over.wait())
        try:
            while not (stream.over.is_set() or gone.done()):
                left = stream.ticket.expires_at - time.time()
                if left <= 0:
                    stream.end("expired")
                    break
                news = asyncio.create_task(stream.queue.get())
                done, _ = await asyncio.wait(
                    {news, over, gone}, timeout=min(BEAT_SECONDS, left), return_when=asyncio.FIRST_COMPLETED
                )
                if news in done:
                    await _say(send, _event(news.result()))
                    continue
                news.cancel()
                if not done and left > BEAT_SECONDS:
                    await _say(send, _beat(self.hub.number))
            if stream.why:
                await _say(send, f"event: over\ndata: {json.dumps({'why': stream.why})}\n\n")
        finally:
            over.cancel()


def _admitted(asked: Headers, headers: Headers) -> Ticket:
    """The ticket, if this page may use it for what it asks."""
    ticket = read(asked.get("ticket", ""))
    if headers.get("origin", ticket.origin) != ticket.origin:
        raise TicketRefused("This ticket belongs to another page.")
    place = asked.get("place")
    if place and not any(ticket.covers(topic, place) for topic in ticket.topics):
        raise TicketRefused("This ticket does not cover that place.")
    return ticket


def _stream_headers(ticket: Ticket) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", ticket.origin.encode()),
        (b"vary", b"Origin"),
        (b"x-accel-buffering", b"no"),  # a proxy in front passes each event on at once
    ]


def _event(news: News) -> str:
    return f"id: {news.number}\nevent: changed\ndata: {json.dumps(news.told())}\n\n"


def _beat(number: str) -> str:
    return f"id: {number}\nevent: beat\ndata: {{}}\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})


application = LiveStream(Installation.from_environment().dsn("kalon_app"))
