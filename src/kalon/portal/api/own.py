"""The portal's JSON: `/api/patient/…`, always about the patient who asks."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, File, Form, Schema
from ninja.files import UploadedFile

from kalon.api import Page, Router, paged
from kalon.api.shell import signed_in
from kalon.billing import actions as billing_actions
from kalon.billing import queries as billing
from kalon.documents import actions as document_actions
from kalon.documents import queries as documents
from kalon.documents.actions import DocumentDetails
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patient_actions
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.portal import queries, rules
from kalon.prescribing import queries as prescribing
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.web import files


def patient_only(request: HttpRequest) -> Actor | None:
    """A signed-in patient, or a guardian acting for one (header `X-Acting-For`)."""
    actor = signed_in(request)
    if actor is not None and not actor.is_patient:
        raise NotPermitted("These addresses are for patients. Staff use /api/patients and its neighbours.")
    return actor


router = Router(tags=["patient portal"], auth=patient_only)


class OwnRecordOut(Schema):
    id: UUID
    mrn: str
    given_name: str
    family_name: str
    birth_date: date | None
    gender: str
    phone: str
    email: str
    language: str
    address: dict[str, str] = Field(alias="postal_address")
    allergy_state: str
    version: int


class OwnAddressIn(Schema):
    line1: str = Field("", max_length=200)
    line2: str = Field("", max_length=200)
    city: str = Field("", max_length=200)
    district: str = Field("", max_length=200)
    state: str = Field("", max_length=200)
    postal_code: str = Field("", max_length=20)
    country: str = Field("", max_length=200)


class ReachIn(Schema):
    """What is left out stays as it is."""

    version: int = Field(description="As read from `/me`; refused when the record changed after that")
    phone: str | None = Field(None, max_length=40)
    email: str | None = Field(None, max_length=254)
    language: str | None = None
    address: OwnAddressIn | None = None


class LookOut(Schema):
    at: datetime
    who: str
    what: str
    purpose: str
    is_own: bool


class MedicineOut(Schema):
    name: str
    form: str
    strength: str
    sentence: str = Field(description="How it is taken")
    instructions: str


class OwnPrescriptionOut(Schema):
    id: UUID
    number: str
    status: str
    doctor: str
    prescribed_on: date
    refills_left: int
    refills_until: date | None
    advice: str
    items: list[MedicineOut]


class OwnBillOut(Schema):
    id: UUID
    number: str | None
    status: str
    currency: str
    total: Decimal
    owed: Decimal
    appointment_id: UUID | None
    bill_date: date | None


class OwnPaymentOut(Schema):
    id: UUID
    status: str
    amount: Decimal
    checkout_url: str = Field(description="The gateway's page where the patient pays")


class VisitOut(Schema):
    id: UUID
    number: str
    kind: str
    status: str
    starts_at: datetime
    ends_at: datetime
    doctor_id: UUID | None
    branch_id: UUID
    service_id: UUID | None
    amount_due: Decimal | None


class OwnBookingIn(Schema):
    doctor_id: UUID
    service_id: UUID
    branch_id: UUID
    start: datetime = Field(description="With an offset, or wall-clock time of the branch")
    complaint: str = Field("", max_length=1000)


class FileOut(Schema):
    id: UUID
    kind: str
    description: str
    document_date: date | None
    content_type: str
    size: int = Field(description="Bytes")
    created_at: datetime
    verified_at: datetime | None


class FileIn(Schema):
    """kind: LAB_REPORT, IMAGING, PRESCRIPTION, REFERRAL or OTHER."""

    kind: str
    description: str = ""
    document_date: str | None = None


class OwnMoveIn(Schema):
    start: datetime
    reason: str = Field("The patient asked.", max_length=300)


class OwnCancelIn(Schema):
    reason: str = Field(min_length=1, max_length=300)


class ArriveIn(Schema):
    appointment_id: UUID
    code: str = Field(min_length=1, max_length=300)


class OwnSlotOut(Schema):
    start: datetime
    end: datetime
    doctor_id: UUID
    state: str


class Choice(Schema):
    id: UUID
    name: str


class OwnServiceOut(Choice):
    minutes: int
    price: Decimal = Field(description="With tax, today, at the first branch, before anything is taken off")


class Choices(Schema):
    services: list[OwnServiceOut]
    doctors: list[Choice]
    branches: list[Choice]


@router.get("/me", response=OwnRecordOut, summary="Your own record")
def me(request: HttpRequest) -> Any:
    by = _by(request)
    mine = patients.patient(by.own_patient_id, seen_by=by)
    audit.read(by, mine, purpose="own record")
    return OwnRecordOut.from_orm(mine)


@router.patch("/me", response=OwnRecordOut, summary="Put right how the clinic reaches you")
def patch_me(request: HttpRequest, body: ReachIn) -> Any:
    told = body.model_dump(exclude={"version"}, exclude_none=True)
    if "address" in told:
        told["address"] = {line: text for line, text in told["address"].items() if text}
    return OwnRecordOut.from_orm(patient_actions.correct_own_contact(told, version=body.version, by=_by(request)))


@router.get("/access-log", response=Page[LookOut], summary="Who read, changed or copied your record, newest first")
def access_log(request: HttpRequest) -> Any:
    by = _by(request)
    return paged(request, queries.own_log(seen_by=by), lambda event: LookOut.from_orm(rules.look(event, seen_by=by)))


@router.get("/choices", response=Choices, summary="What can be booked, with whom and where")
def choices(request: HttpRequest) -> Any:
    by = _by(request)
    offered = queries.bookable(seen_by=by)
    return {
        "services": [
            {"id": one.pk, "name": one.name, "minutes": one.minutes, "price": one.listed} for one in offered.services
        ],
        "doctors": list(people.doctors(seen_by=by)),
        "branches": offered.branches,
    }


@router.get("/slots", response=list[OwnSlotOut], summary="The times of one doctor on one day")
def slots(request: HttpRequest, doctor_id: UUID, date: date, branch_id: UUID, service_id: UUID | None = None) -> Any:
    return scheduling.slots(doctor_id, date, branch_id, service_id, seen_by=_by(request))


@router.get("/appointments", response=Page[VisitOut], summary="Your visits, newest first")
def appointments(request: HttpRequest) -> Any:
    by = _by(request)
    return paged(request, scheduling.appointments_of(by.own_patient_id, seen_by=by), visit_out)


@router.post("/appointments", response={201: VisitOut}, summary="Book a visit")
def book(request: HttpRequest, body: OwnBookingIn) -> Any:
    by = _by(request)
    wanted = BookingRequest(
        patient_id=by.own_patient_id,
        doctor_id=body.doctor_id,
        service_id=body.service_id,
        branch_id=body.branch_id,
        start=body.start,
        source="SELF_SERVICE",
        chief_complaint=body.complaint,
    )
    return 201, visit_out(scheduling_actions.book(wanted, by=by))


@router.get("/appointments/{appointment_id}", response=VisitOut, summary="One of your visits")
def appointment(request: HttpRequest, appointment_id: UUID) -> Any:
    return visit_out(scheduling.appointment(appointment_id, seen_by=_by(request)))


@router.post("/appointments/{appointment_id}/cancel", response=VisitOut, summary="Cancel a visit")
def cancel(request: HttpRequest, appointment_id: UUID, body: OwnCancelIn) -> Any:
    return visit_out(scheduling_actions.cancel(appointment_id, reason=body.reason, by=_by(request)))


@router.post("/appointments/{appointment_id}/reschedule", response=VisitOut, summary="Move a visit")
def move(request: HttpRequest, appointment_id: UUID, body: OwnMoveIn) -> Any:
    return visit_out(
        scheduling_actions.reschedule(appointment_id, start=body.start, reason=body.reason, by=_by(request))
    )


@router.get("/arrivals", response=VisitOut, summary="The visit you come for, by the code at the door; changes nothing")
def at_the_door(request: HttpRequest, code: str) -> Any:
    by = _by(request)
    with acting_as(by):
        return visit_out(scheduling_actions.at_the_door(code[:300], by=by))


@router.post("/arrivals", response={201: VisitOut}, summary="You stand at the door: check in for today's visit")
def arrive(request: HttpRequest, body: ArriveIn) -> Any:
    """Give the code that the door shows; it is good for two minutes and counts once for a visit."""
    return 201, visit_out(scheduling_actions.arrive(body.appointment_id, body.code, by=_by(request)))


@router.get("/prescriptions", response=Page[OwnPrescriptionOut], summary="What was prescribed for you, newest first")
def list_prescriptions(request: HttpRequest) -> Any:
    by = _by(request)
    rows = prescribing.of_patient(by.own_patient_id, seen_by=by)
    return paged(request, rows, prescription_out, seen=lambda shown: audit.reads(by, shown, purpose="own records"))


@router.get("/documents", response=Page[FileOut], summary="Your documents, newest first")
def list_documents(request: HttpRequest) -> Any:
    by = _by(request)
    rows = documents.documents_of(by.own_patient_id, seen_by=by)
    return paged(request, rows, FileOut.from_orm, seen=lambda shown: audit.reads(by, shown, purpose="own records"))


@router.post("/documents", response={201: FileOut}, summary="Send the clinic a file: multipart, at most 25 MB")
def send_document(request: HttpRequest, said: Form[FileIn], file: File[UploadedFile]) -> Any:
    by = _by(request)
    return 201, document_actions.upload(by.own_patient_id, file, DocumentDetails(**said.dict()), by=by)  # type: ignore[arg-type]


@router.get("/documents/{document_id}/content", summary="One of your documents, as it is kept")
def document_content(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    by = _by(request)
    found = document_actions.download(document_id, by=by)
    chunks = documents.content(found, seen_by=by)
    return files.taken_away(chunks, **files.facts_of(found))


@router.get("/bills", response=Page[OwnBillOut], summary="Your bills, newest first")
def list_bills(request: HttpRequest) -> Any:
    by = _by(request)
    return paged(request, billing.bills_of(by.own_patient_id, seen_by=by), bill_out)


@router.get("/bills/{bill_id}", response=OwnBillOut, summary="One bill")
def get_bill(request: HttpRequest, bill_id: UUID) -> Any:
    return bill_out(billing.bill(bill_id, seen_by=_by(request)))


@router.post("/bills/{bill_id}/pay", response={201: OwnPaymentOut}, summary="Start paying a bill online")
def pay(request: HttpRequest, bill_id: UUID) -> Any:
    key = request.headers.get("Idempotency-Key", "")
    return 201, payment_out(billing_actions.start_online_payment(bill_id, key=key, by=_by(request)))


def visit_out(visit: Any) -> VisitOut:
    return VisitOut(**{name: getattr(visit, name) for name in VisitOut.model_fields})


def prescription_out(row: Any) -> OwnPrescriptionOut:
    same = set(OwnPrescriptionOut.model_fields) - {"doctor", "items"}
    items = [MedicineOut(**{name: getattr(one, name) for name in MedicineOut.model_fields}) for one in row.items.all()]
    return OwnPrescriptionOut(**{name: getattr(row, name) for name in same}, doctor=row.doctor.name, items=items)


def bill_out(bill: Any) -> OwnBillOut:
    return OwnBillOut(**{name: getattr(bill, name) for name in OwnBillOut.model_fields})


def payment_out(payment: Any) -> OwnPaymentOut:
    return OwnPaymentOut(**{name: getattr(payment, name) for name in OwnPaymentOut.model_fields})


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
