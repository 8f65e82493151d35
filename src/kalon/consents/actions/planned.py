"""Consents to what is planned: which plan they hang from, which of its lines they cover, and the plan that follows.

The plan is moved in the same unit of work: asked, signed, lost; and when it goes on after a hold, it is brought in
step with what happened to its consent meanwhile.
"""

from typing import Any
from uuid import UUID

from kalon.consents import queries
from kalon.consents.lifecycles import CONSENT, OF_PLAN, OPEN, UNFINISHED, Kind, Status
from kalon.consents.models import Consent, CoveredLine, Version
from kalon.consents.rules import Covered
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.plans import actions as plans
from kalon.plans import queries as plan_queries
from kalon.plans.lifecycles import ConsentNeed, PlanStatus

APPROVE_FIRST = NotReady("The plan is approved first; then the patient is asked for consent to it.")
NOT_APPROVED = {"consents_consent_of_plan": APPROVE_FIRST}
OVER = (PlanStatus.COMPLETED, PlanStatus.CANCELLED)
BEFORE_SIGNING = (PlanStatus.APPROVED, PlanStatus.CONSENT_PENDING)
ON_CONSENT = (PlanStatus.CONSENT_PENDING, PlanStatus.CONSENT_SIGNED, PlanStatus.SCHEDULED)


def plan_for(version: Version, plan_id: UUID | None, patient_id: UUID, *, by: Actor) -> Any | None:
    """The plan that a consent of this version hangs from; refused with what has to happen first."""
    if version.kind not in OF_PLAN:
        if plan_id is not None:
            raise Invalid("This consent is the patient's own and hangs from no plan.", field="plan_id")
        return None
    if plan_id is None:
        raise Invalid(
            "A consent to what is planned is asked from its plan. Open the plan and ask there.", field="plan_id"
        )
    plan = plan_queries.plan(plan_id, seen_by=by, lock=True)
    if plan.patient_id != patient_id:
        raise NotFound("There is no such plan.")
    if plan.approved_at is None:
        raise APPROVE_FIRST
    if plan.status in OVER:
        raise NotReady(f"The plan is {plan.get_status_display().lower()}: no consent is asked for it any more.")
    if version.kind == Kind.PROCEDURE and plan.consent != ConsentNeed.REQUIRED:
        raise NotReady("This plan needs no consent to its procedure.")
    about = {one.procedure_id for one in version.template.procedures.all()}
    if about and about.isdisjoint(line.entry_id for line in plan_queries.lines_of(plan)):
        raise Invalid("This form is about another procedure than the plan. Choose one that fits.", field="version")
    return plan


def names_of_plan(consent: Consent) -> dict[str, str]:
    """What is filled into the words of a consent to what is planned."""
    if consent.plan is None:
        return {}
    doctor = consent.plan.doctor or consent.plan.approved_by
    assert doctor is not None
    return {"doctor": doctor.name, "procedure": str(consent.plan.title)}


def covered_by(consent: Consent) -> list[Covered]:
    """The lines of the plan as the patient reads them."""
    if consent.plan is None:
        return []
    return [
        Covered(line.what, line.side, str(line.technique), line.quantity)
        for line in plan_queries.lines_of(consent.plan)
    ]


def cover(consent: Consent) -> None:
    """Write down which lines of the plan are agreed to, each with its side."""
    if consent.plan is None:
        return
    CoveredLine.objects.bulk_create(
        CoveredLine(
            organization_id=consent.organization_id,
            patient_id=consent.patient_id,
            consent=consent,
            plan_line=line,
            side=line.side,
            entry_id=line.entry_id,
        )
        for line in plan_queries.lines_of(consent.plan)
    )


def asked(consent: Consent, by: Actor) -> None:
    """The consent was put before the patient: so its plan waits for it."""
    if _moves_plan(consent) and _status(consent, by) == PlanStatus.APPROVED:
        _go(consent, "ask_consent", by)


def agreed(consent: Consent, by: Actor) -> None:
    """Everybody signed: so the plan is consented."""
    if not _moves_plan(consent) or _status(consent, by) not in BEFORE_SIGNING:
        return
    asked(consent, by)
    _go(consent, "consent_signed", by)


def lost(consent: Consent, by: Actor, *, reason: str) -> None:
    """The consent was withdrawn, has run out or was given up: so the plan stands where it was before."""
    if _moves_plan(consent) and _status(consent, by) in ON_CONSENT:
        _go(consent, "consent_lost", by, reason=reason)


@verb
def keep_in_step(plan_id: UUID, *, by: Actor) -> None:
    """A plan goes on after a hold: what happened to its consent meanwhile happens to the plan now."""
    consent = queries.live_of_plan(plan_id, Kind.PROCEDURE, seen_by=by)
    if consent is None:
        if plan_queries.plan(plan_id, seen_by=by).status == PlanStatus.CONSENT_PENDING:
            plans.go_along(plan_id, move="consent_lost", reason="The consent was given up", by=by)
    elif consent.status == Status.SIGNED:
        agreed(consent, by)
    elif consent.status in OPEN:
        asked(consent, by)


@verb
def give_up_of_plan(plan_id: UUID, *, reason: str, by: Actor) -> int:
    """A plan is over: nobody signs any more what was still open for it; what was signed stays."""
    rows = queries.consents(seen_by=by).filter(plan_id=plan_id, status__in=UNFINISHED)
    found = list(rows.select_for_update(of=("self",)))
    for consent in found:
        CONSENT.move(consent, "void", by=by, reason=reason)
    return len(found)


def _moves_plan(consent: Consent) -> bool:
    return consent.kind == Kind.PROCEDURE


def _status(consent: Consent, by: Actor) -> str:
    assert consent.plan_id is not None
    return str(plan_queries.plan(consent.plan_id, seen_by=by, lock=True).status)


def _go(consent: Consent, move: str, by: Actor, *, reason: str = "") -> None:
    assert consent.plan_id is not None
    plans.go_along(consent.plan_id, move=move, reason=reason, by=by)
