"""A treatment on the same day as JSON: `same_days` (/api/same-day); each answer says what comes next."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from kalon.api import Router
from kalon.kernel import audit
from kalon.plans.lifecycles import ConsentNeed, MoneyType
from kalon.tills import actions, queries
from kalon.tills.api.desk import Money, TenderIn, Text
from kalon.web.fronts import actor_of

same_days = Router(tags=["same day"])


class TreatmentIn(Schema):
    """What a doctor decides on: a treatment, whether a consent is signed first, and who is charged."""

    service_id: UUID
    consent: ConsentNeed
    money_type: Annotated[str, Field(pattern=r"^(COSMETIC|RECONSTRUCTIVE)$")] = MoneyType.COSMETIC.value
    assessment: Annotated[Text, Field(max_length=4000)] = ""


class TimeIn(Schema):
    """When the treatment begins."""

    start: datetime


class PayTodayIn(Schema):
    """How it is paid; none where nothing is left to pay. `key` makes a retry the same payment."""

    tenders: Annotated[list[TenderIn], Field(max_length=12)] = []
    key: Annotated[Text, Field(max_length=100)] = ""


class SameDayOut(Schema):
    """Where the treatment stands; `step` is the one thing to do next."""

    step: str
    plan_id: UUID | None
    quote_id: UUID | None
    session_id: UUID | None
    bill_id: UUID | None
    total: Money | None
    consent: str
    missing: str


@same_days.get("/{uuid:appointment_id}", response=SameDayOut)
def same_day(request: HttpRequest, appointment_id: UUID) -> dict[str, Any]:
    """Where the treatment decided in this visit stands."""
    shown = queries.same_day(appointment_id, seen_by=actor_of(request))
    audit.read(actor_of(request), shown.plan or shown.visit, purpose="treatment today")
    return _out(shown)


@same_days.post("/{uuid:appointment_id}/plan", response={201: SameDayOut})
def plan_today(request: HttpRequest, appointment_id: UUID, body: TreatmentIn) -> tuple[int, dict[str, Any]]:
    """Record the outcome, write the plan and approve it."""
    actions.plan_today(appointment_id, actions.Treatment(**body.dict()), by=actor_of(request))
    return 201, _out(queries.same_day(appointment_id, seen_by=actor_of(request)))


@same_days.post("/{uuid:appointment_id}/book", response={201: SameDayOut})
def book_today(request: HttpRequest, appointment_id: UUID, body: TimeIn) -> tuple[int, dict[str, Any]]:
    """Book the treatment; the gate of its plan's money stands on it."""
    actions.book_today(appointment_id, body.start, by=actor_of(request))
    return 201, _out(queries.same_day(appointment_id, seen_by=actor_of(request)))


@same_days.post("/{uuid:appointment_id}/pay", response=SameDayOut)
def pay_today(request: HttpRequest, appointment_id: UUID, body: PayTodayIn) -> dict[str, Any]:
    """Take the money and check the patient in, both or neither."""
    key = body.key or request.headers.get("Idempotency-Key", "")[:100]
    tenders = [actions.Tender(**tender.dict()) for tender in body.tenders]
    return _out(actions.pay_today(appointment_id, tenders, key, by=actor_of(request)))


def _out(shown: queries.SameDay) -> dict[str, Any]:
    return {
        "step": shown.step.value,
        "plan_id": shown.plan.pk if shown.plan else None,
        "quote_id": shown.quote.pk if shown.quote else None,
        "session_id": shown.session.pk if shown.session else None,
        "bill_id": shown.bill.pk if shown.bill else None,
        "total": shown.price.total if shown.price else None,
        "consent": shown.plan.consent if shown.plan else "",
        "missing": shown.missing,
    }
