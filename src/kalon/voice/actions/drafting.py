"""Drafting the note of a recording: by the house's own drafter at once, by an engine outside where it is on."""

import secrets
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings

from kalon.codes import queries as codes
from kalon.kernel import audit, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import acting_as, verb
from kalon.prescribing import queries as prescribing
from kalon.voice import queries
from kalon.voice.actions.engines import drafter
from kalon.voice.actions.outbound import anonymise, ask, register_people, restore
from kalon.voice.actions.usage import OFF, Used, note
from kalon.voice.lifecycles import NOT_AGREED, RECORD, SESSION, Status
from kalon.voice.models import Draft, UsageKind, VoiceSession
from kalon.voice.rules.drafting import Medicine, Vocabulary, checked, conditions, drafted, named, read
from kalon.voice.rules.lines import Line

NOT_NOW = "A note is drafted once all is written down, and until it is verified."
GONE = "What was said in this recording is deleted; nothing can be drafted of it."


def draft_note(session_id: UUID, *, by: Actor, engine: str | None = None) -> Draft:
    """Draft the note of a recording anew: by the house's drafter, or by an engine outside that is switched on.

    Raises `NotReady` without a live consent, where the engine is off, its budget is spent or it does not answer,
    `OutboundRefused` where the text would still name somebody; the draft that is there stays.
    """
    if engine in (None, queries.HOUSE):
        return _by_house(session_id, by=by)
    if engine not in queries.OUTSIDE:
        raise Invalid("There is no such engine.", field="engine")
    return _by_outside(session_id, engine, by=by)


@verb
def draft_first(session_id: UUID, *, by: Actor) -> Draft | None:
    """The first draft of a recording that was just written down; none where it is there or the consent has ended."""
    found = queries.session(session_id, seen_by=by, lock=True)
    if found.status != Status.TRANSCRIBED or not found.consent_holds():
        return None
    return _by_house(session_id, by=by)


@verb
def request_draft(session_id: UUID, engine: str, *, by: Actor) -> None:
    """Have an engine outside draft the note soon, while the doctor goes on; the house's drafter does it at once."""
    found = _ready(session_id, by)
    if engine == queries.HOUSE:
        _by_house(session_id, by=by)
        return
    if engine not in queries.OUTSIDE:
        raise NotReady(OFF, engine=engine)
    drafter(engine, seen_by=by)  # switched on, and with a key, or nobody waits for it
    from kalon.voice.tasks import draft_outside

    audit.note(by, audit.Kind.CHANGE, found, purpose="draft by an engine outside wished", facts={"engine": engine})
    ids = {"organization_id": found.organization_id, "session_id": found.pk}
    outbox.defer_once(draft_outside, f"draft outside {found.pk}", **ids)


def can_be_asked(*, seen_by: Actor) -> bool:
    """Whether the engine outside would draft a note now: switched on, and this installation has its key."""
    return queries.is_on(queries.CLAUDE, seen_by=seen_by) and bool(settings.KALON_CLAUDE["key"])


def try_outside(session_id: UUID, *, by: Actor) -> Draft | None:
    """What a job does: a draft by the engine outside, or none, with the reason beside its usage."""
    try:
        return draft_note(session_id, by=by, engine=queries.CLAUDE)
    except DomainError:
        return None


@verb
def _by_house(session_id: UUID, *, by: Actor) -> Draft:
    found = _ready(session_id, by)
    began = monotonic()
    body = drafted(_said(found, by), vocabulary())
    took_ms = round((monotonic() - began) * 1000)
    note(found, queries.HOUSE, UsageKind.DRAFTED, Used(), took_ms=took_ms, by=by)
    return _kept(found, body, engine=queries.HOUSE, model="", took_ms=took_ms, by=by)


def _by_outside(session_id: UUID, engine: str, *, by: Actor) -> Draft:
    """Anonymised, asked through the gate, checked against what was said, and named again: in units of work each."""
    with acting_as(by):
        found = _ready(session_id, by)
        writer = drafter(engine, seen_by=by)
        register_people(session_id, by=by)
        lines = _said(found, by)
    text = anonymise(session_id, "\n".join(line.text for line in lines), by=by).text
    began = monotonic()
    row = ask(session_id, text, writer, by=by)
    took_ms = round((monotonic() - began) * 1000)
    answer = named(read(str(row.received)), lambda written: restore(session_id, written, by=by))
    return _keep(session_id, checked(answer, lines, vocabulary()), engine, writer.model, took_ms, by=by)


@verb
def _keep(session_id: UUID, body: dict[str, Any], engine: str, model: str, took_ms: int, *, by: Actor) -> Draft:
    return _kept(_ready(session_id, by), body, engine=engine, model=model, took_ms=took_ms, by=by)


def vocabulary() -> Vocabulary:
    """The names that the formulary and our own lists know."""
    return Vocabulary(
        tuple(Medicine(*one) for one in prescribing.medicines_by_name()),
        tuple(prescribing.allergen_names()),
        conditions(),
    )


def _ready(session_id: UUID, by: Actor) -> VoiceSession:
    found = queries.session(session_id, seen_by=by, lock=True)
    by.must(RECORD, at=found.branch_id, do="draft the note of a recording")
    if found.status not in (Status.TRANSCRIBED, Status.DRAFTED):
        raise IllegalMove(NOT_NOW, status_is=str(found.status))
    if queries.is_gone(found.transcript):
        raise IllegalMove(GONE)
    if not found.consent_holds():
        raise NotReady(NOT_AGREED, needs="RECORDING")
    return found


def _said(found: VoiceSession, by: Actor) -> list[Line]:
    return queries.lines(found, seen_by=by)


def _kept(found: VoiceSession, body: dict[str, Any], *, engine: str, model: str, took_ms: int, by: Actor) -> Draft:
    last = queries.latest_draft(found.pk, seen_by=by)
    _coded(body)
    made = Draft(
        organization_id=found.organization_id, patient_id=found.patient_id, session=found,
        number=last.number + 1 if last else 1, engine=engine, model=model[:80], took_ms=took_ms,
        language=found.transcript.language, drafted_by=by.name,
    )  # fmt: skip
    made.half = secrets.token_bytes(32).hex()
    made.body = queries.sealed_body(body, made)
    refusals = {
        "voice_draft_open": IllegalMove(NOT_NOW, status_is=str(found.status)),
        "voice_draft_consented": NotReady(NOT_AGREED, needs="RECORDING"),
    }
    with refusing(refusals):
        made.save(force_insert=True)
    if found.status == Status.TRANSCRIBED:
        SESSION.move(found, "draft", by=by)
    return made


def _coded(body: dict[str, Any]) -> None:
    """The code of each condition whose title the classification has word for word; no guess otherwise."""
    for one in body["diagnoses"]:
        term = str(one.get("term") or one["text"]).lower()
        titles = codes.search(term, system=codes.System.ICD10, most=3) if term else []
        one["code"] = next((code.code for code in titles if code.title.lower() == term), "")
