"""Reminders that are all due at once, carried by workers that are killed at random: none twice, none missed.

`--scale` reminders go by SMS to a provider that counts (`_provider.py`) and sometimes takes a message without ever
answering. Meanwhile, again and again, one of the `WORKERS` is killed with SIGKILL, whatever it is doing, and another
takes its place. Afterwards the provider's count is compared with the clinic's own log.

    ./kalon bench reminders [--scale REMINDERS] [--json FILE]
"""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks import _provider
from benchmarks._scratch import installation, progress

SCALE = 10_000
WORKERS, CONCURRENCY = 3, 4
KILLS = 25  # about so many, spread at random over the sending
SILENT_FOR = timedelta(seconds=25)  # a worker beats every ten
PATIENCE = 300  # seconds without any progress, then what is left counts as missed


def run(scale: int = SCALE) -> dict[str, Any]:
    """Measure, in an installation of its own that is removed afterwards."""
    with _provider_running() as address:
        _configure(address)
        with installation("reminders"):
            organization_id = _reminders(scale)
            began = time.perf_counter()
            kills, sent_after = _carry_out(organization_id, scale)
            figures = _compare(organization_id, address, scale)
            return {
                "reminders": scale,
                **figures,
                "workers": WORKERS,
                "killed": kills,
                "seconds": round(time.perf_counter() - began, 1),
                "per_second": round(scale * 0.95 / sent_after, 1),
            }


def _configure(address: str) -> None:
    given = {"ACCOUNT": "AC" + "0" * 32, "TOKEN": "bench", "FROM": "+18005550100", "URL": address}
    os.environ.update({f"KALON_TWILIO_{name}": value for name, value in given.items()})
    os.environ["KALON_TWILIO_SETTLED_SECONDS"], os.environ["KALON_SMS"] = "2", "twilio"


def _reminders(scale: int) -> UUID:
    """A clinic with so many reminders whose time has just come."""
    from kalon.kernel import actors, clock
    from kalon.kernel.tenancy import acting_as
    from kalon.messaging import actions
    from kalon.people import actions as people

    birth = actors.system("bench")
    organization = people.create_organization("Saanvi Aesthetics", code="SK", by=birth)
    by = actors.system("bench", organization.pk)
    a_moment_ago = clock.now() - timedelta(minutes=2)
    with clock.at(a_moment_ago):
        for first in range(0, scale, 500):
            with acting_as(by):
                for number in range(first, min(first + 500, scale)):
                    actions.send(
                        "appointment-reminder",
                        recipient=f"+9198{number:08d}",
                        channel="SMS",
                        data={"day": "Sunday 22 November", "time": "10:00", "branch": f"Bandra, {number}"},
                        once=f"reminder {number}",
                        not_before=a_moment_ago + timedelta(minutes=1),
                        by=by,
                    )
            progress(min(first + 500, scale), scale, "reminders written")
    return organization.pk


def _carry_out(organization_id: UUID, scale: int) -> tuple[int, float]:
    """Have them carried out; how many workers were killed, and after how many seconds 95 of 100 were gone."""
    from kalon.kernel import actors, outbox
    from kalon.messaging import tasks

    dice, kills, killed_at = random.Random(11), 0, 0
    workers = [_worker() for _ in range(WORKERS)]
    began = moved_at = time.perf_counter()
    sent_after, last = 0.0, (0, 0)
    try:
        while True:
            outbox.reap(silent_for=SILENT_FOR)  # what the workers' own clock does each minute
            tasks.release_due(organization_id=organization_id)
            _ask_after_the_lost(organization_id, actors.system("bench", organization_id))
            done, open_ones = _counts(organization_id)
            if (done, open_ones) != last:
                last, moved_at = (done, open_ones), time.perf_counter()
            progress(done, scale, f"reminders sent, {kills} workers killed")
            if not sent_after and done >= 0.95 * scale:
                sent_after = time.perf_counter() - began
            if not open_ones or time.perf_counter() - moved_at > PATIENCE:
                return kills, sent_after or time.perf_counter() - began
            if not sent_after and done - killed_at >= dice.uniform(0.5, 1.5) * scale / KILLS:
                _kill_one(workers, dice)
                kills, killed_at = kills + 1, done
            time.sleep(dice.uniform(0.1, 1.5))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _kill_one(workers: list["subprocess.Popen[bytes]"], dice: random.Random) -> None:
    """One of those that have begun to work, whatever it is doing; another takes its place."""
    place = dice.randrange(len(workers))
    os.kill(workers[place].pid, signal.SIGKILL)
    workers[place].wait()
    workers[place] = _worker()


def _ask_after_the_lost(organization_id: UUID, by: Any) -> None:
    """As `messaging.find_lost` does every five minutes."""
    from kalon.kernel import clock, outbox
    from kalon.kernel.tenancy import acting_as
    from kalon.messaging import actions, queries, tasks

    actions.release_again(by=by)
    with acting_as(by):
        for message_id in queries.lost(since=clock.now() - timedelta(days=2), seen_by=by):
            outbox.defer(tasks.ask_after, organization_id=organization_id, message_id=message_id)


def _worker() -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", str(CONCURRENCY)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kalon.config.settings"}
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _counts(organization_id: UUID) -> tuple[int, int]:
    """How many are gone, and how many are still on their way."""
    statuses = _statuses(organization_id)
    open_ones = statuses["QUEUED"] + statuses["UNKNOWN"]
    return sum(statuses.values()) - open_ones, open_ones


def _statuses(organization_id: UUID) -> Counter[str]:
    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.messaging.models import Message

    with acting_as(actors.system("bench", organization_id)):
        return Counter(Message.objects.order_by().values_list("status", flat=True))


def _compare(organization_id: UUID, address: str, scale: int) -> dict[str, Any]:
    """The clinic's log beside what the provider took: duplicates and missed must be 0."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.messaging.models import Message

    with urllib.request.urlopen(f"{address}/count") as answer:  # noqa: S310  (our own server)
        taken: dict[str, int] = json.load(answer)
    with acting_as(actors.system("bench", organization_id)):
        told = {message.recipient: message.status for message in Message.objects.all()}
    assert len(told) == scale
    missed = [number for number, status in told.items() if not taken.get(number) and status != "UNKNOWN"]
    return {
        "sent": len(taken),
        "duplicates": sum(count - 1 for count in taken.values()),
        "unknown": sum(status == "UNKNOWN" for status in told.values()),
        "missed": len(missed),
    }


@contextmanager
def _provider_running() -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    provider = multiprocessing.get_context("spawn").Process(target=_provider.serve, args=(there,), daemon=True)
    provider.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        provider.kill()
        provider.join()
