"""A server really killed, twenty times, while a tablet records over a network that cuts four requests of ten."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from random import Random
from time import sleep
from typing import Any

import pytest
from django.db import connection

from kalon.kernel import clock, outbox
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.models import User
from kalon.voice import actions, queries
from kalon.voice.actions.listening import use
from kalon.voice.models import Chunk, Outbound, Usage
from kalon.voice.tests.conftest import SPEECH, Room, Sums, _room, chunks
from kalon.voice.tests.messages_server import Messages, slow

KILLS = 20

# The product's web application; whoever serves is killed, and at once there is another at the same address.
SERVE = """
import os, socketserver, sys, wsgiref.simple_server as plain
from kalon.config.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
class Threads(socketserver.ThreadingMixIn, plain.WSGIServer):
    daemon_threads = True
class Quiet(plain.WSGIRequestHandler):
    log_message = lambda *said: None
server = plain.make_server("127.0.0.1", 0, application, Threads, Quiet)
while True:
    child = os.fork()
    if not child:
        server.serve_forever()
    print(server.server_port, child, flush=True)
    os.waitpid(child, 0)
"""


@dataclass
class Server:
    """The web server as it stands, and who of its processes answers now."""

    process: "subprocess.Popen[str]"
    port: int = 0
    child: int = 0
    killed: int = 0
    changed: threading.Lock = field(default_factory=threading.Lock)

    def follow(self) -> None:
        """Take note of the next process that serves."""
        assert self.process.stdout is not None
        self.port, self.child = map(int, self.process.stdout.readline().split())

    def kill(self) -> None:
        """Without a word, whatever it is doing."""
        os.kill(self.child, signal.SIGKILL)
        self.killed += 1
        self.follow()


@pytest.fixture
def room_of_its_own(own_database: str, django_db_blocker: Any) -> Iterator[Room]:
    with django_db_blocker.unblock():
        yield _room()
        connection.close()


@pytest.fixture
def server(room_of_its_own: Room) -> Iterator[Server]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    made = Server(process)
    made.follow()
    yield made
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@dataclass
class Tablet:
    """Sends each chunk until it is acknowledged, in any order, over a network that cuts."""

    server: Server
    token: str
    address: str
    dice: Random
    cut: int = 0
    sent: int = 0

    def send(self, index: int, content: bytes) -> bool:
        """Whether it was acknowledged."""
        self.sent += 1
        fate = self.dice.random()
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        link.putrequest("PUT", f"{self.address}/chunks/{index}")
        link.putheader("Authorization", f"Bearer {self.token}")
        link.putheader("Content-Type", "audio/webm;codecs=opus")
        link.putheader("Content-Length", str(len(content)))
        link.putheader("X-Chunk-SHA256", sha256(content).hexdigest())
        self.cut += fate < 0.4
        with suppress(OSError, http.client.HTTPException):
            link.endheaders()
            link.send(content[: len(content) // 2] if fate < 0.2 else content)
            if fate < 0.4:
                if fate >= 0.2:
                    sleep(self.dice.random() / 20)  # it is on its way, or done, when the answer is lost
                return False
            answer = link.getresponse()
            said = answer.read()
            if answer.status == 200:
                here = json.loads(said)["runs"]
                assert any(start <= index <= end for start, end in here), (index, here)
                return True
            assert answer.status in (400, 422, 500, 503), said
        link.close()
        return False


def test_a_server_killed_twenty_times_loses_no_chunk_and_keeps_none_twice(room_of_its_own: Room, server: Server):
    room = room_of_its_own
    found = room.recording()
    email = User.objects.get(pk=room.doctor.user_id).email
    token = people.issue_token(email, "tablet", by=room.system)
    connection.close()
    dice, parts = Random(20), chunks(size=500)
    tablet = Tablet(server, token, f"/api/voice-sessions/{found.pk}", dice)
    over, waiting = threading.Event(), dict(enumerate(parts))

    def power_cuts() -> None:
        while server.killed < KILLS and not over.wait(0.05 + dice.random() / 4):
            server.kill()

    cuts = threading.Thread(target=power_cuts)
    cuts.start()
    while waiting:
        index = dice.choice(list(waiting)[:6])
        if tablet.send(index, waiting[index]):
            del waiting[index]
    over.set()
    cuts.join()
    assert server.killed == KILLS and tablet.cut > 0.3 * tablet.sent, (server.killed, tablet.cut, tablet.sent)
    actions.finish(found.pk, len(parts), by=room.doctor)
    with acting_as(room.system):
        rows = list(Chunk.objects.filter(session=found).order_by("index"))
        again = queries.session(found.pk, seen_by=room.system)
        places = [queries.chunk_place(found.pk, one.index) for one in rows]
        kept = [queries.opened(bytes(one.sealed), again, place) for one, place in zip(rows, places, strict=True)]
    assert [one.index for one in rows] == list(range(len(parts))) and b"".join(kept) == SPEECH
    with use(Sums):
        outbox.run_due()
    assert room.again(found).status == "DRAFTED"


def test_a_worker_killed_while_claude_is_asked_holds_no_money_for_ever(room_of_its_own: Room, settings: Any):
    """Killed with one of three tries under way: the clock counts that one try, once, and gives the rest back."""
    room = room_of_its_own
    room.switches_on()
    service = Messages()
    service.replies = [slow(30)]
    settings.KALON_CLAUDE = {"key": "k", "api": service.address, "model": "m", "seconds": 60.0, "retries": 2}
    found = room.written()
    connection.close()
    asked = os.fork()
    if not asked:
        with suppress(BaseException):
            actions.draft_note(found.pk, by=room.doctor, engine="claude")
        os._exit(0)
    while not service.bodies:
        sleep(0.02)
    os.kill(asked, signal.SIGKILL)
    os.waitpid(asked, 0)
    service.close()
    with acting_as(room.system):
        row, sent = Usage.objects.get(is_outside=True), Outbound.objects.get()
    assert (row.tries, row.most_tries, row.settled_at, sent.answered_at) == (1, 3, None, None)
    reserved = row.cost
    with acting_as(room.system):
        assert actions.settle_forgotten(by=room.system) == 0, "it may still be waiting for its answer"
    with clock.at(clock.now() + timedelta(minutes=16)):
        counts = [_settled(room) for _again in range(2)]
    with acting_as(room.system):
        row.refresh_from_db()
        sent.refresh_from_db()
        month = queries.usage_by_month(seen_by=room.office.owner)[-1]
    assert counts == [1, 0] and sent.failure == row.failure == "The work was stopped before an answer came."
    assert row.cost == (reserved / 3).quantize(Decimal("0.0001"), rounding=ROUND_CEILING) == month.cost > 0


def _settled(room: Room) -> int:
    with acting_as(room.system):
        return actions.settle_forgotten(by=room.system)
