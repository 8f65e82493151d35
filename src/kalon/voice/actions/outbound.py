"""The one door through which a text leaves for an outside engine, and the people who stand behind its tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import DomainError, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.prescribing import queries as prescribing
from kalon.voice import queries
from kalon.voice.actions.naming import name_finder
from kalon.voice.actions.registered import everybody, registered
from kalon.voice.actions.usage import COUNTED, OFF, Used, leaves, reserve, settle
from kalon.voice.lifecycles import NOT_AGREED
from kalon.voice.models import Mapping, Outbound, OwnPattern, Usage, UsageKind
from kalon.voice.rules.people import kept
from kalon.voice.rules.redaction import Pattern, Redacted, Redactor, allowing, restored
from kalon.voice.rules.redaction import leaks as named_in

CONDUCT = "consultations.conduct"
LIVES = timedelta(days=7)
EXPIRED = "The people of this session are no longer kept: begin another recording."
FORGOTTEN_AFTER = timedelta(minutes=15)  # longer than any engine is waited for, with every try
MOST_AT_ONCE = 200
STOPPED = "The work was stopped before an answer came."
DELETED = "The recording was deleted before the answer came."
FAILED = "The engine did not answer. Try again, or use the drafter of the house."


class OutboundRefused(DomainError):
    """A text still named somebody, so it did not leave."""

    code, title, status = "outbound-refused", "This does not leave the clinic", 409


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine answered, what that used, and by which model."""

    text: str
    used: Used
    model: str = ""


class EngineFailed(Exception):
    """An engine gave no answer that can be used; `used` is what it charged for, None where nobody knows."""

    def __init__(self, why: str, used: Used | None = None) -> None:
        super().__init__(why)
        self.used = used


class Engine(Protocol):
    """An engine outside the building that answers a text; `name` is the one that a clinic switches on."""

    @property
    def name(self) -> str: ...

    def most(self, text: str) -> Used:
        """The most that an answer to this text can use."""

    def __call__(self, text: str, leaves: Callable[[], None]) -> Answer:
        """What it answers; it calls `leaves` before each time of asking, and raises whatever its connection raises."""


@verb
def register_people(session_id: UUID, *, by: Actor) -> Mapping:
    """Write down, encrypted, whom a session may name: the patient, those near them, and the staff."""
    by.must(CONDUCT, do="anonymise a recording")
    session = queries.session(session_id, seen_by=by, lock=True)
    if (held := Mapping.objects.filter(session=session).first()) is not None:
        return held
    here = list(registered(session.patient_id, by=by))
    mapping = Mapping(
        organization_id=session.organization_id,
        patient_id=session.patient_id,
        session=session,
        token=here[0].token,
        people=[kept(person) for person in here],
        expires_at=clock.now() + LIVES,
    )
    mapping.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, mapping, purpose="people of a recording", facts={"count": len(here)})
    return mapping


@verb
def anonymise(session_id: UUID, text: str, *, by: Actor) -> Redacted:
    """A text of a session without anybody's identifiers; what a speaker says in it is read, never obeyed."""
    by.must(CONDUCT, do="anonymise a recording")
    mapping = _live(session_id, by=by)
    patterns = tuple(Pattern(row.name, row.regex, row.token) for row in OwnPattern.objects.filter(is_active=True))
    return Redactor(everybody(mapping, by=by), allowed(by=by), patterns, finder=name_finder())(text)


@verb
def restore(session_id: UUID, text: str, *, by: Actor) -> str:
    """An answer with the names of the people in place of their tokens, while the session lives."""
    by.must(CONDUCT, do="read a recording")
    return restored(
        text, {person.token: person.names[0] for person in everybody(_live(session_id, by=by), by=by) if person.names}
    )


def ask(session_id: UUID, text: str, engine: Engine, *, by: Actor) -> Outbound:
    """Send a text to an outside engine, if it names nobody, and keep what was sent and what came back.

    Raises `OutboundRefused`, logged, when it still holds a registered identifier or seven digits in a row; `NotReady`
    when the engine fails, or the patient does not agree to the recording any more.
    """
    row = _hand_over(session_id, text, engine.name, engine.most(text), by=by)
    if row.is_refused:
        what = ", ".join(sorted({reason["kind"].lower().replace("_", " ") for reason in row.reasons}))
        raise OutboundRefused(f"This text still names somebody ({what}), so it was not sent.", outbound=str(row.pk))
    began = monotonic()
    try:
        answer = engine(text, lambda: leaves(row.usage_id, by=by) if row.usage_id else None)
    except Exception as wrong:  # whatever the engine's client raises is one thing here: no answer
        failure = _why(wrong)[:300]
        used = wrong.used if isinstance(wrong, EngineFailed) else None
        _answered(row.pk, None, failure, _Spent(used, _ms_since(began)), by=by)
        raise NotReady(FAILED, outbound=str(row.pk), why=failure) from wrong
    kept = _answered(row.pk, answer.text, "", _Spent(answer.used, _ms_since(began), answer.model), by=by)
    if kept.received is None:
        raise NotReady(kept.failure or COUNTED, outbound=str(kept.pk))
    return kept


