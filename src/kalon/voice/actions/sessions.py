"""Beginning, pausing, finishing and discarding a recording."""

import secrets
from typing import Any
from uuid import UUID

from kalon.consents import queries as consents
from kalon.consultations import queries as consultations
from kalon.kernel import audit, clock, erasure, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.encrypted import is_erased
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.voice import queries
from kalon.voice.lifecycles import NOT_AGREED, RECORD, SESSION, Status
from kalon.voice.models import Chunk, Draft, Mapping, Outbound, Span, Transcript, Verified, VoiceSession

NOT_WITH_A_DOCTOR = "The patient is not here yet, or the visit is over. Record while the visit is going on."
ERASED = "The record of this patient was erased. Nothing more is recorded in it."
WITH_US = ("CHECKED_IN", "IN_TRIAGE", "IN_CONSULTATION", "PLAN_CREATED")


@verb
def begin(consultation_id: UUID, *, by: Actor) -> VoiceSession:
    """Prepare a recording of a visit under the consent that holds now; the one that is open already, where one is.

    Raises `NotReady` without a live consent to recordings, or when the visit is not going on.
    """
    visit = consultations.consultation(consultation_id, seen_by=by)
    by.must(RECORD, at=visit.branch_id, do="record a consultation")
    open_one = queries.of_consultation(visit.pk, seen_by=by).filter(finished_at=None, status__in=_OPEN).first()
    if open_one is not None and open_one.consent_holds():
        return open_one
    must_stand(visit.patient)
    if visit.status not in WITH_US:
        raise NotReady(NOT_WITH_A_DOCTOR, obstacles=[NOT_WITH_A_DOCTOR])
    consent = consents.in_force(visit.patient_id, "RECORDING", seen_by=by)
    if consent is None:
        raise NotReady(NOT_AGREED, needs="RECORDING")
    if open_one is not None:  # of an earlier consent that was withdrawn: what it holds stays, and ends there
        _close(open_one, by=by)
    made = VoiceSession(
        organization_id=visit.organization_id, patient=visit.patient, consultation=visit, consent_id=consent.pk,
        branch_id=visit.branch_id, recorded_by=by.name, created_at=clock.now(),
    )  # fmt: skip
    made.half = secrets.token_bytes(32).hex()
    refusals = {
        "voice_session_consented": NotReady(NOT_AGREED, needs="RECORDING"),
        "voice_session_one_open": Clash("This visit is being recorded already, by somebody else."),
    }
    with refusing(refusals):
        SESSION.born(made)
    words = Transcript(organization_id=made.organization_id, patient=visit.patient, session=made)
    words.half = secrets.token_bytes(32).hex()
    words.save(force_insert=True)
    return made


def must_stand(patient: Any) -> None:
    """Refused where the patient's record was erased: with its key nothing can be sealed any more."""
    if is_erased(patient.given_name):
        raise NotReady(ERASED, obstacles=[ERASED])


@verb
def start(pk: UUID, *, by: Actor) -> VoiceSession:
    """Begin to record."""
    found = _held(pk, by)
    if found.status != Status.RECORDING:  # said twice by a tablet that lost the answer
        _move(found, "start" if found.status == Status.CONSENTED else "go_on", by=by, **_first(found))
    return found


@verb
def pause(pk: UUID, *, by: Actor) -> VoiceSession:
    """Stop recording for a while; what was recorded until now may still arrive."""
    found = _held(pk, by)
    if found.status != Status.PAUSED:
        SESSION.move(found, "pause", by=by)
    return found


@verb
def finish(pk: UUID, parts: int | None = None, *, by: Actor) -> VoiceSession:
    """End the recording: it has so many chunks, or as many as have arrived without a gap where nobody knows.

    Those that are still on the tablet may arrive afterwards; then all is written down.
    """
    found = _held(pk, by)
    here = queries.arrived(found)
    parts = _counted(here) if parts is None else parts
    if found.is_finished:
        if parts != found.parts:
            raise Clash(f"This recording was finished with {found.parts} chunks.")
        return found
    if parts < 1:
        raise Invalid("Nothing was recorded yet. Discard the recording, or go on.", field="parts")
    if parts < here.following:
        raise Invalid(f"There are {here.following} chunks here already, more than {parts}.", field="parts")
    _finished(found, parts, by=by)
    hear_soon(found)
    return found


@verb
def discard(pk: UUID, reason: str, *, by: Actor) -> VoiceSession:
    """Throw a recording away: the keys of its sound and its words are destroyed at once."""
    found = _held(pk, by)
    SESSION.move(found, "discard", by=by, reason=reason)
    forget_sound(found, by=by)
    forget_words(found.transcript, by=by)
    return found


