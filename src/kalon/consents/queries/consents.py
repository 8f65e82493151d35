"""Reads of consents: whose they are, what waits, and what holds at this moment."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from kalon.consents.lifecycles import LIVE, OF_PATIENT, OPEN, READ, Kind, Status
from kalon.consents.models import Consent, Signature
from kalon.consultations.queries import completeness
from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound, NotReady
from kalon.papers import queries as papers
from kalon.plans import queries as plans

if TYPE_CHECKING:
    from kalon.papers.models import SignedPaper


def consents(*, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent the actor may read, newest first: the clinic's, or a patient's own once it was put before them."""
    seen_by.must(READ, do="read consents")
    rows = Consent.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id).exclude(status=Status.DRAFT)
    signatures = Signature.objects.select_related("patient").order_by("signed_at", "id")
    return rows.select_related(
        "patient", "branch", "version", "version__template", "text", "plan", "session"
    ).prefetch_related(Prefetch("signatures", queryset=signatures))


def consent(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> Consent:
    """One consent with its signatures, or a refusal that says nothing of whether it exists.

    Whoever changes one holds its plan first and the consent after it, in the order in which a plan is cancelled.
    """
    rows = consents(seen_by=seen_by).filter(pk=pk)
    if lock:
        hold_plan(rows.values_list("plan_id", flat=True).first(), organization_id=seen_by.organization_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such consent.")
    return found


def hold_plan(plan_id: UUID | None, *, organization_id: UUID) -> None:
    """Hold the plan of a consent until the unit of work ends, before the consent itself is held."""
    if plan_id is not None:
        plans.plan(plan_id, seen_by=system("consents", organization_id), lock=True)


def of_patient(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """A patient's consents, newest first."""
    return consents(seen_by=seen_by).filter(patient_id__person=patient_id)


def waiting_for(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """What a patient still has to read or sign."""
    return of_patient(patient_id, seen_by=seen_by).filter(status=Status.PRESENTED)


def asked_in(consultation: Any) -> completeness.Answer:
    """In the row above a doctor's signature: whether anything still waits for the patient's own."""
    by = system("the row above the signature", consultation.organization_id)
    waiting = of_patient(consultation.patient_id, seen_by=by).filter(status__in=OPEN, kind__in=OF_PATIENT).first()
    if waiting is not None:
        return completeness.missing(
            "A consent waits for the patient to read and sign it.",
            href=reverse("consents:consent", args=[waiting.pk]),
            permission=READ,
        )
    held = kinds_in_force(consultation.patient_id, seen_by=by)
    return completeness.DONE if held else completeness.NOT_NEEDED


def in_force(patient_id: UUID, kind: str, *, seen_by: Actor) -> Consent | None:
    """The patient's consent of this kind that holds at this moment; None when there is none, and then nothing is done.

    Photographs, recordings and use in marketing ask here each time, so that a withdrawal stops them now. What hangs
    from a plan is asked of the plan (`for_plan`).
    """
    return _holding(patient_id, seen_by=seen_by).filter(kind=Kind(kind)).first()


def kinds_in_force(patient_id: UUID, *, seen_by: Actor) -> frozenset[str]:
    """Every kind of consent that holds now for a patient."""
    return frozenset(_holding(patient_id, seen_by=seen_by).values_list("kind", flat=True))


def live_of_plan(plan_id: UUID, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> Consent | None:
    """The one consent of a kind to a plan that is being prepared, signed, or in force."""
    return consents(seen_by=seen_by).filter(plan_id=plan_id, kind=Kind(kind), status__in=LIVE).first()


def for_plan(plan_id: UUID, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> Consent | None:
    """The consent to a plan that holds at this moment, with the lines it covers; None when there is none."""
    found = live_of_plan(plan_id, kind, seen_by=seen_by)
    return found if found is not None and found.holds_at(clock.now()) else None


def of_plan(plan_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent to a plan as a whole, newest first; those to its sessions apart."""
    return consents(seen_by=seen_by).filter(plan_id=plan_id, session=None)


def to_expire(*, seen_by: Actor) -> QuerySet[Consent]:
    """Signed consents whose time is over."""
    return consents(seen_by=seen_by).filter(status=Status.SIGNED, valid_until__lte=clock.now()).order_by("id")


def signing_addresses(pk: UUID) -> list[str]:
    """What a tablet in a patient's hands opens beside the page of the consent itself."""
    return [reverse(f"consents:{name}", args=[pk]) for name in ("language", "read_part", "ask_about")]


def paper(pk: UUID, *, seen_by: Actor) -> "tuple[SignedPaper, bytes]":
    """The signed PDF of a consent, byte for byte as it was kept; the reading is logged."""
    found = consent(pk, seen_by=seen_by)
    kept = papers.papers(seen_by=seen_by).filter(source_id=found.pk, kind=papers.Kind.CONSENT).first()
    if kept is None and found.seal_sha256:
        raise NotReady("The paper is being made. Look again in a moment.")
    if kept is None:
        raise NotReady("There is a paper once everybody has signed.")
    return papers.content(kept.pk, seen_by=seen_by)


def _holding(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    now = clock.now()
    rows = of_patient(patient_id, seen_by=seen_by).filter(status=Status.SIGNED, plan=None)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=now))
