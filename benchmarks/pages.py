"""Pages: the desk's day with many visits, and the page of a patient with a long story.

Everything is made through the product's own verbs, one after another as in a year of work; only while that goes
on, commits do not wait for the disk. The pages are then asked for through the whole stack (middleware, row
security, log of reads, templates), in one process, by somebody at the front desk. A page has to take as many
statements for ten rows as for all.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._people import person
from benchmarks._scratch import installation, median, on_all_cores, p95, p99

SCALE = 1_000  # encounters of the patient
DOCUMENTS = 10_000  # files of the patient
APPOINTMENTS = 400
FEW = 10
WARM, REQUESTS = 10, 100
DOCTORS = 10  # forty quarters of an hour each, from eight to six
TRIES = 5

Figures = dict[str, float | int | str]


@dataclass
class Clinic:
    """What the visits need of the clinic."""

    place: Any
    doctors: list[tuple[Any, Any]]
    zone: ZoneInfo
    today: date

    @property
    def desk(self) -> Any:
        return self.place.by["frontdesk"]


def run(scale: int) -> Figures:
    """Measure the day with 400 visits, and a patient with `scale` encounters."""
    from kalon.web import assets

    assets.build()
    with installation("pages"):
        here = _clinic()
        client = _signed_in(here)
        return {**_day(here, client), **_patient(here, client, scale)}


# -- the day


def _day(here: Clinic, client: Any) -> Figures:
    people = [_register(here, number) for number in range(1, 41)]
    wishes = [(place, people[place % len(people)]) for place in range(APPOINTMENTS)]
    _all_cores(here, _visit_of_today, wishes[:FEW], "visits of today")
    few = statements(client, "/day")
    _all_cores(here, _visit_of_today, wishes[FEW:], "visits of today")
    figures = asked(client, "/day", "day")
    return {"day_appointments": _count("scheduling_appointment"), "day_queries_small": few, **figures}


def _visit_of_today(here: Clinic, wish: tuple[int, Any]) -> None:
    """Booked before the day began; most have paid, some are there already."""
    from kalon.kernel import clock
    from kalon.scheduling import actions as scheduling

    place, patient_id = wish
    start = datetime.combine(here.today, wall(8), here.zone) + timedelta(minutes=15 * (place // DOCTORS))
    with clock.at(datetime.combine(here.today, wall(6), here.zone)):
        visit = _book(here, patient_id, start, place % DOCTORS)
        if place % 4:
            _pay(here, visit)
        if place % 4 == 1:
            scheduling.check_in(visit.pk, by=here.desk)


# -- the patient


def _patient(here: Clinic, client: Any, scale: int) -> Figures:
    patient_id = _register(here, 1_000_000)
    visits = [(back, patient_id) for back in range(scale, 0, -1)]
    _all_cores(here, _encounter, visits[:FEW], "encounters")
    page = f"/patients/{patient_id}"
    tab = f"{page}/visits"
    files = f"{page}/documents"
    _files(here, patient_id, FEW)
    few, few_tab, few_files = (statements(client, address) for address in (page, tab, files))
    _all_cores(here, _encounter, visits[FEW:], "encounters")
    _files(here, patient_id, DOCUMENTS)
    return {
        "patient_encounters": _count("consultations_consultation", patient_id),
        "patient_bills": _count("billing_bill", patient_id),
        "patient_queries_small": few,
        **asked(client, page, "patient"),
        "patient_visits_queries_small": few_tab,
        **asked(client, tab, "patient_visits"),
        "patient_documents": _count("documents_document", patient_id),
        "patient_documents_queries_small": few_files,
        **asked(client, files, "patient_documents"),
        **asked(client, f"{page}?before={_middle(here, patient_id)}", "patient_earlier"),
        **asked(client, f"/api/patients/{patient_id}/timeline?kind=documents", "timeline_documents"),
    }


def _files(here: Clinic, patient_id: Any, count: int) -> None:
    """One file through the verb, and its row again and again on other days: what is measured is the lists."""
    from io import BytesIO

    from kalon.documents import actions
    from kalon.documents.actions import DocumentDetails
    from kalon.documents.models import Document
    from kalon.documents.tests import samples
    from kalon.kernel import clock
    from kalon.kernel.ids import uuid7
    from kalon.kernel.tenancy import acting_as

    by = here.place.system
    said = DocumentDetails(kind="LAB_REPORT", description=f"Report of {count}", origin="A laboratory")
    first = actions.upload(patient_id, BytesIO(samples.pdf(text=f"Report {count}")), said, by=by)
    with acting_as(by):
        rows: list[Document] = []
        for number in range(count - 1):
            row = Document.objects.select_related("patient").get(pk=first.pk) if not rows else _like(rows[0])
            half, description, origin = row.half, row.description, row.origin
            row.pk, row.created_at = uuid7(), clock.now() - timedelta(hours=number)
            row.half, row.description, row.origin = half, description, origin  # sealed anew for the new row
            row.received_sha256 = f"{count:032d}{number:032d}"
            rows.append(row)
        Document.objects.bulk_create(rows, batch_size=500)


def _like(row: Any) -> Any:
    from copy import copy

    return copy(row)


def _middle(here: Clinic, patient_id: Any) -> str:
    """The mark of a page far down the timeline."""
    from urllib.parse import quote

    from kalon.kernel import clock
    from kalon.kernel.ids import uuid7

    return quote(f"{(clock.now() - timedelta(hours=DOCUMENTS // 2)).isoformat()}~{uuid7()}")


def _encounter(here: Clinic, visit: tuple[int, Any]) -> None:
    """A visit of the past: booked, paid, seen by the doctor, closed."""
    from kalon.consultations import actions as consultations
    from kalon.consultations import queries as encounters
    from kalon.kernel import clock
    from kalon.kernel.tenancy import acting_as
    from kalon.scheduling import actions as scheduling

    back, patient_id = visit
    on = here.today - timedelta(days=1 + back // 8)
    start = datetime.combine(on, wall(9 + 7 - back % 8), here.zone)
    doctor = here.doctors[back % DOCTORS][1]
    with clock.at(start - timedelta(minutes=20)):
        booked = _book(here, patient_id, start, back % DOCTORS)
        _pay(here, booked)
        scheduling.check_in(booked.pk, by=here.desk)
    with clock.at(start):
        with acting_as(doctor):
            encounter = encounters.of_appointment(booked.pk, seen_by=doctor)
        consultations.begin(encounter.pk, by=doctor)
        note = {
            "examination": "Skin examined.",
            "assessment": "Mild photo-ageing.",
            "advice": "Sunscreen every morning.",
        }
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=note, follow_up_on=None, by=doctor)
        consultations.close(encounter.pk, by=doctor)


# -- asking for a page


def asked(client: Any, address: str, name: str) -> Figures:
    """Ask for a page again and again; the first answers warm what is kept between requests."""
    times: list[float] = []
    computing: list[float] = []
    size = 0
    for turn in range(WARM + REQUESTS):
        began, computed = time.perf_counter(), time.process_time()
        answer = client.get(address)
        taken, computed = time.perf_counter() - began, time.process_time() - computed
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        if turn >= WARM:
            times.append(taken)
            computing.append(computed)
        size = len(answer.content)
    return {
        f"{name}_requests": len(times),
        f"{name}_queries": statements(client, address),
        f"{name}_median_ms": median(times),
        f"{name}_p95_ms": p95(times),
        f"{name}_p99_ms": p99(times),
        f"{name}_python_median_ms": median(computing),
        f"{name}_kilobytes": round(size / 1024),
    }


def statements(client: Any, address: str) -> int:
    """How many statements one answer takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, f"{address} does not answer"
    return len(asked)


