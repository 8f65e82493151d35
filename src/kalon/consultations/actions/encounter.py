"""The encounter itself: its birth, its moves and its reading."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from kalon.consultations import queries
from kalon.consultations.actions.note import write_sections
from kalon.consultations.actions.papers import sign_summary
from kalon.consultations.events import ConsultationBorn, ConsultationClosed, OutcomeRecorded, OutcomeReopened
from kalon.consultations.lifecycles import CONSULTATION, Mode, Outcome, Status
from kalon.consultations.models import Consultation
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import actions as scheduling
from kalon.scheduling.lifecycles import Status as Visit


@verb
def bear(
    *,
    appointment_id: UUID,
    patient_id: UUID,
    branch_id: UUID,
    doctor_id: UUID | None,
    kind: str,
    complaint: str = "",
    by: Actor,
) -> Consultation:
    """Let the encounter of a confirmed appointment begin to exist; the same one when it already does."""
    if existing := queries.of_appointment(appointment_id, seen_by=by):
        return existing
    consultation = Consultation(
        organization_id=by.organization_id,
        patient_id=patient_id,
        appointment_id=appointment_id,
        branch_id=branch_id,
        doctor_id=doctor_id,
        kind=kind,
        complaint=complaint,
    )
    CONSULTATION.born(consultation, name="confirmed")
    announce(
        ConsultationBorn(consultation.pk, patient_id=patient_id, organization_id=consultation.organization_id, by=by)
    )
    return consultation


@verb
def write_to(patient_id: UUID, *, branch_id: UUID, doctor_id: UUID | None, complaint: str, by: Actor) -> Consultation:
    """Open an encounter in writing, without an appointment (mode ASYNC)."""
    by.must("consultations.conduct", do="open a consultation in writing")
    consultation = Consultation(
        organization_id=by.organization_id,
        patient_id=patient_id,
        branch_id=branch_id,
        doctor_id=doctor_id,
        kind="INITIAL",
        mode=Mode.ASYNC,
        complaint=complaint,
    )
    return CONSULTATION.born(consultation)  # type: ignore[no-any-return]


@verb
def start_triage(pk: UUID, *, by: Actor) -> Consultation:
    """A nurse takes the patient in for measurements."""
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    CONSULTATION.move(consultation, "start_triage", by=by)
    return consultation


@verb
def begin(pk: UUID, *, by: Actor) -> Consultation:
    """The doctor sees the patient; the appointment starts with it."""
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    CONSULTATION.move(consultation, "begin", by=by)
    if consultation.appointment and consultation.appointment.status == Visit.CHECKED_IN:
        scheduling.start(consultation.appointment.pk, by=by)
    return consultation


@verb
def record_outcome(
    pk: UUID,
    *,
    outcome: str,
    note: Mapping[str, str],
    follow_up_on: date | None = None,
    editions: Mapping[str, int] | None = None,
    by: Actor,
) -> Consultation:
    """The doctor's decision: exactly one of `Outcome`, with sections of the note that come with it.

    `note` holds sections by name, and `referred_to`. With the `editions` that were read, a section that somebody
    saved meanwhile is not overwritten (`Stale`).
    """
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    _check_outcome(outcome, note, follow_up_on)
    if note and consultation.status == Status.IN_CONSULTATION:
        write_sections(consultation, note, editions=editions or {}, by=by)
        consultation.referred_to = note.get("referred_to", consultation.referred_to)
    CONSULTATION.move(
        consultation,
        "record_outcome",
        by=by,
        outcome=outcome,
        follow_up_on=follow_up_on,
        referred_to=consultation.referred_to,
    )
    announce(
        OutcomeRecorded(
            consultation.pk,
            patient_id=consultation.patient_id,
            organization_id=consultation.organization_id,
            outcome=outcome,
            by=by,
        )
    )
    return consultation


@verb
def reopen(pk: UUID, *, reason: str, by: Actor) -> Consultation:
    """Take the outcome back before it is signed."""
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    CONSULTATION.move(consultation, "reopen", by=by, reason=reason)
    announce(
        OutcomeReopened(
            consultation.pk,
            patient_id=consultation.patient_id,
            organization_id=consultation.organization_id,
            reason=reason,
            by=by,
        )
    )
    return consultation


@verb
def close(pk: UUID, *, by: Actor) -> Consultation:
    """Sign and seal the note; the appointment is completed, the patient may read the summary.

    Its paper is signed too, where who signs the note may sign papers.
    """
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    signer = people.staff_of(by)
    if signer is None:
        raise Invalid("Only a member of staff can sign; sign in as the doctor.")
    CONSULTATION.move(consultation, "close", by=by, signed_by=signer, signed_at=clock.now())
    if consultation.appointment and consultation.appointment.status == Visit.IN_PROGRESS:
        scheduling.complete(consultation.appointment.pk, by=by)
    announce(
        ConsultationClosed(
            consultation.pk,
            appointment_id=consultation.appointment_id,
            patient_id=consultation.patient_id,
            organization_id=consultation.organization_id,
            outcome=consultation.outcome,
            by=by,
        )
    )
    if by.may("papers.sign", at=consultation.branch_id):
        sign_summary(pk, by=by)
    return consultation


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Consultation:
    """Open the record of one encounter; who read it, and why, is written down."""
    consultation = queries.consultation(pk, seen_by=by)
    audit.read(by, consultation, purpose=purpose)
    return consultation


@verb
def follow_appointment(appointment_id: UUID, *, move: str, reason: str = "", by: Actor) -> Consultation | None:
    """Keep the encounter in step with its appointment (arrived, arrival taken back, cancelled)."""
    consultation = queries.of_appointment(appointment_id, seen_by=by, lock=True)
    if consultation is None or consultation.status not in CONSULTATION[move].source:
        return None
    CONSULTATION.move(consultation, move, by=by, reason=reason)
    return consultation


@verb
def go_along(appointment_id: UUID, *, to: UUID, doctor_id: UUID | None, by: Actor) -> Consultation | None:
    """The visit moved to another time or doctor: the encounter that has not begun goes along."""
    consultation = queries.of_appointment(appointment_id, seen_by=by, lock=True)
    if consultation is None or consultation.status != Status.SCHEDULED:
        return None
    consultation.appointment_id, consultation.doctor_id = to, doctor_id
    consultation.save(update_fields=["appointment", "doctor"])
    return consultation


def _check_outcome(outcome: str, note: Mapping[str, str], follow_up_on: date | None) -> None:
    if outcome not in Outcome.values:
        raise Invalid("Choose the outcome.", field="outcome")
    if outcome == Outcome.FOLLOW_UP and follow_up_on is None:
        raise Invalid("Say when the patient should come back.", field="follow_up_on")
    if follow_up_on is not None and follow_up_on <= clock.now().date():
        raise Invalid("The follow-up lies in the past. Choose a later day.", field="follow_up_on")
    if outcome == Outcome.REFERRED and not note.get("referred_to", "").strip():
        raise Invalid("Write to whom the patient is referred.", field="referred_to")
