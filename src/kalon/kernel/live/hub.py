"""The exchange inside the live process: one connection listens, many streams are told.

Nothing here waits for a screen. A stream has a short queue; one that does not keep up is ended, comes back by
itself and is told that something may have changed.
"""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg

from kalon.kernel.live.announcing import CHANNEL
from kalon.kernel.live.tickets import Ticket

logger = logging.getLogger(__name__)

WAITING = 32  # news that a stream may be behind; ten visits moved at once are one or two
ASK_EVERY_SECONDS = 15.0  # whether the connection still lives, when nothing is said on it
TRY_AGAIN_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class News:
    """That something changed: of which topic ("*": perhaps anything), at which place, on which day."""

    number: str
    topic: str
    place: str | None = None
    day: str | None = None

    def told(self) -> dict[str, str]:
        """What a screen is told."""
        facts = {"topic": self.topic, "place": self.place, "day": self.day}
        return {name: value for name, value in facts.items() if value}


@dataclass(eq=False, slots=True)
class Stream:
    """One screen that listens."""

    ticket: Ticket
    place: str | None = None
    queue: "asyncio.Queue[News]" = field(default_factory=lambda: asyncio.Queue(WAITING))
    over: "asyncio.Event" = field(default_factory=asyncio.Event)
    why: str = ""

    def hears(self, news: News) -> bool:
        return (self.place is None or news.place in (None, self.place)) and self.ticket.covers(news.topic, news.place)

    def tell(self, news: News) -> None:
        """Put it into the queue, or end a stream that does not keep up."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            self.end("slow")

    def end(self, why: str) -> None:
        self.why = self.why or why
        self.over.set()


class Hub:
    """Who listens, and what was said last."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._born, self._count = uuid4().hex[:8], 0

    @property
    def number(self) -> str:
        """The number of the last news; a screen that comes back says which it heard last."""
        return f"{self._born}-{self._count}"

    def join(self, stream: Stream, *, heard: str = "") -> None:
        """A screen begins to listen; if it listened before and missed something, it is told so."""
        self.streams.add(stream)
        if heard and heard != self.number:
            stream.tell(self.anything())

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)

    def anything(self) -> News:
        """Something may have changed that nobody heard of."""
        return News(self.number, "*")

    def hear(self, payload: str) -> None:
        """Pass on what the database said."""
        try:
            said = json.loads(payload)
        except ValueError:
            return
        if "over" in said:
            self._end_of(str(said["over"]))
            return
        self._count += 1
        news = News(self.number, str(said.get("topic")), said.get("place"), said.get("day"))
        organization = str(said.get("organization"))
        for stream in tuple(self.streams):
            if stream.ticket.organization_id == organization and stream.hears(news):
                stream.tell(news)

    def missed(self) -> None:
        """The connection was away for a while: whatever happened then was not heard."""
        self._count += 1
        for stream in tuple(self.streams):
            stream.tell(self.anything())

    def close(self) -> None:
        for stream in tuple(self.streams):
            stream.end("closing")

    def _end_of(self, session: str) -> None:
        for stream in tuple(self.streams):
            if stream.ticket.session == session:
                stream.end("signed out")


class Listener:
    """The one connection that listens; it comes back by itself when it is lost."""

    def __init__(self, dsn: str, hub: Hub) -> None:
        self.dsn, self.hub = dsn, hub
        self.is_listening = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.dsn, autocommit=True, application_name="kalon_live"
                ) as link:
                    await link.execute(f"LISTEN {CHANNEL}")
                    if failures:
                        self.hub.missed()
                    self.is_listening, failures = True, 0
                    await self._pass_on(link)
            except (psycopg.Error, OSError) as error:
                logger.warning("The live stream lost the database (%s); trying again.", type(error).__name__)
            self.is_listening = False
            await asyncio.sleep(TRY_AGAIN_SECONDS[min(failures, len(TRY_AGAIN_SECONDS) - 1)])
            failures += 1

    async def _pass_on(self, link: "psycopg.AsyncConnection[Any]") -> None:
        while True:
            async for notify in link.notifies(timeout=ASK_EVERY_SECONDS):
                self.hub.hear(notify.payload)
            await link.execute("SELECT 1")  # a connection that died silently is noticed here
