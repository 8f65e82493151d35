"""The place and its people: Skinspire Clinic in Kochi, all of it invented."""

from dataclasses import dataclass, field, replace
from datetime import date, time
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kalon.catalog import actions as catalog
from kalon.catalog import queries as catalog_queries
from kalon.kernel import actors
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.patients.models import PatientAccess
from kalon.people import actions as people
from kalon.people import queries as people_queries
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import ScheduleLine

PASSWORD = "kalon-demo-2026"  # noqa: S105  (printed at every start; the demonstration is on loopback only)

STAFF = (
    # login (empty for who never signs in), name, title, kind, specialty, roles
    ("owner", "Latha Menon", "Owner", "MANAGER", "", ("owner",)),
    ("frontdesk", "Sini Paul", "Front desk", "DESK", "", ("frontdesk",)),
    ("nurse", "Asha Jacob", "Nurse", "NURSE", "", ("nurse",)),
    ("doctor", "Dr Kavya Menon", "Consultant", "DOCTOR", "Dermatology", ("doctor",)),
    ("surgeon", "Dr Rohan Shah", "Consultant", "SURGEON", "Plastic surgery", ("surgeon",)),
    ("theatre", "Jomon Varghese", "Theatre manager", "MANAGER", "", ("theatre",)),
    ("inventory", "Reshma Nambiar", "Stores and pharmacy", "PHARMACIST", "", ("inventory",)),
    ("billing", "Thomas Kurian", "Accounts", "OTHER", "", ("billing",)),
    ("therapist", "Nimisha Raj", "Aesthetic therapist", "THERAPIST", "Lasers", ("nurse",)),
    ("", "Divya Suresh", "Aesthetic therapist", "THERAPIST", "Peels", ("nurse",)),
    ("", "Lini Mathew", "Nurse", "NURSE", "Theatre", ("nurse",)),
    ("anaesthetist", "Dr Jacob Cherian", "Anaesthetist", "ANAESTHETIST", "", ("doctor",)),
    ("provider", "Dr Iqbal Hussain", "Remote provider", "PROVIDER", "Dermatology", ("provider",)),
)
LOGINS = [(f"{login}@kalon.test", f"{name}, {title.lower()}") for login, name, title, *_ in STAFF if login]
LOGINS.append(("patient@kalon.test", "Meera Nair, a patient (on the phone: /my/)"))

ROOMS = (
    # code, name, kind, features
    ("C1", "Consultation 1", "CONSULTATION", ("sink",)),
    ("C2", "Consultation 2", "CONSULTATION", ("sink",)),
    ("C3", "Consultation 3", "CONSULTATION", ()),
    ("TR", "Triage", "TRIAGE", ()),
    ("T1", "Treatment room 1", "TREATMENT", ("sink", "air-conditioning")),
    ("T2", "Treatment room 2", "TREATMENT", ("sink", "air-conditioning")),
    ("P1", "Procedure room 1", "PROCEDURE", ("sink", "surgical light")),
    ("L1", "Laser room", "LASER", ("laser-safe", "air-conditioning")),
    ("OT", "Theatre 1", "THEATRE", ("laminar flow",)),
    ("RC", "Recovery", "RECOVERY", ()),
)
EQUIPMENT = (
    # code, name, kind, minutes kept free after each visit
    ("NY1", "Nd:YAG laser", "LASER_ND_YAG", 5),
    ("DL1", "Diode laser", "LASER_DIODE", 5),
    ("US1", "Focused ultrasound", "ULTRASOUND", 5),
)
WITH_HOURS = ("THERAPIST", "NURSE", "ANAESTHETIST")  # besides the doctors


@dataclass
class Place:
    """The clinic as the rest of the seed needs it."""

    organization_id: UUID
    branch: Any
    by: dict[str, Actor] = field(default_factory=dict)
    doctors: list[Any] = field(default_factory=list)
    team: list[Any] = field(default_factory=list)
    services: dict[str, Any] = field(default_factory=dict)

    @property
    def system(self) -> Actor:
        return actors.system("the demonstration", self.organization_id)

    def patient(self, patient: Any) -> Actor:
        """A patient on their own phone."""
        return Actor(
            kind=Kind.PATIENT,
            name=patient.given_name,
            organization_id=self.organization_id,
            patient_id=patient.pk,
            grants=MappingProxyType({EVERYWHERE: PATIENT_PERMISSIONS}),
        )

    def on_the_phone(self, patient: Any) -> Actor:
        """The patient, signed in with the account they registered."""
        with acting_as(self.system):
            user_id = PatientAccess.objects.get(patient_id=patient.pk).user_id
        return replace(self.patient(patient), user_id=user_id)


def open_clinic() -> Place:
    """Organisation, branch, rooms, staff with roles, catalogue, templates, working hours."""
    organization = people.create_organization(
        "Skinspire Clinic",
        code="SK",
        slug="skinspire",
        tagline="Skin, hair and surgery",
        upi_id="skinspire@examplebank",
        by=actors.system("the demonstration"),
    )
    by = actors.system("the demonstration", organization.pk)
    branch = people.add_branch(
        name="Kochi, Panampilly Nagar", code="KOC", timezone="Asia/Kolkata", city="Kochi",
        address="14 Avenue Road, Panampilly Nagar",
        phone="+914842310014", opens_at=time(9), closes_at=time(19), gstin="32ABCDE1234F1Z9", state_code="32", by=by,
    )  # fmt: skip
    for place_in_list, (code, name, kind, features) in enumerate(ROOMS):
        people.add_room(
            branch.pk, code=code, name=name, kind=kind, features=features, display_order=10 * place_in_list, by=by
        )
    for code, name, kind, minutes in EQUIPMENT:
        people.add_equipment(branch.pk, code=code, name=name, kind=kind, buffer_minutes=minutes, by=by)
    place = Place(organization.pk, branch)
    for login, name, title, kind, specialty, roles in STAFF:
        member = people.add_staff(
            name, kind=kind, email=f"{login}@kalon.test" if login else None, password=PASSWORD, roles={None: roles},
            title=title, specialty=specialty, by=by,
        )  # fmt: skip
        if login in ("doctor", "surgeon"):
            place.doctors.append(member)
        if kind in WITH_HOURS:
            place.team.append(member)
        if member.user is None:
            continue
        with acting_as(by):
            actor = people_queries.staff_actor(member.user)
        assert actor is not None
        place.by[login] = actor
    catalog.install_defaults(by=by)
    messaging.install_templates(by=by)
    with acting_as(by):
        place.services = {service.code: service for service in catalog_queries.services(seen_by=by)}
    _hours(place, by)
    return place


def _hours(place: Place, by: Actor) -> None:
    for member in [*place.doctors, *place.team]:
        for weekday in range(7):
            scheduling.set_schedule(
                member.pk,
                place.branch.pk,
                ScheduleLine(
                    weekday=weekday,
                    starts_at=time(9),
                    ends_at=time(18) if weekday < 6 else time(13),
                    slot_minutes=15,
                    valid_from=date(2020, 1, 1),
                    breaks=((time(13), time(14)),) if weekday < 6 else (),
                ),
                by=by,
            )
