"""The power goes between scan and save: a server really killed, at any moment of a request, and the scan sent again."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
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

from kalon.consents import actions as consents
from kalon.consents import queries as signed_papers
from kalon.consents.models import Signature, Version
from kalon.consents.tests.conftest import LINES
from kalon.consents.tests.planned import read_all
from kalon.inventory import queries as stock
from kalon.inventory.models import Balance, Implant, Movement
from kalon.kernel import clock, outbox
from kalon.kernel.tenancy import acting_as
from kalon.papers.models import SignedPaper
from kalon.patients.models import PatientAccess
from kalon.people.models import User
from kalon.plans.actions import LineDetails
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions
from kalon.theatre.models import StageSignature
from kalon.theatre.tests.conftest import House, opened
from kalon.theatre.tests.supplied import Supplies, supplied
from kalon.theatre.tests.told import cut, on_the_day, planned, scheduled, staff_of, stage, started
from kalon.voice.tests.test_killed import SERVE, Server

PIECES, LOTS, BEGUN_WITH = 8, 8, 40
OF_THE_PATIENT = ("PHOTOGRAPHY", "RECORDING", "MARKETING")
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
    consents: list[Any]
    dice: Random = field(default_factory=lambda: Random(6))
    phone: str = ""  # the cookies of the patient's own phone
    lost: int = 0  # answers that never came, because the server was killed over them
    span: float = 0.2  # seconds that a request takes

    def press(
        self, page: str, args: list[Any], told: dict[str, Any], *, cookies: str = "", whole: Callable[[], Any] = list
    ) -> None:
        """Pressed until it is answered, each time with the same key.

        Over the first and the second one the power goes, at any moment; the third is done, but its answer is lost.
        `whole` looks at what stands after each: never the half of it.
        """
        body = urlencode({**told, "idempotency_key": uuid4().hex, "csrfmiddlewaretoken": SECRET}, doseq=True)
        for attempt in range(12):
            cut = threading.Timer(self.dice.random() * self.span * 1.1, self.server.kill)
            if attempt < 2:
                cut.start()
            begun = monotonic()
            status, said = self._sent(reverse(page, args=args), body, cookies or self.cookies)
            if attempt < 2:
                cut.join()
            elif status:
                self.span = (self.span + monotonic() - begun) / 2
            assert status in (0, 200, 303), (status, said[:3000])
            self.lost += status == 0
            whole()
            if status and attempt >= 3:
                return
        raise AssertionError("never answered")

    def _sent(self, path: str, body: str, cookies: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
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
            case = cut(house, started(house, case))
        with clock.at(datetime.now(UTC)):  # the server that signs them has the clock of the wall
            asked = _asked(house)
        cookies = _cookies(house, house.visit.nurse.user_id)
        phone = _cookies(house, house.clinic.patient_actor().user_id)
        connection.close()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        server = Server(process)
        server.follow()
        yield Theatre(house, shelves, case, units, batch, server, cookies, asked, phone=phone)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        connection.close()


def _asked(house: House) -> list[Any]:
    """Consents that the patient has read on the phone, to be signed there."""
    clinic, me = house.clinic, house.clinic.patient_actor()
    with acting_as(clinic.system):
        PatientAccess.objects.get_or_create(
            organization_id=clinic.organization_id, user_id=me.user_id, patient=clinic.patient,
            defaults={"relation": "SELF", "called": clinic.patient.given_name},
        )  # fmt: skip
        drafts = list(Version.objects.filter(status="DRAFT", kind__in=OF_THE_PATIENT).values_list("pk", flat=True))
    made = []
    for draft in drafts:
        version = consents.publish(draft, by=clinic.owner)
        ready = consents.prepare(clinic.patient.pk, consents.Wish(version.pk, clinic.branch.pk), by=house.visit.nurse)
        shown = consents.open_to_sign(consents.present(ready.pk, by=house.visit.nurse).pk, by=me)
        made.append(read_all(shown, by=me))
    return made


def _cookies(house: House, user_id: Any) -> str:
    """What a browser has in which somebody is signed in."""
    browser = Client()
    with acting_as(house.clinic.system):
        user = User.objects.get(pk=user_id)
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
    with on_the_day():
        actions.write_time(case.pk, "closure", by=house.visit.nurse)
    signs = [("SIGN_OUT", role) for role in stage(house, case, "SIGN_OUT").roles]
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
        signed = StageSignature.objects.filter(stage__case=case, stage__kind="SIGN_OUT").values_list(
            "stage__kind", "role"
        )
        assert sorted(signed) == sorted(signs)
    _signed_on_the_phone(theatre)


def _signed_on_the_phone(theatre: Theatre) -> None:
    """A consent whose server died under the patient's finger is signed once, sealed, and never by half."""
    by = theatre.house.clinic.system
    assert len(theatre.consents) == len(OF_THE_PATIENT)
    for consent in theatre.consents:
        seen: set[tuple[str, int, bool]] = set()

        def whole(consent: Any = consent, seen: set[tuple[str, int, bool]] = seen) -> None:
            with acting_as(by):
                found = signed_papers.consent(consent.pk, seen_by=by)
                seen.add((found.status, found.signatures.count(), bool(found.seal_sha256)))
            connection.close()

        told = {"words": consent.content_sha256, "role": "PATIENT", "strokes": json.dumps(LINES), "name": ""}
        before = theatre.lost
        told["ticked"] = [str(at) for at, _ in enumerate(signed_papers.shown(consent).ticks)]
        theatre.press("consents:my_consent", [consent.pk], told, cookies=theatre.phone, whole=whole)
        assert theatre.lost > before
        with acting_as(by):
            [signature] = Signature.objects.filter(consent_id=consent.pk)
        assert signature.role == "PATIENT"
        done = ("SIGNED", 1, True) if consent.signers == ["PATIENT"] else ("PARTIALLY_SIGNED", 1, False)
        assert done in seen and seen <= {("PRESENTED", 0, False), done}
    outbox.run_due()
    with acting_as(by):
        whole_ones = [one for one in theatre.consents if one.signers == ["PATIENT"]]
        papers = SignedPaper.objects.filter(source_id__in=[one.pk for one in theatre.consents], kind="CONSENT")
        assert papers.count() == len(whole_ones) >= 1
        for consent in whole_ones:
            assert signed_papers.paper(consent.pk, seen_by=by)[1].startswith(b"%PDF")
