"""Moving a plan: what people decide by a button, and what follows from a consent or a case."""

from uuid import UUID

from kalon.kernel import audit, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.actions import standing
from kalon.plans.actions.checklists import attach_lists
from kalon.plans.actions.sessions.carrying import give_back, stop
from kalon.plans.events import PlanApproved, PlanCancelled, PlanHeld, PlanResumed
from kalon.plans.lifecycles import ACKNOWLEDGE, ARRANGE, PLAN, ConsentNeed, PlanStatus, PlanType, way_back
from kalon.plans.models import ProcedurePlan

# What upper contexts make of a plan when a consent or a case moves.
# Others than surgeries follow their visits.
OF_A_CASE = frozenset({"schedule_signed", "start", "undo_start", "complete"})
ABORTS = ("abort", "abort_unconsented")  # back to where the consent stands by then
CONSEQUENCES = frozenset({"ask_consent", "consent_signed", "consent_lost", "lose_date", *ABORTS}) | OF_A_CASE


@verb
def submit(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """Send a written plan to whoever approves it."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.move(plan, "submit", by=by)
    return plan


@verb
def approve(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """A doctor or surgeon approves the plan under their name; from then on its lines are sealed."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    approver = people.staff_of(by)
    if approver is None:
        raise NotPermitted("A plan is approved by a doctor or surgeon under their own name. Sign in as one.")
    PLAN.move(plan, "approve", by=by, approved_by=approver, approved_at=clock.now())
    attach_lists(plan.pk, by=by)
    announce(PlanApproved(*_fact(plan, by)))
    if plan.consent == ConsentNeed.NOT_REQUIRED:
        standing.bookable(plan, by)
    return plan


@verb
def begin(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """A treatment without a procedure begins."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.move(plan, "begin", by=by)
    return plan


@verb
def finish(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """A treatment without a procedure is over; a review follows where the plan asks for one."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.move(plan, "finish", by=by)
    standing.finished(plan, by)
    return plan


@verb
def hold(pk: UUID, *, reason: str, by: Actor) -> ProcedurePlan:
    """Put a plan on hold, with a reason; it remembers where it stood, and visits ahead of it are given back."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    plan.held_from = plan.status  # as the move will write it
    PLAN.guard(plan, "hold", by=by, reason=reason)
    give_back(list(plan.sessions.select_related("appointment")), reason)
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.move(plan, "hold", by=by, reason=reason, held_from=str(plan.status))
    announce(PlanHeld(*_fact(plan, by)))
    return plan


@verb
def resume(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """Go on with a plan exactly where it was put on hold."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    if plan.status != PlanStatus.ON_HOLD:
        raise IllegalMove(f"The plan is not on hold: it is {plan.get_status_display().lower()}.", status_is=plan.status)
    PLAN.move(plan, way_back(plan.held_from), by=by)
    standing.held(plan, by)
    announce(PlanResumed(*_fact(plan, by)))
    return plan


@verb
def cancel(pk: UUID, *, reason: str, by: Actor) -> ProcedurePlan:
    """Cancel a plan that is not finished, with what was booked or still to be booked for it."""
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.guard(plan, "cancel", by=by, reason=reason)
    stop(plan, reason, by)
    plan = queries.plan(pk, seen_by=by, lock=True)
    PLAN.move(plan, "cancel", by=by, reason=reason)
    standing.withdraw_of_plan(plan, by)
    announce(PlanCancelled(*_fact(plan, by)))
    return plan


@verb
def acknowledge(pk: UUID, *, by: Actor) -> ProcedurePlan:
    """The patient says that they read the plan and wish to go on; said once, it stands."""
    by.must(ACKNOWLEDGE, do="acknowledge a plan; that is the patient's to do")
    plan = queries.plan(pk, seen_by=by, lock=True)
    if plan.is_acknowledged:
        return plan
    if plan.status in (PlanStatus.CANCELLED, PlanStatus.COMPLETED):
        raise IllegalMove(f"This plan is {plan.get_status_display().lower()}.", status_is=plan.status)
    plan.acknowledged_at, plan.acknowledged_by_id = clock.now(), by.own_user_id
    plan.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.note(by, audit.Kind.CHANGE, plan, facts={"acknowledged": True})
    return plan


@verb
def go_along(pk: UUID, *, move: str, reason: str = "", by: Actor) -> ProcedurePlan:
    """Keep a plan in step with its consent or its case: `move` is one of `CONSEQUENCES`; for the contexts above."""
    if move not in CONSEQUENCES:
        raise Invalid("This move of a plan does not follow from a consent or a case.", field="move")
    plan = queries.plan(pk, seen_by=by, lock=True)
    if move in OF_A_CASE and plan.plan_type != PlanType.SURGICAL:
        raise Invalid("Only a surgery goes along with a case.", field="move")
    if move == "abort":
        move = next((name for name in ABORTS if not PLAN.obstacles(PLAN[name], plan)), move)
    PLAN.move(plan, move, by=by, reason=reason)
    if move == "complete":
        standing.finished(plan, by)
    if move == "consent_signed" and by.is_patient:  # who signs at home arranges nothing; the clinic's worker does
        from kalon.plans import tasks

        outbox.defer(tasks.make_bookable, organization_id=plan.organization_id, plan_id=plan.pk)
    elif move == "consent_signed":
        standing.bookable(plan, by)
    return plan


@verb
def make_bookable(pk: UUID, *, by: Actor) -> None:
    """What is due first of a plan whose consent the patient signed on their own pages."""
    by.must(ARRANGE, do="arrange what is due next")
    plan = queries.plan(pk, seen_by=by, lock=True)
    if plan.status == PlanStatus.CONSENT_SIGNED:
        standing.bookable(plan, by)


def _fact(plan: ProcedurePlan, by: Actor) -> tuple[UUID, UUID, UUID, Actor]:
    return plan.pk, plan.patient_id, plan.organization_id, by
