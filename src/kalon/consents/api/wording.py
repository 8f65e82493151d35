"""JSON of the words of consents: forms, their versions, each language."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.consents import actions, queries
from kalon.consents.actions import Terms, TextDetails
from kalon.consents.api.shapes import ConsentReasonIn
from kalon.consents.models import Version
from kalon.web.fronts import actor_of

forms = Router(tags=["consent forms"])


class TermsIn(Schema):
    valid_months: int | None = Field(None, description="How long a signature holds; null until it is withdrawn")
    needs_staff: bool = False
    needs_witness: bool = False
    needs_surgeon: bool = Field(False, description="A doctor or surgeon countersigns what is planned")

    def terms(self) -> Terms:
        return Terms(self.valid_months, self.needs_staff, self.needs_witness, self.needs_surgeon)


class FormIn(TermsIn):
    kind: str = Field(
        description="RECORDING, CLOUD_SPEECH, PHOTOGRAPHY, MARKETING, DATA_PROCESSING, PROCEDURE, TREATMENT_PLAN "
        "or SESSION"
    )
    name: str
    procedure_ids: list[UUID] = Field([], description="The procedures it is about; none: any")


class FormProceduresIn(Schema):
    procedure_ids: list[UUID] = Field(description="The procedures it is about; none: any")


class FormProceduresOut(Schema):
    template_id: UUID
    procedure_ids: list[UUID]


class TextIn(Schema):
    title: str
    body: str = Field(description="“# ” begins a section, “- ” a line of a list, “Source:” a source, “[ ]” a tick")


class TextOut(TextIn):
    language: str
    sha256: str


class ConsentVersionOut(Schema):
    id: UUID
    template_id: UUID
    name: str
    kind: str
    number: int
    status: str
    valid_months: int | None
    needs_staff: bool
    needs_witness: bool
    needs_surgeon: bool
    published_at: datetime | None
    published_by: str
    texts: list[TextOut]


@forms.get("", response=list[ConsentVersionOut], summary="Every version of every form, drafts too")
def list_forms(request: HttpRequest) -> Any:
    found = queries.templates(seen_by=actor_of(request))
    return [version_out(version) for template in found for version in template.versions.all()]


@forms.post("", response={201: ConsentVersionOut}, summary="Begin a new form; answers its first draft")
def add_form(request: HttpRequest, body: FormIn) -> Any:
    return 201, version_out(
        actions.add_template(body.kind, body.name, body.terms(), procedure_ids=body.procedure_ids, by=actor_of(request))
    )


@forms.get("/in-use", response=list[ConsentVersionOut], summary="What can be put before a patient now")
def in_use(request: HttpRequest) -> Any:
    return [version_out(version) for version in queries.usable(seen_by=actor_of(request))]


@forms.post("/built-in", response=list[ConsentVersionOut], summary="Bring in the forms that come with Kalon, as drafts")
def bring_built_in(request: HttpRequest) -> Any:
    return [again(request, version) for version in actions.bring_built_in(by=actor_of(request))]


@forms.post("/{uuid:template_id}/versions", response={201: ConsentVersionOut}, summary="Begin the next version")
def begin_version(request: HttpRequest, template_id: UUID) -> Any:
    return 201, again(request, actions.begin_version(template_id, by=actor_of(request)))


@forms.put(
    "/{uuid:template_id}/procedures", response=FormProceduresOut, summary="Which procedures a form is about; none: any"
)
def set_procedures(request: HttpRequest, template_id: UUID, body: FormProceduresIn) -> Any:
    found = actions.set_procedures(template_id, body.procedure_ids, by=actor_of(request))
    return FormProceduresOut(template_id=found.pk, procedure_ids=[one.procedure_id for one in found.procedures.all()])


@forms.put(
    "/versions/{uuid:pk}", response=ConsentVersionOut, summary="How long a draft's signatures hold, and who signs"
)
def set_terms(request: HttpRequest, pk: UUID, body: TermsIn) -> Any:
    return again(request, actions.set_terms(pk, body.terms(), by=actor_of(request)))


@forms.put("/versions/{uuid:pk}/texts/{language}", response=TextOut, summary="The words of a draft in a language")
def write_text(request: HttpRequest, pk: UUID, language: str, body: TextIn) -> Any:
    return actions.write_text(pk, TextDetails(language, body.title, body.body), by=actor_of(request))


@forms.delete("/versions/{uuid:pk}/texts/{language}", response={204: None}, summary="Take a language out of a draft")
def remove_text(request: HttpRequest, pk: UUID, language: str) -> Any:
    actions.remove_text(pk, language, by=actor_of(request))
    return 204, None


@forms.post(
    "/versions/{uuid:pk}/publish", response=ConsentVersionOut, summary="Put it into use; it never changes again"
)
def publish(request: HttpRequest, pk: UUID) -> Any:
    return again(request, actions.publish(pk, by=actor_of(request)))


@forms.post("/versions/{uuid:pk}/withdraw", response=ConsentVersionOut, summary="Take it out of use")
def withdraw(request: HttpRequest, pk: UUID, body: ConsentReasonIn) -> Any:
    return again(request, actions.withdraw(pk, body.reason, by=actor_of(request)))


def again(request: HttpRequest, version: Version) -> ConsentVersionOut:
    return version_out(queries.version(version.pk, seen_by=actor_of(request)))


def version_out(version: Version) -> ConsentVersionOut:
    fields = {name: getattr(version, name) for name in ConsentVersionOut.model_fields if name not in ("name", "texts")}
    texts = [TextOut(**{name: getattr(one, name) for name in TextOut.model_fields}) for one in version.texts.all()]
    return ConsentVersionOut(**fields, name=version.template.name, texts=texts)
