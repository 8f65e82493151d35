"""What the JSON of consents looks like, coming and going."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from kalon.consents import queries
from kalon.consents.lifecycles import CONSENT
from kalon.consents.models import Consent
from kalon.web.fronts import actor_of


class ConsentIn(Schema):
    patient_id: UUID
    version_id: UUID = Field(description="A version in use: GET /api/consent-forms/in-use")
    branch_id: UUID
    language: str = Field("", description="ISO 639-1; empty: the patient's own, where there is a text")
    has_interpreter: bool = Field(False, description="Somebody interprets, and signs that they did")
    plan_id: UUID | None = Field(None, description="The approved plan, of a consent to a procedure or to a plan")
    session_id: UUID | None = Field(None, description="The session, of a consent to one session of the plan")
    guardianship: str = Field("", description="On what ground a guardian signs for an adult; empty: adults sign")


class AskSessionIn(Schema):
    version_id: UUID = Field(description="A version in use that fits: …/forms of the same address")
    language: str = Field("", description="ISO 639-1; empty: the patient's own, where there is a text")
    has_interpreter: bool = Field(False, description="Somebody interprets, and signs that they did")


class AskIn(AskSessionIn):
    guardianship: str = Field("", description="On what ground a guardian signs for an adult; empty: adults sign")


class SigningIn(Schema):
    role: str = Field(description="PATIENT, GUARDIAN, INTERPRETER, WITNESS, SURGEON or STAFF")
    name: str = Field(max_length=400)
    strokes: list[list[list[float]]] | None = Field(
        None,
        description="Drawn: strokes of [x 0..1000, y 0..300, milliseconds, pressure 0..1000]; without: a typed name",
    )
    relation: str = Field(
        "", max_length=400, description="What a guardian is to the patient; an interpreter's language"
    )
    ticked: int = Field(0, description="How many of the confirmations were ticked")
    words: str = Field(description="content_sha256 of what was on the screen; other words by now answer 409")
    code: str = Field("", max_length=12, description="A one-time code that was sent for this: then nothing is drawn")


class SayIn(Schema):
    """An agreement that was said aloud, beside the file of its sound."""

    ticked: int = Field(0, description="How many of the confirmations were answered with yes")
    words: str = Field(description="content_sha256 of what was shown; other words by now answer 409")
    heard: bool = Field(description="The caller was there and heard it said")
    name: str = Field("", max_length=200, description="The guardian's name, where a guardian decides")
    relation: str = Field("", max_length=200, description="What the guardian is to the patient")


class SentenceOut(Schema):
    said_by: str = Field(description="PATIENT or GUARDIAN")
    sentence: str = Field(description="What is read out")


class SigningCodeOut(Schema):
    channel: str
    sent_to: str = Field(description="The address on record, in part")
    expires_at: datetime


class ConsentReasonIn(Schema):
    reason: str


class LanguageIn(Schema):
    language: str


class SignatureOut(Schema):
    role: str
    method: str = Field(description="DRAWN, TYPED, CODE or SPOKEN")
    channel: str = Field(description="Of a code: by which way it was sent")
    sent_to: str | None = Field(description="Of a code: the address it was sent to, in part")
    name: str
    relation: str
    signed_at: datetime
    account: str
    place: str
    device: str = Field(description="Browser and device as they name themselves, such as Chrome on Android")


class ConsentSectionOut(Schema):
    heading: str
    blocks: list[tuple[str, Any]] = Field(description='("text", words) or ("list", [words, …])')
    sources: list[str]


class ConsentLine(Schema):
    id: UUID
    number: str
    patient_id: UUID
    plan_id: UUID | None
    session_id: UUID | None
    kind: str
    status: str
    title: str
    language: str
    presented_at: datetime | None
    signed_at: datetime | None
    valid_until: datetime | None
    revoked_at: datetime | None


class WaitingConsentOut(ConsentLine):
    waits: str = Field(description="QUESTION, COUNTERSIGN or ENDED")


class ReadIn(Schema):
    words: str = Field(description="content_sha256 of what was on the screen")
    initials: str = Field("", max_length=40, description="Where the part is initialled")


class WordsIn(Schema):
    words: str = Field(max_length=4000)


class ReadPartOut(Schema):
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
    parts: list[ReadPartOut] = Field(description="Of words that are read part by part: the parts shown so far")
    questions: list[ConsentQuestionOut]
    lines: list[CoveredOut] = Field(description="Of a consent to what is planned: the lines of the plan it covers")
    signatures: list[SignatureOut]
    content_sha256: str
    seal_sha256: str
    seal_holds: bool | None = Field(description="Whether it is to the letter what was signed; null before")
    moves: list[str] = Field(description="What the caller may do next, by name")


def line(found: Consent) -> ConsentLine:
    return ConsentLine(**{name: getattr(found, name) for name in ConsentLine.model_fields})


def waiting(found: Any) -> WaitingConsentOut:
    return WaitingConsentOut(**line(found).model_dump(), waits=found.waits)


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
        parts=[_fields(ReadPartOut, one.read) for one in reading.parts if one.read],
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


def taken_away(content: bytes, name: str) -> HttpResponse:
    """A signed paper as a download that no cache keeps."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}"'
    response["Cache-Control"] = "private, no-store"
    return response
