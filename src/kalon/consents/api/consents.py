"""JSON of consents: prepared, read, signed and withdrawn, at the clinic and by the patient."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import File, Form
from ninja.files import UploadedFile

from kalon.api import Page, Router, paged
from kalon.consents import actions, queries
from kalon.consents.actions import Signing, Wish
from kalon.consents.api.shapes import (
    AskIn,
    AskSessionIn,
    ConsentIn,
    ConsentLine,
    ConsentOut,
    ConsentQuestionOut,
    ConsentReasonIn,
    LanguageIn,
    ReadIn,
    ReadPartOut,
    SayIn,
    SentenceOut,
    SigningCodeOut,
    SigningIn,
    WaitingConsentOut,
    WordsIn,
    line,
    shown,
    taken_away,
    waiting,
)
from kalon.consents.api.wording import ConsentVersionOut, version_out
from kalon.consents.lifecycles import PRESENT
from kalon.kernel import audit
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.plans.lifecycles import APPROVE
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["consents"])
mine = Router(tags=["patient portal"])


@router.get("", response=Page[ConsentLine], summary="Consents, newest first")
def list_consents(request: HttpRequest, patient_id: UUID | None = None, kind: str = "", status: str = "") -> Any:
    by = actor_of(request)
    rows = queries.consents(seen_by=by)
    wanted = {"patient_id": patient_id, "kind": kind, "status": status}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return paged(request, rows, line, seen=lambda seen: audit.reads(by, seen, purpose="list of consents"))


@router.get("/waiting", response=Page[WaitingConsentOut], summary="What waits for a doctor: the caller, or everybody")
def waiting_for_doctors(request: HttpRequest, everybody: bool = False) -> Any:
    by = actor_of(request)
    by.must(APPROVE, do="see what waits for doctors")
    me = people.staff_of(by)
    rows = queries.for_doctor(None if everybody or me is None else me.pk, seen_by=by)
    return paged(request, rows, waiting, seen=lambda seen: audit.reads(by, seen, purpose="consents that wait"))


@router.post("", response={201: ConsentOut}, summary="Prepare a consent; nothing is shown yet")
def prepare(request: HttpRequest, body: ConsentIn) -> Any:
    wish = Wish(**body.model_dump(exclude={"patient_id"}))
    return 201, shown(request, actions.prepare(body.patient_id, wish, by=actor_of(request)))


@router.post("/of-plan/{uuid:plan_id}", response={201: ConsentOut}, summary="Ask for consent to a plan, in one step")
def ask_of_plan(request: HttpRequest, plan_id: UUID, body: AskIn) -> Any:
    """Prepared from a form that fits, and put before the patient: which forms fit says /of-plan/{plan_id}/forms."""
    return 201, shown(request, actions.ask_of_plan(plan_id, **body.dict(), by=actor_of(request)))


@router.get("/of-plan/{uuid:plan_id}/forms", response=list[ConsentVersionOut], summary="The forms that fit a plan")
def forms_of_plan(request: HttpRequest, plan_id: UUID) -> Any:
    by = actor_of(request)
    by.must(PRESENT, do="see which forms fit a plan")
    return [version_out(one) for one in queries.forms_for(plans.plan(plan_id, seen_by=by), seen_by=by)]


@router.post("/of-session/{uuid:session_id}", response={201: ConsentOut}, summary="Ask for consent to one session")
def ask_of_session(request: HttpRequest, session_id: UUID, body: AskSessionIn) -> Any:
    return 201, shown(request, actions.ask_of_session(session_id, **body.dict(), by=actor_of(request)))


@router.get(
    "/of-session/{uuid:session_id}/forms", response=list[ConsentVersionOut], summary="The forms that fit a session"
)
def forms_of_session(request: HttpRequest, session_id: UUID) -> Any:
    by = actor_of(request)
    by.must(PRESENT, do="see which forms fit a session")
    found = plans.session(session_id, seen_by=by).plan
    return [version_out(one) for one in queries.forms_for(found, queries.Kind.SESSION, seen_by=by)]


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


@router.post("/{uuid:pk}/parts/{number}/show", response=ReadPartOut, summary="A part is on the screen: its time counts")
def show_part(request: HttpRequest, pk: UUID, number: int) -> Any:
    return actions.show_part(pk, number, by=actor_of(request))


@router.post("/{uuid:pk}/parts/{number}/read", response=ReadPartOut, summary="A part is read, initialled where asked")
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


@router.get("/{uuid:pk}/sentence", response=SentenceOut, summary="What is read out to agree aloud, and by whom")
def sentence(request: HttpRequest, pk: UUID, name: str = "", relation: str = "") -> Any:
    """409 where one agrees in writing. A guardian's name and relation are given, and stand in the sentence."""
    found = actions.read(pk, purpose="API, to be agreed to aloud", by=actor_of(request))
    said_by = actions.may_be_said(found)
    return {"said_by": said_by, "sentence": actions.sentence_of(found, name=name, relation=relation)}