# -- making the clinic


def _clinic() -> Clinic:
    """The clinic of the demonstration, without its year, and with ten doctors in ten rooms."""
    from kalon.config.seed.clinic import open_clinic
    from kalon.kernel import clock
    from kalon.kernel.tenancy import acting_as
    from kalon.people import actions as people
    from kalon.people import queries
    from kalon.scheduling import actions as scheduling
    from kalon.scheduling.actions import ScheduleLine

    place = open_clinic()
    by = place.system
    doctors = []
    for number in range(DOCTORS):
        people.add_room(
            place.branch.pk, code=f"R{number}", name=f"Room {number}", kind="CONSULTATION", buffer_minutes=0, by=by
        )
        member = people.add_staff(
            f"Dr Number {number}",
            kind="DOCTOR",
            email=f"doctor{number}@clinic.example",
            roles={None: ["doctor"]},
            by=by,
        )
        for weekday in range(7):
            line = ScheduleLine(
                weekday=weekday, starts_at=wall(8), ends_at=wall(18), slot_minutes=15, valid_from=date(2020, 1, 1)
            )
            scheduling.set_schedule(member.pk, place.branch.pk, line, by=by)
        with acting_as(by):
            doctors.append((member, queries.staff_actor(member.user)))
    zone = ZoneInfo(place.branch.timezone)
    return Clinic(place, doctors, zone, clock.today(zone))


