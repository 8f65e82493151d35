"""Drafting the note of a recording by the drafter of the house."""

import secrets
from time import monotonic
from typing import Any
from uuid import UUID

from kalon.codes import queries as codes
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.prescribing import queries as prescribing
from kalon.voice import queries
from kalon.voice.actions.usage import Used, note
from kalon.voice.lifecycles import NOT_AGREED, RECORD, SESSION, Status
from kalon.voice.models import Draft, UsageKind, VoiceSession
from kalon.voice.rules.drafting import Medicine, Vocabulary, conditions, drafted
from kalon.voice.rules.lines import Line

NOT_NOW = "A note is drafted once all is written down, and until it is verified."
GONE = "What was said in this recording is deleted; nothing can be drafted of it."


def draft_note(session_id: UUID, *, by: Actor, engine: str | None = None) -> Draft:
    """Draft the note of a recording anew; raises `NotReady` without a live consent."""
    if engine in (None, queries.HOUSE):
        return _by_house(session_id, by=by)
    raise Invalid("There is no such engine.", field="engine")


@verb
def draft_first(session_id: UUID, *, by: Actor) -> Draft | None:
    """The first draft of a recording that was just written down; none where it is there or the consent has ended."""
    found = queries.session(session_id, seen_by=by, lock=True)
    if found.status != Status.TRANSCRIBED or not found.consent_holds():
        return None
    return _by_house(session_id, by=by)


@verb
def _by_house(session_id: UUID, *, by: Actor) -> Draft:
    found = _ready(session_id, by)
    began = monotonic()
    body = drafted(_said(found, by), vocabulary())
    took_ms = round((monotonic() - began) * 1000)
    note(found, queries.HOUSE, UsageKind.DRAFTED, Used(), took_ms=took_ms, by=by)
    return _kept(found, body, engine=queries.HOUSE, model="", took_ms=took_ms, by=by)


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
    if found.transcript.data_key is None:
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
