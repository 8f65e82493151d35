"""`/api/patient/consultations`: the summaries of one's own visits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.consultations import actions as consultation_actions
from kalon.consultations import queries as consultations
from kalon.kernel import audit
from kalon.portal import queries
from kalon.portal.api.own import patient_only
from kalon.web.fronts import actor_of

router = Router(tags=["patient portal"], auth=patient_only)


class Summary(Schema):
    id: UUID
    appointment_id: UUID | None
    kind: str
    outcome: str
    outcome_in_words: str
    diagnosis: str
    advice: str
    follow_up_on: date | None
    doctor: str
    signed_at: datetime | None


class PartOut(Schema):
    heading: str
    lines: list[str]


class WholeSummary(Summary):
    parts: list[PartOut] = Field(description="Why they came, what was found, medicines, tests, plans, advice")


@router.get("", response=Page[Summary], summary="Summaries of your closed consultations")
def list_consultations(request: HttpRequest) -> Any:
    by = actor_of(request)
    rows = consultations.summaries_of(by.own_patient_id, seen_by=by)
    return paged(request, rows, summary, seen=lambda shown: audit.reads(by, shown, purpose="own records"))


@router.get("/{consultation_id}", response=WholeSummary, summary="One summary, with all its parts")
def get_consultation(request: HttpRequest, consultation_id: UUID) -> Any:
    by = actor_of(request)
    found = consultation_actions.read(consultation_id, purpose="own summary", by=by)
    return WholeSummary(**summary(found).dict(), parts=queries.summary(found, seen_by=by))  # type: ignore[arg-type]


def summary(found: Any) -> Summary:
    """The encounter in words for the patient: what was found, decided and advised."""
    return Summary(
        id=found.pk,
        appointment_id=found.appointment_id,
        kind=found.kind,
        outcome=found.outcome,
        outcome_in_words=found.get_outcome_display(),
        diagnosis=found.assessment,
        advice=found.advice,
        follow_up_on=found.follow_up_on,
        doctor=found.signed_by.name if found.signed_by else "",
        signed_at=found.signed_at,
    )