def _register(here: Clinic, number: int) -> Any:
    from kalon.patients import actions
    from kalon.patients.rules import PatientDetails

    who = person(number)
    details = PatientDetails(
        given_name=who.given,
        family_name=who.family,
        birth_date=date(1990, 5, 17),
        gender="female",
        phone=who.phone,
        confirmed_not_duplicate=True,
    )
    patient = actions.register(details, by=here.desk)
    actions.record_allergies(patient.pk, "NONE_KNOWN", by=here.place.by["nurse"])
    return patient.pk


def _book(here: Clinic, patient_id: Any, start: datetime, doctor: int) -> Any:
    from kalon.kernel.errors import Clash
    from kalon.scheduling import actions
    from kalon.scheduling.actions import BookingRequest

    request = BookingRequest(
        patient_id=patient_id,
        doctor_id=here.doctors[doctor][0].pk,
        branch_id=here.place.branch.pk,
        service_id=here.place.services["CONSULT"].pk,
        start=start,
        minutes=15,
        chief_complaint="Uneven skin tone",
    )
    for _ in range(TRIES):
        with suppress(Clash):  # two desks at one moment may be given the same room: the second asks again
            return actions.book(request, by=here.desk)
    return actions.book(request, by=here.desk)


def _pay(here: Clinic, visit: Any) -> None:
    from kalon.billing import actions, queries
    from kalon.kernel.tenancy import acting_as

    with acting_as(here.desk):
        bill = queries.bill_for_appointment(visit.pk, seen_by=here.desk)
    if bill and bill.owed:
        actions.take_payment(bill.pk, "CASH", bill.owed, by=here.desk)


def _all_cores(here: Clinic, make: Callable[[Clinic, Any], None], wishes: list[Any], doing: str) -> None:
    """Live through some visits in several processes; meanwhile commits do not wait for the disk."""
    from django.db import connections

    global _work
    _work = (here, make)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER DATABASE kalon SET synchronous_commit = off")
    on_all_cores(_one, wishes, len(wishes), doing)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER DATABASE kalon RESET synchronous_commit")
        cursor.execute("ANALYZE")
    connections.close_all()


_work: tuple[Clinic, Callable[[Clinic, Any], None]]


def _one(wish: Any) -> int:
    here, make = _work
    make(here, wish)
    return 1


def _count(table: str, patient_id: Any = None) -> int:
    """How many rows there are, whoever they belong to."""
    import psycopg

    from kalon.config.installation import Installation
    from kalon.config.postgres import superuser_dsn_for

    where = "WHERE patient_id = %s" if patient_id else ""
    with psycopg.connect(superuser_dsn_for(Installation.from_environment())) as link:
        found = link.execute(f"SELECT count(*) FROM {table} {where}", [patient_id] if patient_id else []).fetchone()  # type: ignore[call-overload]
    return int(found[0]) if found else 0


def _signed_in(here: Clinic) -> Any:
    from django.test import Client

    from kalon.kernel.tenancy import acting_as
    from kalon.people.models import User

    client = Client(headers={"host": "localhost"})
    with acting_as(here.place.system):
        user = User.objects.get(pk=here.desk.user_id)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
