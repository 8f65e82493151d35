"""A small clinic to try scheduling in: two doctors, a treatment room, a desk, two patients, four services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kalon.catalog.models import Service
from kalon.kernel import actors
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import Patient
from kalon.people import actions as people
from kalon.people.models import User
from kalon.people.queries import staff_actor
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.scheduling import actions
from kalon.scheduling.models import ScheduleBreak, WeeklySchedule

TUESDAY = date(2026, 11, 24)
EIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # 08:00 in Kochi; nobody has come yet


@dataclass(frozen=True)
class Clinic:
    """Everything a test needs, by name."""

    organization_id: UUID
    system: Actor
    owner: Actor
    desk: Actor
    doctor_actor: Actor
    nobody: Actor
    branch: Any
    doctor: Any
    other_doctor: Any
    room: Any
    patient: Any
    other_patient: Any
    consult: Any
    review: Any
    prepaid: Any
    peel: Any

    def patient_actor(self, patient: Any = None) -> Actor:
        """A patient signed in to their own pages."""
        patient = patient or self.patient
        user = _user(self, f"{patient.mrn.lower()}@example.org", patient.given_name)
        return Actor(
            kind=Kind.PATIENT,
            name=patient.given_name,
            organization_id=self.organization_id,
            user_id=user.pk,
            patient_id=patient.pk,
            grants=MappingProxyType({EVERYWHERE: PATIENT_PERMISSIONS}),
        )

    def at(self, clock_time: str, day: date = TUESDAY) -> datetime:
        """A time on the branch's wall clock."""
        return datetime.combine(day, time.fromisoformat(clock_time))

    def wish(self, clock_time: str = "10:00", **changes: Any) -> actions.BookingRequest:
        """A booking as the desk makes it."""
        day = changes.pop("day", TUESDAY)
        facts = {
            "patient_id": self.patient.pk,
            "branch_id": self.branch.pk,
            "doctor_id": self.doctor.pk,
            "service_id": self.consult.pk,
            "start": self.at(clock_time, day),
        }
        return actions.BookingRequest(**{**facts, **changes})

    def booked(self, clock_time: str = "10:00", *, by: Actor | None = None, **changes: Any) -> Any:
        """A visit that the desk has booked."""
        return actions.book(self.wish(clock_time, **changes), by=by or self.desk)


def open_clinic(code: str = "SK") -> Clinic:
    """Open a clinic through the verbs of the contexts below."""
    birth = actors.system("tests")
    organization = people.create_organization(f"Skinspire {code}", code=code, by=birth)
    system = actors.system("tests", organization.pk)
    with acting_as(system):
        branch = people.add_branch(name="Kochi", code="KOC", timezone="Asia/Kolkata", by=system)
        room = people.add_room(branch.pk, name="Laser room", code="LR", kind="TREATMENT", buffer_minutes=15, by=system)
        owner = _staff(code, "owner", "Leela George", "MANAGER", "owner", system)
        desk = _staff(code, "desk", "Sini Paul", "DESK", "frontdesk", system)
        doctor = _staff(code, "doctor", "Dr Kavya Menon", "DOCTOR", "doctor", system)
        other = people.add_staff("Dr Rohan Shah", kind="SURGEON", by=system)
        patients = [
            _patient(system, f"{code}-00030{n}", name) for n, name in enumerate(("Ananya Iyer", "Arjun Rao"), 5)
        ]
        services = [_service(system, *row) for row in SERVICES]
        _hours((doctor, other), branch)
    return Clinic(
        organization.pk, system, _actor(owner), _actor(desk), _actor(doctor), nobody(organization.pk),
        branch, doctor, other, room, *patients, *services,
    )  # fmt: skip


SERVICES = (
    ("CONSULT", "First consultation", 30, False, False, None),
    ("REVIEW", "Review", 15, True, False, None),
    ("PREPAID", "Online consultation", 30, True, True, None),
    ("PEEL", "Glycolic peel", 60, True, False, "TREATMENT"),
)


def nobody(organization_id: UUID) -> Actor:
    """A member of staff without a single right."""
    return Actor(kind=Kind.STAFF, name="Nobody", organization_id=organization_id)


def _hours(team: Sequence[Any], branch: Any) -> None:
    """Monday to Saturday from nine to five, with an hour for lunch; written at once, for every test begins with it."""
    lines = WeeklySchedule.objects.bulk_create(
        WeeklySchedule(
            organization_id=branch.organization_id,
            staff=one,
            branch=branch,
            weekday=weekday,
            starts_at=time(9),
            ends_at=time(17),
            slot_minutes=30,
            valid_from=TUESDAY - timedelta(days=365),
        )
        for one in team
        for weekday in range(6)
    )
    ScheduleBreak.objects.bulk_create(
        ScheduleBreak(organization_id=line.organization_id, schedule=line, starts_at=time(13), ends_at=time(14))
        for line in lines
    )


def _staff(code: str, login: str, name: str, kind: str, role: str, system: Actor) -> Any:
    email = f"{login}@{code.lower()}.example.org"
    return people.add_staff(name, kind=kind, email=email, roles={None: [role]}, by=system)


def _actor(staff: Any) -> Actor:
    actor = staff_actor(staff.user)
    assert actor is not None
    return actor


def _patient(system: Actor, mrn: str, name: str) -> Any:
    given, family = name.split()
    patient = Patient(organization_id=system.organization_id, mrn=mrn, given_name=given, family_name=family)
    patient.save(force_insert=True)
    return patient


def _service(
    system: Actor, code: str, name: str, minutes: int, online: bool, prepaid: bool, room_kind: str | None
) -> Any:
    return Service.objects.create(
        organization_id=system.organization_id,
        code=code,
        name=name,
        minutes=minutes,
        price=Decimal("1000.00"),
        is_self_bookable=online,
        is_auto_approved=prepaid,
        prepayment="FULL" if prepaid else "NONE",
        room_kind=room_kind,
    )


def _user(clinic: Clinic, email: str, name: str) -> User:
    with acting_as(clinic.system):
        known = User.objects.filter(email=email).first()
        return known or people.create_patient_user(email=email, phone=None, password=None, name=name, by=clinic.system)