@router.post("/{uuid:pk}/say", response=ConsentOut, summary="It was agreed to aloud: the sound is kept as evidence")
def say(request: HttpRequest, pk: UUID, said: Form[SayIn], sound: File[UploadedFile]) -> Any:
    """Recordings of visits alone. The caller, of the staff, heard it and signs so; a guardian says it for a minor."""
    if not said.heard:
        raise Invalid("Agreeing aloud is heard by a member of staff. Say that you heard it.", field="heard")
    body = said.model_dump(exclude={"heard"})
    return shown(request, actions.say(pk, actions.Said(sound.read(), **body), by=actor_of(request)))


@router.get("/{uuid:pk}/said", summary="The sound of what was said; the listening is in the log")
def said(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    found, content = actions.hear_said(pk, by=actor_of(request))
    return files.shown(iter([content]), content_type=found.container, size=len(content), name="consent")


@router.post("/{uuid:pk}/code", response={201: SigningCodeOut}, summary="Send the patient or guardian a code to sign")
def send_code(request: HttpRequest, pk: UUID) -> Any:
    return 201, actions.send_code(pk, by=actor_of(request))


@router.post("/{uuid:pk}/noted", response=ConsentOut, summary="A doctor has seen that it ended")
def note_end(request: HttpRequest, pk: UUID) -> Any:
    return shown(request, actions.note_end(pk, by=actor_of(request)))


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


@mine.post("/{uuid:pk}/parts/{number}/show", response=ReadPartOut, summary="A part is on the screen: its time counts")
def show_my_part(request: HttpRequest, pk: UUID, number: int) -> Any:
    _patients_only(request)
    return actions.show_part(pk, number, by=actor_of(request))


@mine.post("/{uuid:pk}/parts/{number}/read", response=ReadPartOut, summary="A part is read, initialled where asked")
def read_my_part(request: HttpRequest, pk: UUID, number: int, body: ReadIn) -> Any:
    _patients_only(request)
    return actions.read_part(pk, number, words=body.words, initials=body.initials, by=actor_of(request))


@mine.post("/{uuid:pk}/parts/{number}/questions", response={201: ConsentQuestionOut}, summary="Ask about a part")
def ask_about_mine(request: HttpRequest, pk: UUID, number: int, body: WordsIn) -> Any:
    _patients_only(request)
    return 201, actions.ask_about(pk, number, body.words, by=actor_of(request))


@mine.post("/{uuid:pk}/code", response={201: SigningCodeOut}, summary="Have a code sent to sign one's own consent")
def send_my_code(request: HttpRequest, pk: UUID) -> Any:
    _patients_only(request)
    return 201, actions.send_code(pk, by=actor_of(request))


@mine.post("/{uuid:pk}/sign", response=ConsentOut, summary="Sign one's own consent")
def sign_mine(request: HttpRequest, pk: UUID, body: SigningIn) -> Any:
    _patients_only(request)
    return shown(request, actions.sign(pk, Signing(**body.model_dump()), by=actor_of(request)))


@mine.post("/{uuid:pk}/revoke", response=ConsentOut, summary="Withdraw one's own consent, from now on")
def revoke_mine(request: HttpRequest, pk: UUID, body: ConsentReasonIn) -> Any:
    _patients_only(request)
    return shown(request, actions.revoke(pk, body.reason, by=actor_of(request)))


def _patients_only(request: HttpRequest) -> None:
    if not actor_of(request).is_patient:
        raise NotPermitted("These addresses are for patients. Staff use /api/consents.")