@verb
def try_again(pk: UUID, *, by: Actor) -> VoiceSession:
    """Listen again to what could not be written down, from where it stopped."""
    found = _held(pk, by)
    SESSION.move(found, "try_again", by=by, failure="")
    hear_soon(found)
    return found


@verb
def stop_all(patient_id: UUID, *, by: Actor) -> int:
    """The consent was withdrawn: every recording of the patient that runs is paused now; how many."""
    running = [one.pk for one in queries.going_on(patient_id, seen_by=by)]
    for pk in running:
        SESSION.move(queries.session(pk, seen_by=by, lock=True), "pause", by=by, reason="The consent has ended.")
    return len(running)


def hear_soon(found: VoiceSession) -> None:
    """Leave a job that listens to what is there; one at most waits for each recording."""
    from kalon.voice.tasks import hear

    outbox.defer_once(hear, str(found.pk), organization_id=found.organization_id, session_id=found.pk)


def draft_soon(found: VoiceSession) -> None:
    """Leave a job that drafts the note with the drafter of the house."""
    from kalon.voice.tasks import draft

    outbox.defer_once(draft, f"draft {found.pk}", organization_id=found.organization_id, session_id=found.pk)


def forget_sound(found: VoiceSession, *, by: Actor) -> None:
    """Destroy the key of the sound, and its sealed chunks with it; that it was here stays."""
    if erasure.erase(found, also={"sound_deleted_at": clock.now().isoformat(), "sound_deleted_by": by.name}):
        Chunk.objects.filter(session_id=found.pk).delete()
        audit.note(by, audit.Kind.CHANGE, found, purpose="sound of a recording deleted, its key destroyed")


def forget_words(words: Transcript, *, by: Actor) -> None:
    """Destroy the keys of the words, of what was drafted and sent of them, and of who stood behind their tokens."""
    if erasure.erase(words, also={"deleted_at": clock.now().isoformat(), "deleted_by": by.name}):
        Span.objects.filter(transcript_id=words.pk).delete()
        audit.note(by, audit.Kind.CHANGE, words, purpose="words of a recording deleted, their key destroyed")
    made = ((Verified, "draft__session"), (Draft, "session"), (Outbound, "mapping__session"), (Mapping, "session"))
    for model, of in made:
        for row in model._default_manager.select_for_update(of=("self",)).filter(**{of: words.session_id}):
            if erasure.erase(row):
                audit.note(by, audit.Kind.CHANGE, row, purpose="what was made of a recording: its key destroyed")


_OPEN = (Status.CONSENTED, Status.RECORDING, Status.PAUSED)


def _held(pk: UUID, by: Actor) -> VoiceSession:
    found = queries.session(pk, seen_by=by, lock=True)
    by.must(RECORD, at=found.branch_id, do="record a consultation")
    return found


def _first(found: VoiceSession) -> dict[str, Any]:
    return {} if found.started_at else {"started_at": clock.now()}


def _move(found: VoiceSession, name: str, *, by: Actor, **changes: Any) -> None:
    with refusing({"voice_session_consented": NotReady(NOT_AGREED, needs="RECORDING")}):
        SESSION.move(found, name, by=by, **changes)


def _finished(found: VoiceSession, parts: int, *, by: Actor) -> None:
    now = clock.now()
    if found.status == Status.RECORDING:
        SESSION.move(found, "finish", by=by, finished_at=now, parts=parts)
        return
    if found.status != Status.PAUSED:
        raise IllegalMove(
            f"You cannot finish the recording: it is {found.get_status_display().lower()}.",
            status_is=str(found.status),
        )
    found.finished_at, found.parts = now, parts
    found.save(update_fields=["finished_at", "parts"])
    audit.note(by, audit.Kind.CHANGE, found, purpose="recording finished", facts={"parts": parts})


def _close(found: VoiceSession, *, by: Actor) -> None:
    """An open recording that cannot go on: finished with what is there, or discarded where nothing is."""
    here = queries.arrived(found)
    if found.status == Status.CONSENTED or not _counted(here):
        SESSION.move(found, "discard", by=by, reason="The consent has ended before anything was recorded.")
        forget_sound(found, by=by)
        forget_words(found.transcript, by=by)
    else:
        _finished(found, _counted(here), by=by)


def _counted(here: queries.Arrived) -> int:
    """How many chunks have arrived from the first one on without a gap."""
    return here.runs[0][1] + 1 if here.runs and here.runs[0][0] == 0 else 0
