"""JSON of consents (/api/consents), of their words (/api/consent-forms), and one's own (/api/patient/consents)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.consents import actions, queries
from kalon.consents.actions import Signing, Terms, TextDetails, Wish
from kalon.consents.lifecycles import CONSENT
from kalon.consents.models import Consent, Version
from kalon.kernel import audit
from kalon.kernel.errors import NotPermitted
from kalon.web.fronts import actor_of

router = Router(tags=["consents"])
forms = Router(tags=["consent forms"])
mine = Router(tags=["patient portal"])


class ConsentIn(Schema):
    patient_id: UUID
    version_id: UUID = Field(description="A version in use: GET /api/consent-forms/in-use")
    branch_id: UUID
    language: str = Field("", description="ISO 639-1; empty: the patient's own, where there is a text")
    has_interpreter: bool = Field(False, description="Somebody interprets, and signs that they did")
    plan_id: UUID | None = Field(None, description="The approved plan, of a consent to a procedure or to a plan")
    guardianship: str = Field("", description="On what ground a guardian signs for an adult; empty: adults sign")


class SigningIn(Schema):
    role: str = Field(description="PATIENT, GUARDIAN, INTERPRETER, WITNESS, SURGEON or STAFF")
    name: str = Field(max_length=400)
    strokes: list[list[list[float]]] | None = Field(
        None, description="Drawn: strokes of [x 0..1000, y 0..300, milliseconds]; without them the name counts as typed"
    )
    relation: str = Field(
        "", max_length=400, description="What a guardian is to the patient; an interpreter's language"
    )
    ticked: int = Field(0, description="How many of the confirmations were ticked")
    words: str = Field(description="content_sha256 of what was on the screen; other words by now answer 409")


class ConsentReasonIn(Schema):
    reason: str


class LanguageIn(Schema):
    language: str


class SignatureOut(Schema):
    role: str
    method: str
    name: str
    relation: str
    signed_at: datetime
    account: str
    place: str


class ConsentSectionOut(Schema):
    heading: str
    blocks: list[tuple[str, Any]] = Field(description='("text", words) or ("list", [words, …])')
    sources: list[str]


class ConsentLine(Schema):
    id: UUID
    number: str
    patient_id: UUID
    plan_id: UUID | None
    kind: str
    status: str
    title: str
    language: str
    presented_at: datetime | None
    signed_at: datetime | None
    valid_until: datetime | None
    revoked_at: datetime | None


class ReadIn(Schema):
    words: str = Field(description="content_sha256 of what was on the screen")
    initials: str = Field("", max_length=40, description="Where the part is initialled")


class WordsIn(Schema):
    words: str = Field(max_length=4000)


class PartOut(Schema):
    number: int
    shown_at: datetime
    read_at: datetime | None
    seconds: int | None = Field(description="From when it was last shown to when it was read, by the server's clock")
    initials: str | None


class ConsentQuestionOut(Schema):
    id: UUID
    number: int
    words: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    answered_name: str


class CoveredOut(Schema):
    plan_line_id: UUID
    side: str
    entry_id: UUID | None


class ConsentOut(ConsentLine):
    branch_id: UUID
    version: int
    signers: list[str]
    guardianship: str | None = Field(description="On what ground a guardian signs for an adult")
    still: list[str] = Field(description="Who has not signed yet, in order")
    sections: list[ConsentSectionOut]
    ticks: list[str]
    initialled: list[int] = Field(description="The parts, from 1, that are initialled when they are read")
    parts: list[PartOut] = Field(description="Of words that are read part by part: the parts shown so far")
    questions: list[ConsentQuestionOut]
    lines: list[CoveredOut] = Field(description="Of a consent to what is planned: the lines of the plan it covers")
    signatures: list[SignatureOut]
    content_sha256: str
    seal_sha256: str
    seal_holds: bool | None = Field(description="Whether it is to the letter what was signed; null before")
    moves: list[str] = Field(description="What the caller may do next, by name")


class TermsIn(Schema):
    valid_months: int | None = Field(None, description="How long a signature holds; null until it is withdrawn")
    needs_staff: bool = False
    needs_witness: bool = False
    needs_surgeon: bool = Field(False, description="A doctor or surgeon countersigns what is planned")

    def terms(self) -> Terms:
        return Terms(self.valid_months, self.needs_staff, self.needs_witness, self.needs_surgeon)


class FormIn(TermsIn):
    kind: str = Field(description="RECORDING, PHOTOGRAPHY, MARKETING, DATA_PROCESSING, PROCEDURE or TREATMENT_PLAN")
    name: str
    procedure_id: UUID | None = Field(None, description="The procedure it is about; null: any")


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


@router.get("", response=Page[ConsentLine], summary="Consents, newest first")
def list_consents(request: HttpRequest, patient_id: UUID | None = None, kind: str = "", status: str = "") -> Any:
    by = actor_of(request)
    rows = queries.consents(seen_by=by)
    wanted = {"patient_id": patient_id, "kind": kind, "status": status}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return paged(request, rows, line, seen=lambda seen: audit.reads(by, seen, purpose="list of consents"))


@router.post("", response={201: ConsentOut}, summary="Prepare a consent; nothing is shown yet")
def prepare(request: HttpRequest, body: ConsentIn) -> Any:
    wish = Wish(**body.model_dump(exclude={"patient_id"}))
    return 201, shown(request, actions.prepare(body.patient_id, wish, by=actor_of(request)))


@router.get("/in-force", response=list[str], summary="The kinds of consent that hold for a patient now")
def in_force(request: HttpRequest, patient_id: UUID) -> Any:
    return sorted(queries.kinds_in_force(patient_id, seen_by=actor_of(request)))


@router.get("/{uuid:pk}", response=ConsentOut, summary="One consent, with the words as they were frozen")
def read(request: HttpRequest, pk: UUID) -> Any:
    return shown(request, actions.read(pk, purpose="API", by=actor_of(request)))


@router.post("/{uuid:pk}/present", response=ConsentOut, summary="Freeze the words and put them before the patient")
def present(request: HttpRequest, pk: UUID) -> Any:
    return shown(request, actions.present(pk, by=actor_of(request)))


@router.post("/{uuid:pk}/language", response=ConsentOut, summary="Show it in another language, until somebody signed")
def change_language(request: HttpRequest, pk: UUID, body: LanguageIn) -> Any:
    return shown(request, actions.change_language(pk, body.language, by=actor_of(request)))


@router.post("/{uuid:pk}/open", response=ConsentOut, summary="The words are before whoever signs")
def open_to_sign(request: HttpRequest, pk: UUID) -> Any:
    return shown(request, actions.open_to_sign(pk, by=actor_of(request)))


@router.post("/{uuid:pk}/parts/{number}/show", response=PartOut, summary="A part is on the screen: its time counts")
def show_part(request: HttpRequest, pk: UUID, number: int) -> Any:
    return actions.show_part(pk, number, by=actor_of(request))


@router.post("/{uuid:pk}/parts/{number}/read", response=PartOut, summary="A part is read, initialled where asked")
def read_part(request: HttpRequest, pk: UUID, number: int, body: ReadIn) -> Any:
    return actions.read_part(pk, number, words=body.words, initials=body.initials, by=actor_of(request))


@router.post("/{uuid:pk}/parts/{number}/questions", response={201: ConsentQuestionOut}, summary="Ask about a part")
def ask_about(request: HttpRequest, pk: UUID, number: int, body: WordsIn) -> Any:
    return 201, actions.ask_about(pk, number, body.words, by=actor_of(request))


@router.post("/questions/{uuid:question_id}/answer", response=ConsentQuestionOut, summary="Answer a question, once")
def answer(request: HttpRequest, question_id: UUID, body: WordsIn) -> Any:
    return actions.answer(question_id, body.words, by=actor_of(request))


@router.post("/{uuid:pk}/sign", response=ConsentOut, summary="Put one signature; the last one seals it")
def sign(request: HttpRequest, pk: UUID, body: SigningIn) -> Any:
    return shown(request, actions.sign(pk, Signing(**body.model_dump()), by=actor_of(request)))


@router.post("/{uuid:pk}/revoke", response=ConsentOut, summary="The patient withdraws it, from now on")
def revoke(request: HttpRequest, pk: UUID, body: ConsentReasonIn) -> Any:
    return shown(request, actions.revoke(pk, body.reason, by=actor_of(request)))


@router.post("/{uuid:pk}/void", response=ConsentOut, summary="Give it up before it is signed")
def void(request: HttpRequest, pk: UUID, body: ConsentReasonIn) -> Any:
    return shown(request, actions.void(pk, body.reason, by=actor_of(request)))


@router.get("/{uuid:pk}/paper", summary="The signed PDF, byte for byte")
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    paper, content = queries.paper(pk, seen_by=actor_of(request))
    return taken_away(content, paper.file_name)


@forms.get("", response=list[ConsentVersionOut], summary="Every version of every form, drafts too")
def list_forms(request: HttpRequest) -> Any:
    found = queries.templates(seen_by=actor_of(request))
    return [version_out(version) for template in found for version in template.versions.all()]


@forms.post("", response={201: ConsentVersionOut}, summary="Begin a new form; answers its first draft")
def add_form(request: HttpRequest, body: FormIn) -> Any:
    return 201, version_out(
        actions.add_template(body.kind, body.name, body.terms(), procedure_id=body.procedure_id, by=actor_of(request))
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


@mine.get("", response=Page[ConsentLine], summary="One's own consents, newest first")
def my_consents(request: HttpRequest) -> Any:
    _patients_only(request)
    by = actor_of(request)
    rows = queries.of_patient(by.own_patient_id, seen_by=by)
    return paged(request, rows, line, seen=lambda seen: audit.reads(by, seen, purpose="own consents"))


@mine.get("/{uuid:pk}", response=ConsentOut, summary="One's own consent; opens it to be signed")
def my_consent(request: HttpRequest, pk: UUID) -> Any:
    _patients_only(request)
    return shown(request, actions.open_to_sign(pk, by=actor_of(request)))


@mine.post("/{uuid:pk}/parts/{number}/show", response=PartOut, summary="A part is on the screen: its time counts")
def show_my_part(request: HttpRequest, pk: UUID, number: int) -> Any:
    _patients_only(request)
    return actions.show_part(pk, number, by=actor_of(request))


@mine.post("/{uuid:pk}/parts/{number}/read", response=PartOut, summary="A part is read, initialled where asked")
def read_my_part(request: HttpRequest, pk: UUID, number: int, body: ReadIn) -> Any:
    _patients_only(request)
    return actions.read_part(pk, number, words=body.words, initials=body.initials, by=actor_of(request))


@mine.post("/{uuid:pk}/parts/{number}/questions", response={201: ConsentQuestionOut}, summary="Ask about a part")
def ask_about_mine(request: HttpRequest, pk: UUID, number: int, body: WordsIn) -> Any:
    _patients_only(request)
    return 201, actions.ask_about(pk, number, body.words, by=actor_of(request))


@mine.post("/{uuid:pk}/sign", response=ConsentOut, summary="Sign one's own consent")
def sign_mine(request: HttpRequest, pk: UUID, body: SigningIn) -> Any:
    _patients_only(request)
    return shown(request, actions.sign(pk, Signing(**body.model_dump()), by=actor_of(request)))


@mine.post("/{uuid:pk}/revoke", response=ConsentOut, summary="Withdraw one's own consent, from now on")
def revoke_mine(request: HttpRequest, pk: UUID, body: ConsentReasonIn) -> Any:
    _patients_only(request)
    return shown(request, actions.revoke(pk, body.reason, by=actor_of(request)))


def line(found: Consent) -> ConsentLine:
    return ConsentLine(**{name: getattr(found, name) for name in ConsentLine.model_fields})


def shown(request: HttpRequest, found: Consent) -> ConsentOut:
    """The whole consent as the caller may see it."""
    whole, reading = queries.shown(found), queries.reading(found)
    return ConsentOut(
        **line(found).model_dump(),
        branch_id=found.branch_id,
        version=found.version.number,
        signers=found.signers,
        guardianship=found.guardianship,
        still=whole.still,
        sections=[
            ConsentSectionOut(heading=one.heading, blocks=one.blocks, sources=one.sources) for one in whole.sections
        ],
        ticks=whole.ticks,
        initialled=found.initialled,
        parts=[_fields(PartOut, one.read) for one in reading.parts if one.read],
        questions=[_fields(ConsentQuestionOut, one) for one in reading.questions],
        lines=[
            CoveredOut(**{name: getattr(one, name) for name in CoveredOut.model_fields}) for one in found.lines.all()
        ],
        signatures=[
            SignatureOut(**{name: getattr(one, name) for name in SignatureOut.model_fields}) for one in whole.signatures
        ],
        content_sha256=found.content_sha256,
        seal_sha256=found.seal_sha256,
        seal_holds=queries.seal_holds(found) if found.seal_sha256 else None,
        moves=[button.move.name for button in CONSENT.buttons(found, by=actor_of(request))],
    )


def _fields(shape: Any, row: Any) -> Any:
    return shape(**{name: getattr(row, name) for name in shape.model_fields})


def again(request: HttpRequest, version: Version) -> ConsentVersionOut:
    return version_out(queries.version(version.pk, seen_by=actor_of(request)))


def version_out(version: Version) -> ConsentVersionOut:
    fields = {name: getattr(version, name) for name in ConsentVersionOut.model_fields if name not in ("name", "texts")}
    texts = [TextOut(**{name: getattr(one, name) for name in TextOut.model_fields}) for one in version.texts.all()]
    return ConsentVersionOut(**fields, name=version.template.name, texts=texts)


def taken_away(content: bytes, name: str) -> HttpResponse:
    """A signed paper as a download that no cache keeps."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _patients_only(request: HttpRequest) -> None:
    if not actor_of(request).is_patient:
        raise NotPermitted("These addresses are for patients. Staff use /api/consents.")