@verb
def settle_forgotten(*, by: Actor) -> int:
    """Settle what was written down for an engine outside and never settled, because whoever asked was stopped.

    What left counts with the most that it can have cost, what never left with nothing; how many there were.
    """
    before = clock.now() - FORGOTTEN_AFTER
    rows = Usage.objects.filter(organization_id=by.organization_id, is_outside=True, settled_at=None)
    old = list(rows.filter(created_at__lte=before).order_by("pk")[:MOST_AT_ONCE])
    for row in old:
        sent = Outbound.objects.filter(usage=row, answered_at=None).first()
        if sent is not None:
            _answered(sent.pk, None, STOPPED, _Spent(None, 0), by=by)
        else:
            settle(row.pk, None, took_ms=0, failure=STOPPED, by=by)
    return len(old)


@dataclass(frozen=True, slots=True)
class _Spent:
    used: Used | None
    took_ms: int
    model: str = ""


def _why(wrong: Exception) -> str:
    """What is kept of a failure: our own sentence, or its kind where a client may have put the text in its words."""
    if isinstance(wrong, DomainError):
        return wrong.detail
    return str(wrong) if isinstance(wrong, EngineFailed) else type(wrong).__name__


def _ms_since(began: float) -> int:
    return round((monotonic() - began) * 1000)


@verb
def _hand_over(session_id: UUID, text: str, engine: str, most: Used, *, by: Actor) -> Outbound:
    by.must(CONDUCT, do="send a text to an outside engine")
    mapping = _live(session_id, by=by)
    session = queries.session(session_id, seen_by=by)
    if not session.consent_holds():
        raise NotReady(NOT_AGREED, needs="RECORDING")
    found = named_in(text, everybody(mapping, by=by), allowed(by=by))
    row = Outbound(
        organization_id=mapping.organization_id,
        patient_id=mapping.patient_id,
        mapping=mapping,
        usage=None if found else reserve(session, engine, UsageKind.DRAFTED, most, by=by),
        engine=engine,
        asked_by=by.name,
        sent=text,
        reasons=[{"kind": leak.kind, "at": leak.at, "length": leak.length, "why": leak.why} for leak in found],
    )
    refusals = {
        "voice_outbound_live": NotReady(EXPIRED),
        "voice_outbound_switched_on": NotReady(OFF, engine=engine),
    }
    with refusing(refusals):
        row.save(force_insert=True)
    kind = audit.Kind.DENIED if found else audit.Kind.EXPORT
    facts = {"engine": engine, "reasons": len(found), "characters": len(text)}
    audit.note(by, kind, row, purpose="text for an outside engine", facts=facts)
    return row


@verb
def _answered(pk: UUID, answer: str | None, failure: str, spent: _Spent, *, by: Actor) -> Outbound:
    row = Outbound.objects.select_for_update().get(pk=pk)
    if row.answered_at is not None:
        return row
    if row.usage_id is not None:
        settle(row.usage_id, spent.used, took_ms=spent.took_ms, model=spent.model, failure=failure, by=by)
    if row.data_key is None:
        answer, failure = None, failure or DELETED
    row.received, row.failure, row.answered_at = answer, failure, clock.now()
    row.save()
    return row


@verb
def forget_expired(*, by: Actor) -> int:
    """Destroy the key of every session whose time is over: nobody can tell any more who stood behind its tokens.

    One that a legal matter holds keeps it; nothing leaves by it any more.
    """
    over = Mapping.objects.select_for_update(of=("self",)).filter(
        expires_at__lte=clock.now(), data_key__isnull=False, session__held_at=None
    )
    return sum(erasure.erase(mapping) is not None for mapping in over)


def allowed(*, by: Actor) -> frozenset[str]:
    """The words of medicines and procedures, which are never taken for a person."""
    procedures = [row.name for row in catalog.procedures(seen_by=by, active_only=False)]
    return allowing([*prescribing.names_and_brands(), *procedures])


def _live(session_id: UUID, *, by: Actor) -> Mapping:
    mapping = Mapping.objects.filter(session=queries.session(session_id, seen_by=by)).first()
    if mapping is None:
        raise NotFound("Nobody is registered for this recording yet.")
    if mapping.data_key is None or mapping.expires_at <= clock.now():
        raise NotReady(EXPIRED)
    return mapping
