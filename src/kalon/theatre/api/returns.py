"""JSON of a return to theatre, what it owes, and how that is completed in arrears."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel import audit
from kalon.theatre import actions, queries
from kalon.theatre.api import CaseOut, ClearanceOut, shown_case, shown_clearance
from kalon.web.fronts import actor_of

returns = Router(tags=["theatre"])


class ReturnIn(Schema):
    room_id: UUID
    surgeon_id: UUID
    first_clinician_id: UUID
    second_clinician_id: UUID
    reason: str = Field(max_length=4000)
    anaesthesia: str = "GENERAL"


class ReturnConsentIn(Schema):
    given_by: str = Field(max_length=120)
    relation: str = Field("", max_length=120, description="Where somebody stands for the patient")
    words: str = Field(max_length=4000, description="What was explained, and what was said")


class ReturnConsentOut(ReturnConsentIn):
    id: UUID
    case_id: UUID
    given_at: datetime
    staff_id: UUID


class ArrearsOut(Schema):
    is_flagged: bool = Field(description="Something is to be completed in arrears still")
    consent: ReturnConsentOut | None
    clearance_status: str = Field(description="Of the return's own clearance; empty before it is open")
    open_lines: list[str]
    is_ready: bool = Field(description="Consent and clearance are there: a clinician may take the flag off")


@returns.post("/{case_id}/return", response={201: CaseOut}, summary="Take the patient back to theatre")
def return_to_theatre(request: HttpRequest, case_id: UUID, body: ReturnIn) -> Any:
    made = actions.return_to_theatre(actions.Return(case_id=case_id, **body.model_dump()), by=actor_of(request))
    return 201, shown_case(made.pk, actor_of(request))


@returns.post("/{case_id}/arrears", response=CaseOut, summary="Consent and clearance of a return are completed")
def settle_in_arrears(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(actions.settle_in_arrears(case_id, by=actor_of(request)).pk, actor_of(request))


@returns.get("/{case_id}/arrears", response=ArrearsOut, summary="What a return to theatre still owes")
def get_arrears(request: HttpRequest, case_id: UUID) -> Any:
    by = actor_of(request)
    found = queries.case(case_id, seen_by=by)
    owed = queries.owed_of(found, seen_by=by)
    audit.reads(by, [found, owed.consent] if owed.consent else [found], purpose="API")
    return ArrearsOut(
        is_flagged=found.is_flagged, consent=_consent(owed.consent) if owed.consent else None,
        clearance_status=owed.clearance_status, open_lines=[one.requirement.title for one in owed.open_lines],
        is_ready=owed.is_ready,
    )  # fmt: skip


@returns.post(
    "/{case_id}/arrears/consent", response={201: ReturnConsentOut}, summary="The patient is asked once they can be"
)
def consent(request: HttpRequest, case_id: UUID, body: ReturnConsentIn) -> Any:
    return 201, _consent(actions.consent_in_arrears(case_id, **body.model_dump(), by=actor_of(request)))


@returns.post("/{case_id}/arrears/clearance", response={201: ClearanceOut}, summary="Open the clearance of a return")
def clearance(request: HttpRequest, case_id: UUID) -> Any:
    by = actor_of(request)
    return 201, shown_clearance(actions.clearance_in_arrears(case_id, by=by).pk, by)


def _consent(made: Any) -> ReturnConsentOut:
    return ReturnConsentOut(**{name: getattr(made, name) for name in ReturnConsentOut.model_fields})
