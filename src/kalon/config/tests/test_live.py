"""The live process as a browser sees it: told at once, never told too much, ended with its ticket or session."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore

from kalon.config.cli.serving import _free_port, _live
from kalon.kernel import live
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.ids import uuid7

ORGANIZATION, HERE, THERE = uuid7(), uuid7(), uuid7()
PAGE = "http://clinic.example"
SINI = Actor(
    Kind.STAFF,
    "Sini",
    organization_id=ORGANIZATION,
    user_id=uuid7(),
    grants=MappingProxyType({HERE: frozenset({"scheduling.view"})}),
)


@dataclass
class Stream:
    """One open stream."""

    answer: HTTPResponse
    link: HTTPConnection

    def next(self, *, but: str = "beat") -> dict[str, Any]:
        """The next event that is no beat: its name, number and what it says."""
        event: dict[str, Any] = {}
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                event[name] = value
            elif event.get("event") not in (None, but):
                return {**event, "data": json.loads(event["data"])}
            elif event:
                event = {}
        raise EOFError


@dataclass
class Process:
    """The live process of one test."""

    port: int

    def open(self, ticket: str, *, origin: str = PAGE, **asked: str) -> Stream:
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        link.request("GET", f"/live?{urlencode({'ticket': ticket, **asked})}", headers={"Origin": origin})
        answer = link.getresponse()
        if answer.status == 200:
            assert answer.readline().startswith(b"retry: ")
        return Stream(answer, link)

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
            return json.loads(answer.read())


@pytest.fixture
def process(own_database: str) -> Iterator[Process]:
    port = _free_port()
    child = subprocess.Popen(_live(port), env={**os.environ}, start_new_session=True)
    made, until = Process(port), time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError):
            if made.health()["listening"]:
                break
        time.sleep(0.05)
    yield made
    os.killpg(child.pid, signal.SIGTERM)
    child.wait(10)


def ticket(session_key: str = "s1", *, by: Actor = SINI) -> live.Ticket:
    found = live.ticket_for(by, session_key=session_key, origin=PAGE)
    assert found is not None
    return found


def say(link: "psycopg.Connection[Any]", place: Any = HERE, organization: Any = ORGANIZATION) -> None:
    facts = {"organization": str(organization), "topic": "visits", "place": str(place), "day": "2026-11-24"}
    link.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, json.dumps(facts)])


def test_told_at_once_and_only_what_may_be_known(process: Process, as_app: Any) -> None:
    mine = process.open(ticket().signed())
    assert mine.answer.getheader("Access-Control-Allow-Origin") == PAGE
    say(as_app, place=THERE)
    say(as_app, organization=uuid7())
    say(as_app)
    told = mine.next()
    assert (told["event"], told["data"]) == (
        "changed", {"topic": "visits", "place": str(HERE), "day": "2026-11-24"},
    )  # fmt: skip


@pytest.mark.parametrize("wrong", ["forged", "late", "another page", "another branch"])
def test_refused(process: Process, wrong: str) -> None:
    good, asked, origin = ticket(), {}, PAGE
    text = good.signed()
    if wrong == "forged":
        text = text[:-2] + "xx"
    elif wrong == "late":
        text = replace(good, expires_at=time.time() - 1).signed()
    elif wrong == "another page":
        origin = "https://evil.example"
    else:
        asked = {"place": str(THERE)}
    refused = process.open(text, origin=origin, **asked)
    assert refused.answer.status == 403
    assert refused.answer.getheader("Access-Control-Allow-Origin") is None
    assert process.health()["streams"] == 0


def test_it_ends_with_the_ticket(process: Process) -> None:
    short = replace(ticket(), expires_at=time.time() + 1)
    stream = process.open(short.signed())
    assert stream.next()["data"] == {"why": "expired"}
    assert stream.answer.read() == b""
    assert process.health()["streams"] == 0


def test_it_ends_with_the_session(process: Process, django_db_blocker: Any) -> None:
    mine, other = SessionStore(), SessionStore()
    with django_db_blocker.unblock():
        mine.create()
        other.create()
        ended, goes_on = (process.open(ticket(store.session_key).signed()) for store in (mine, other))
        mine.flush()  # what signing out does
    assert ended.next()["data"] == {"why": "signed out"}
    assert process.health()["streams"] == 1
    assert not goes_on.answer.isclosed()


def test_many_streams_and_one_connection(process: Process, as_owner: Any, as_app: Any) -> None:
    streams = [process.open(ticket().signed()) for _ in range(60)]
    counted = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kalon_live' AND datname = current_database()"
    )
    assert as_app.execute(counted).fetchone() == (1,)
    say(as_app)
    assert {stream.next()["event"] for stream in streams} == {"changed"}


def test_a_lost_connection_comes_back_and_says_so(process: Process, as_app: Any) -> None:
    stream = process.open(ticket().signed())
    as_app.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kalon_live'")
    assert stream.next()["data"] == {"topic": "*"}
    say(as_app)
    assert stream.next()["data"]["topic"] == "visits"


def test_whoever_comes_back_is_told_what_was_missed(process: Process, as_app: Any) -> None:
    first = process.open(ticket().signed())
    say(as_app)
    number = first.next()["id"]
    first.link.close()
    other = process.open(ticket().signed())
    say(as_app)
    other.next()  # the process has heard it
    assert process.open(ticket().signed(), heard=number).next()["data"] == {"topic": "*"}


def test_a_launcher_that_is_killed_leaves_nothing(own_database: str) -> None:
    port = _free_port()
    launcher = (
        "import os, time; from kalon.config.cli.serving import _live, _Part\n"
        f"part = _Part(_live({port}), os.environ)\nprint(part.process.pid, flush=True)\ntime.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", launcher], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    group = int(parent.stdout.readline())
    process, until = Process(port), time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError):
            process.health()
            break
        time.sleep(0.05)
    stream = process.open(ticket().signed())  # an open stream does not keep it alive
    assert stream.answer.status == 200
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 10
    while _lives(group) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(group)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def _lives(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
