"""JSON of what a patient wishes of the catalogue and does not want."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.catalog.lifecycles import Category
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import actions, queries
from kalon.plans.models import ProcedurePreference, Wish

preferences_of_patients = Router(tags=["plans"])


class ProcedurePreferenceIn(Schema):
    wish: str = Field(description=", ".join(Wish.values), max_length=12)
    procedure_id: UUID | None = Field(None, description="Of the catalogue; or a category")
    category: str = Field("", max_length=16, description=", ".join(Category.values))
    note: str = Field("", max_length=4000, description="In the patient's words, who reads it too")


class ProcedurePreferenceOut(Schema):
    id: UUID
    patient_id: UUID
    procedure_id: UUID | None
    category: str
    about: str
    wish: str
    note: str
    said_at: datetime
    said_by_id: UUID
    heard_by_id: UUID | None = Field(description="Who wrote it down; none where the patient or a guardian said it")


@preferences_of_patients.get(
    "/{patient_id}/procedure-preferences",
    response=Page[ProcedurePreferenceOut],
    summary="What a patient wishes and does not want, newest first",
)
def list_procedure_preferences(request: HttpRequest, patient_id: UUID, history: bool = False) -> Any:
    """What counts now; with `history` everything that was ever said, what was taken back too."""
    by = _by(request)
    read = queries.preferences if history else queries.standing_preferences
    return paged(
        request, read(patient_id, seen_by=by), preference_out,
        seen=lambda seen: audit.reads(by, seen, purpose="API, procedure preferences"),
    )  # fmt: skip


@preferences_of_patients.post(
    "/{patient_id}/procedure-preferences",
    response={201: ProcedurePreferenceOut},
    summary="Say what a patient wishes, does not want, or takes back",
)
def say_procedure_preference(request: HttpRequest, patient_id: UUID, body: ProcedurePreferenceIn) -> Any:
    details = actions.PreferenceDetails(**body.model_dump())
    return 201, preference_out(actions.say_preference(patient_id, details, by=_by(request)))


def preference_out(one: ProcedurePreference) -> ProcedurePreferenceOut:
    return ProcedurePreferenceOut(**{name: getattr(one, name) for name in ProcedurePreferenceOut.model_fields})


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
