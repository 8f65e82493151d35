"""Reads of consents: whose they are, what waits, and what holds at this moment."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices, Value, When
from django.urls import reverse

from kalon.consents.lifecycles import ENDED, LIVE, OF_PATIENT, OPEN, READ, Kind, Status
from kalon.consents.models import Consent, Question, Signature, SigningCode
from kalon.consents.rules import Role
from kalon.consultations.queries import completeness
from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound, NotReady
from kalon.papers import queries as papers
from kalon.plans import queries as plans
from kalon.plans.lifecycles import PlanStatus

if TYPE_CHECKING:
    from kalon.papers.models import SignedPaper


OVER = (PlanStatus.COMPLETED, PlanStatus.CANCELLED)


class Waits(TextChoices):
    """What a consent waits for from a doctor."""

    QUESTION = "QUESTION", "A question to answer"
    COUNTERSIGN = "COUNTERSIGN", "To countersign"
    ENDED = "ENDED", "Ended: talk with the patient"


def consents(*, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent the actor may read, newest first: the clinic's, or a patient's own once it was put before them."""
    seen_by.must(READ, do="read consents")
    rows = Consent.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id).exclude(status=Status.DRAFT)
    signatures = Signature.objects.select_related("patient", "spoken__patient").order_by("signed_at", "id")
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


def code_sent(found: Consent, *, seen_by: Actor) -> SigningCode | None:
    """The code that was sent for these words from this account, while it can still be typed."""
    newest = found.codes.select_related("patient").first()
    if newest is None or newest.user_id != seen_by.user_id or newest.content_sha256 != found.content_sha256:
        return None
    return newest if newest.proven_at is None and newest.expires_at > clock.now() else None


def for_doctor(doctor_id: UUID | None = None, *, seen_by: Actor) -> QuerySet[Consent]:
    """Consents to plans that wait for a doctor, each with `waits`: a question, a countersignature, an end to note.

    The longest first; of one doctor (who does the plan, or approved it), or of all.
    """
    unanswered = Question.objects.filter(consent=OuterRef("pk"), answered_at=None)
    countersigned = Signature.objects.filter(consent=OuterRef("pk"), role=Role.SURGEON)
    waits = Case(
        When(Exists(unanswered), status__in=OPEN, then=Value(Waits.QUESTION)),
        When(
            ~Exists(countersigned), signers__contains=[Role.SURGEON], status=Status.PARTIALLY_SIGNED,
            then=Value(Waits.COUNTERSIGN),
        ),
        When(
            status__in=ENDED, noted_at=None, kind=Kind.PROCEDURE, then=Value(Waits.ENDED)
        ),
        default=Value(""), output_field=CharField(),
    )  # fmt: skip
    rows = consents(seen_by=seen_by).filter(plan__isnull=False).annotate(waits=waits).exclude(waits="")
    rows = rows.exclude(waits=Waits.ENDED, plan__status__in=OVER).order_by("status_at", "id")
    if doctor_id is None:
        return rows
    return rows.filter(Q(plan__doctor_id=doctor_id) | Q(plan__doctor=None, plan__approved_by_id=doctor_id))


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
    return [reverse(f"consents:{name}", args=[pk]) for name in ("language", "read_part", "ask_about", "send_code")]


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
