"""The moment a prescription gets its number and is sealed; and its end."""

from uuid import UUID

from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.prescribing import queries, rules
from kalon.prescribing.actions import paper
from kalon.prescribing.actions.writing import own_draft
from kalon.prescribing.events import PrescriptionCancelled, PrescriptionFinalized
from kalon.prescribing.lifecycles import PRESCRIPTION
from kalon.prescribing.models import KeptFinding, Prescription


@verb
def finalize(pk: UUID, *, by: Actor) -> Prescription:
    """Check once more, keep what was found with the reasons given, number and seal it, and sign its paper.

    NotReady names each hard stop that has no reason yet.
    """
    prescription = own_draft(pk, by=by)
    me = people.staff_of(by)
    today = clock.today(prescription.branch.timezone)
    found = queries.judged(prescription, seen_by=by)
    if open_stops := [one.finding.title for one in found if one.is_open]:
        raise NotReady(
            f"Stopped: {'; '.join(open_stops)}. Change the prescription, or write why it is right all the same.",
            obstacles=open_stops,
        )
    PRESCRIPTION.guard(prescription, "finalize", by=by)
    _keep(prescription, found)
    serial = next_number("prescription", branch_id=prescription.branch_id, period=str(today.year))
    PRESCRIPTION.move(
        prescription,
        "finalize",
        by=by,
        serial=serial,
        number=rules.number(prescription.branch.code, today, serial),
        prescribed_on=today,
        finalized_at=clock.now(),
        finalized_by=me,
    )
    paper.sign(prescription, by=by)
    events.announce(
        PrescriptionFinalized(
            prescription.pk, prescription.consultation_id, prescription.patient_id, prescription.organization_id, by
        )
    )
    return prescription


@verb
def send(pk: UUID, *, by: Actor) -> Prescription:
    """Note that the patient takes it to a pharmacy outside."""
    prescription = queries.prescription(pk, seen_by=by, lock=True)
    PRESCRIPTION.move(prescription, "send", by=by)
    return prescription


@verb
def cancel(pk: UUID, reason: str, *, by: Actor) -> Prescription:
    """Say that a prescription no longer holds; its paper, if there is one, is withdrawn."""
    prescription = queries.prescription(pk, seen_by=by, lock=True)
    PRESCRIPTION.move(prescription, "cancel", by=by, reason=reason)
    paper.withdraw(prescription, reason, by=by)
    events.announce(PrescriptionCancelled(prescription.pk, prescription.patient_id, prescription.organization_id, by))
    return prescription


def _keep(prescription: Prescription, found: list[queries.Judged]) -> None:
    answered = {
        row.key: (row.answered_by_id, row.answered_at)
        for row in KeptFinding.objects.filter(prescription=prescription).select_related("patient")
    }
    KeptFinding.objects.filter(prescription=prescription).delete()
    for one in found:
        finding = one.finding
        who, at = answered.get(finding.key, (None, None)) if finding.is_stop else (None, None)
        KeptFinding.objects.create(
            organization_id=prescription.organization_id, patient=prescription.patient, prescription=prescription,
            severity=finding.severity, key=finding.key, title=finding.title, mechanism=finding.mechanism,
            action=finding.action, source=finding.source, reason=one.reason or None, answered_by_id=who, answered_at=at,
        )  # fmt: skip
