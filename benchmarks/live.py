"""Open screens: a visit is booked, and every screen of the branch is told. How soon, and what do the screens cost?

./kalon bench live [--scale STREAMS] [--json FILE]
"""

import asyncio
import os
import signal
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from benchmarks import _scratch
from kalon.config.installation import Installation

SCALE = 200  # open streams
BOOKINGS = 20
PAGE = "http://clinic.example"


def run(scale: int = SCALE) -> dict[str, Any]:
    """Measure, in an installation of its own that is removed afterwards."""
    with _scratch.installation("live") as here:
        place = _clinic()
        with _live(here) as (port, process):
            before = _memory(process)
            screens = Screens(port, _ticket(place), scale)
            screens.open()
            with_streams = _memory(process)
            told, booked = [], []
            for number in range(BOOKINGS):
                wish = _wish(place, number)
                screens.forget()
                began = time.perf_counter()
                _book(place, wish)
                returned = time.perf_counter()
                booked.append(returned - began)
                told += [heard - returned for heard in screens.heard()]
                _scratch.progress(number + 1, BOOKINGS, "booked and told")
            connections = _connections(here)
            screens.close()
        without = _without_announcing(here, place)
    told.sort()
    return {
        "streams": scale,
        "bookings": BOOKINGS,
        "told_count": len(told),
        "missed": BOOKINGS * scale - len(told),
        "told_median_ms": _ms(statistics.median(told)),
        "told_p99_ms": _ms(told[int(len(told) * 0.99)]),
        "told_last_ms": _ms(told[-1]),
        "database_connections": connections,
        "memory_without_streams_mb": round(before, 1),
        "memory_with_streams_mb": round(with_streams, 1),
        "memory_each_stream_kb": round((with_streams - before) * 1024 / scale, 1),
        "booking_median_ms": _ms(statistics.median(booked)),
        "booking_unannounced_median_ms": _ms(statistics.median(without)),
    }


class Screens:
    """Many open streams on one thread, each of which notes when it was told."""

    def __init__(self, port: int, ticket: str, count: int) -> None:
        self.port, self.ticket, self.count = port, ticket, count
        self.opened = threading.Semaphore(0)
        self.times: list[float] = []
        self.listening: list[object] = []  # a loop forgets tasks that nobody holds
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def open(self) -> None:
        for _ in range(self.count):
            self.listening.append(asyncio.run_coroutine_threadsafe(self._listen(), self.loop))
        for _ in range(self.count):
            assert self.opened.acquire(timeout=30), "A stream did not open."

    def forget(self) -> None:
        self.times = []

    def heard(self, patience: float = 5) -> list[float]:
        """When each was told of the last booking."""
        until = time.perf_counter() + patience
        while len(self.times) < self.count and time.perf_counter() < until:
            time.sleep(0.002)
        return list(self.times)

    def close(self) -> None:
        """Close every screen, as people do in the evening."""

        async def end() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /live?ticket={quote(self.ticket)} HTTP/1.1\r\nHost: x\r\nOrigin: {PAGE}\r\n\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"event: beat"):
                self.opened.release()
            elif line.startswith(b"event: changed"):
                self.times.append(time.perf_counter())
        writer.close()


def _clinic() -> Any:
    from kalon.config.seed.clinic import open_clinic

    return open_clinic()


def _ticket(place: Any) -> str:
    from kalon.kernel import live

    ticket = live.ticket_for(place.by["frontdesk"], session_key="bench", origin=PAGE)
    assert ticket is not None
    return ticket.signed()


def _book(place: Any, wish: Any) -> None:
    from kalon.scheduling import actions

    actions.book(wish, by=place.by["frontdesk"])


def _wish(place: Any, number: int) -> Any:
    """Another time for each: ten mornings from half past nine on."""
    from kalon.patients import actions as patients
    from kalon.patients.rules import PatientDetails
    from kalon.scheduling.actions import BookingRequest

    details = PatientDetails(
        given_name=f"Ananya {chr(65 + number // 26)}{chr(97 + number % 26)}",
        family_name="Iyer",
        birth_date="1994-03-14",
        phone=f"+9198461{number:05d}",
        gender="female",
        confirmed_not_duplicate=True,
    )
    day = datetime.now(ZoneInfo("Asia/Kolkata")) + timedelta(days=7 + 7 * (number // 4))
    monday = (day - timedelta(days=day.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
    return BookingRequest(
        patient_id=patients.register(details, by=place.by["frontdesk"]).pk,
        branch_id=place.branch.pk,
        doctor_id=place.doctors[0].pk,
        service_id=place.services["CONSULT"].pk,
        start=monday + timedelta(minutes=30 * (number % 4)),
    )


def _without_announcing(here: Installation, place: Any) -> list[float]:
    """The same bookings while the table says nothing."""
    import psycopg

    def triggers(state: str) -> None:
        with psycopg.connect(here.dsn("kalon_owner"), autocommit=True) as link:
            for table in ("scheduling_appointment", "consultations_consultation"):
                link.execute(f"ALTER TABLE {table} {state} TRIGGER {table}_live")

    triggers("DISABLE")
    seconds = []
    for number in range(BOOKINGS, 2 * BOOKINGS):
        wish = _wish(place, number)
        began = time.perf_counter()
        _book(place, wish)
        seconds.append(time.perf_counter() - began)
        _scratch.progress(len(seconds), BOOKINGS, "booked unannounced")
    return seconds


@contextmanager
def _live(here: Installation) -> Iterator[tuple[int, int]]:
    """The live process as the launcher starts it; its port, and the process that holds the streams."""
    from kalon.config.cli.serving import _free_port
    from kalon.config.cli.serving import _live as command

    port = _free_port()
    parent = subprocess.Popen(command(port), env={**os.environ, "KALON_VAR": str(here.var)}, start_new_session=True)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
            time.sleep(0.1)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        yield port, max(map(int, children), key=_memory)
    finally:
        os.killpg(parent.pid, signal.SIGTERM)
        parent.wait(15)


def _memory(process: int) -> float:
    """What the process holds for itself and its share of what it shares, in megabytes."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def _connections(here: Installation) -> int:
    import psycopg

    with psycopg.connect(here.dsn("kalon_app")) as link:
        counted = link.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kalon_live'").fetchone()
    assert counted is not None
    return int(counted[0])


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
