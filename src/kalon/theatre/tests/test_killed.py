"""The power goes between scan and save: a server really killed, at any moment of a request, and the scan sent again."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from kalon.inventory import queries as stock
from kalon.inventory.models import Balance, Implant, Movement
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.plans.actions import LineDetails
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre.models import StageSignature
from kalon.theatre.tests.conftest import House, opened
from kalon.theatre.tests.supplied import Supplies, supplied
from kalon.theatre.tests.told import on_the_day, planned, scheduled, staff_of, stage, started
from kalon.voice.tests.test_killed import SERVE, Server

PIECES, LOTS, BEGUN_WITH = 8, 8, 40
SECRET = "k" * 32  # of the form, as a browser keeps it
BOTH = LineDetails(procedure="Breast augmentation", side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc")


@dataclass
class Theatre:
    """A case in theatre, what lies on its shelves, and the server that the tablet talks to."""

    house: House
    shelves: Supplies
    case: Any
    units: list[Any]
    batch: Any
    server: Server
    cookies: str
    dice: Random = field(default_factory=lambda: Random(6))
    lost: int = 0  # answers that never came, because the server was killed over them
    span: float = 0.2  # seconds that a request takes

    def press(self, page: str, args: list[Any], told: dict[str, Any]) -> None:
        """Pressed until it is answered, each time with the same key.

        Over the first and the second one the power goes, at any moment; the third is done, but its answer is lost.
        """
        body = urlencode({**told, "idempotency_key": uuid4().hex, "csrfmiddlewaretoken": SECRET})
        for attempt in range(12):
            cut = threading.Timer(self.dice.random() * self.span * 1.1, self.server.kill)
            if attempt < 2:
                cut.start()
            begun = monotonic()
            status, said = self._sent(reverse(page, args=args), body)
            if attempt < 2:
                cut.join()
            elif status:
                self.span = (self.span + monotonic() - begun) / 2
            assert status in (0, 200, 303), (status, said[:3000])
            self.lost += status == 0
            if status and attempt >= 3:
                return
        raise AssertionError("never answered")

    def _sent(self, path: str, body: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookies}
        try:
            link.request("POST", path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            sleep(0.02)
            return 0, b""
        finally:
            link.close()


@pytest.fixture
def theatre(own_database: str, django_db_blocker: Any) -> Iterator[Theatre]:
    with django_db_blocker.unblock():
        with clock.at(EIGHT):
            house = opened()
            shelves = supplied(house)
            plan = planned(house, lines=(BOTH,))
            units = shelves.take_in(*[f"P{number}" for number in range(PIECES)])
            for unit in units:
                shelves.keep(unit, plan)
            batch = shelves.receive(str(BEGUN_WITH)).batch_id
            case = scheduled(house, plan)
        with on_the_day():
            case = started(house, case)
        cookies = _cookies(house)
        connection.close()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        server = Server(process)
        server.follow()
        yield Theatre(house, shelves, case, units, batch, server, cookies)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        connection.close()


def _cookies(house: House) -> str:
    """What a browser has in which the nurse is signed in."""
    browser = Client()
    with acting_as(house.clinic.system):
        user = User.objects.get(pk=house.visit.nurse.user_id)
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    held = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={held}; {settings.CSRF_COOKIE_NAME}={SECRET}"


def test_what_was_scanned_when_the_power_went_is_used_once(theatre: Theatre) -> None:
    house, case = theatre.house, theatre.case
    scans: list[dict[str, Any]] = [
        {"code": theatre.shelves.code(unit.serial), "side": ("LEFT", "RIGHT")[number % 2], "second": "on"}
        for number, unit in enumerate(theatre.units)
    ]
    scans += [{"code": "S3", "quantity": "1.000"} for _ in range(LOTS)]
    theatre.dice.shuffle(scans)
    for told in scans:
        theatre.press("theatre:scan", [case.pk], {**told, "key": uuid4().hex})
    signers = {"ANAESTHESIA": house.anaesthetist, "NURSE": house.visit.nurse, "SURGEON": house.surgeon}
    signs = [(kind, role) for kind in ("SIGN_IN", "TIME_OUT") for role in stage(house, case, kind).roles]
    for kind, role in signs:
        asked = {"role": role, "staff": staff_of(house, signers[role])}
        theatre.press("theatre:sign_stage", [case.pk, stage(house, case, kind).pk], asked)
    connection.close()
    assert theatre.lost >= 10 and theatre.server.killed >= 2 * len(scans), (theatre.lost, theatre.server.killed)
    with acting_as(house.clinic.system):
        entries = Implant.objects.filter(source_id=case.pk)
        assert sorted(one.serial for one in entries) == sorted(unit.serial for unit in theatre.units)
        gone = Movement.objects.filter(kind="ISSUED", source_id=case.pk)
        assert gone.filter(unit__isnull=False).count() == PIECES
        assert [move.quantity for move in gone.filter(batch_id=theatre.batch)] == [Decimal(1)] * LOTS
        shelf = Balance.objects.get(batch_id=theatre.batch)
        assert (shelf.quantity, shelf.held) == (BEGUN_WITH - LOTS, 0)
        assert {shelf.quantity for shelf in Balance.objects.filter(item=theatre.shelves.implant)} == {0}
        assert stock.mismatches(seen_by=house.clinic.system) == []
        signed = StageSignature.objects.filter(stage__case=case).values_list("stage__kind", "role")
        assert sorted(signed) == sorted(signs)
