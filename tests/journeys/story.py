"""What a story needs to be told: the people in it, what stands in the books, and what must be refused."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from kalon.billing.models import Bill, Payment, PaymentAllocation
from kalon.charts.models import Chart, Point
from kalon.config.seed.clinic import Place
from kalon.consents.models import Consent
from kalon.consultations.models import Consultation, Diagnosis, Vitals
from kalon.inventory.models import Implant, Movement, Reservation, SerialUnit
from kalon.kernel import actors, audit, outbox
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import DeliveryEvent, Message
from kalon.patients import actions as patients
from kalon.patients.models import Patient, PatientAccess, Registration
from kalon.patients.rules import PatientDetails
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.photos.models import Pair, Photo
from kalon.plans.models import FollowUpPlan, PlanLine, ProcedurePlan
from kalon.prescribing.models import KeptFinding, Prescription, PrescriptionItem
from kalon.quotes.models import Quote
from kalon.scheduling.models import Appointment
from kalon.theatre.models import Case, Clearance, Requirement, Stage

KOCHI = ZoneInfo("Asia/Kolkata")
MONDAY_EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=KOCHI)
TUESDAY = date(2026, 11, 24)

# Everything that a story may write; a refused step must leave all of it as it was.
BOOKS = (
    Registration, Patient, Appointment, Consultation, Vitals, ProcedurePlan, PlanLine, FollowUpPlan, Bill, Payment,
    PaymentAllocation, Message, Diagnosis, Chart, Point, Movement, Prescription, PrescriptionItem, KeptFinding,
    Quote, Consent, Photo, Pair, SerialUnit, Implant, Reservation, Clearance, Requirement, Case, Stage,
)  # fmt: skip


def on_tuesday(clock_time: str) -> datetime:
    """A time on the wall clock of the clinic on the day of the visit."""
    return datetime.fromisoformat(f"{TUESDAY} {clock_time}").replace(tzinfo=KOCHI)


@dataclass
class Story:
    """One clinic, and questions to its books."""

    place: Place

    @property
    def desk(self) -> Actor:
        return self.place.by["frontdesk"]

    @property
    def nurse(self) -> Actor:
        return self.place.by["nurse"]

    @property
    def doctor(self) -> Actor:
        return self.place.by["doctor"]

    @property
    def dr_menon(self) -> Any:
        """The doctor as a person one can book."""
        return self.place.doctors[0]

    @property
    def consultation_service(self) -> Any:
        return self.place.services["CONSULT"]

    @property
    def visitor(self) -> Actor:
        """Somebody on the public pages."""
        return actors.public(self.place.organization_id)

    def registered(self, given: str = "Rahul", family: str = "Das", phone: str = "+919846120774") -> Actor:
        """Another patient, registered at the desk: as whom they act on the portal."""
        details = PatientDetails(
            given_name=given, family_name=family, birth_date=date(1988, 2, 3), gender="male", phone=phone,
            confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=self.desk)
        return self.patient_actor(patient.pk, given)

    def patient_actor(self, patient_id: UUID, name: str) -> Actor:
        """A patient on their own pages, with the account that confirmed them where there is one."""
        with acting_as(self.place.system):
            access = PatientAccess.objects.filter(patient_id=patient_id).first()
        return Actor(
            kind=Kind.PATIENT,
            name=name,
            organization_id=self.place.organization_id,
            user_id=access.user_id if access else None,
            patient_id=patient_id,
            grants={EVERYWHERE: PATIENT_PERMISSIONS},
        )

    def now(self, row: Any) -> Any:
        """The row as the books have it at this moment."""
        with acting_as(self.place.system):
            return type(row).objects.get(pk=row.pk)

    def state(self, row: Any) -> str:
        return str(self.now(row).status)

    def encounter(self, visit: Any) -> Consultation | None:
        with acting_as(self.place.system):
            return Consultation.objects.select_related("patient").filter(appointment_id=visit.pk).first()

    def bill(self, visit: Any) -> Bill:
        with acting_as(self.place.system):
            return Bill.objects.get(appointment_id=visit.pk)

    def told(self) -> Counter[str]:
        """Which messages were written so far, and how often each."""
        with acting_as(self.place.system):
            return Counter(Message.objects.values_list("template_code", flat=True))

    def handed_over(self) -> Counter[str]:
        """Which messages the sender took, and how often each was handed to it."""
        with acting_as(self.place.system):
            taken = DeliveryEvent.objects.filter(kind=DeliveryEvent.Kind.ACCEPTED)
            return Counter(taken.values_list("message__template_code", flat=True))

    def code_sent(self) -> str:
        """The newest one-time code in the inbox."""
        with acting_as(self.place.system):
            newest = Message.objects.filter(template_code="registration-code").latest("id")
            return re.search(r"\b(\d{6})\b", str(newest.body)).group(1)  # type: ignore[union-attr]

    def moves(self, row: Any) -> list[tuple[str, str, str]]:
        """The audit trail of a row: from which state, to which, by whom."""
        with acting_as(self.place.system):
            events = AuditEvent.objects.filter(subject_id=row.pk, kind=audit.Kind.MOVE).order_by("id")
            return list(events.values_list("from_state", "to_state", "actor_name"))

    def readers(self, row: Any) -> list[tuple[str, str]]:
        """Who opened a record, and what for."""
        with acting_as(self.place.system):
            events = AuditEvent.objects.filter(subject_id=row.pk, kind=audit.Kind.READ).order_by("id")
            return list(events.values_list("actor_name", "purpose"))

    def carry_out(self) -> int:
        """Let the worker do what waits."""
        return outbox.run_due()

    def books(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row that a story could have changed."""
        with acting_as(self.place.system):
            return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in BOOKS}

    @contextmanager
    def refused(self, kind: type[DomainError], saying: str) -> "Iterator[pytest.ExceptionInfo[DomainError]]":
        """The step is refused in these words, and the books are as they were."""
        before = self.books()
        with pytest.raises(kind) as refusal:
            yield refusal
        assert saying in refusal.value.detail
        assert self.books() == before
