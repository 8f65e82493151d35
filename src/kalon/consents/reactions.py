"""What consents do when a plan goes on after a hold, or is over."""

from kalon.consents import actions
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.plans import events as plans


def listen() -> None:
    """Hear what plans announce."""
    on(plans.PlanResumed, resumed)
    on(plans.PlanCancelled, over)


def resumed(event: plans.PlanResumed) -> None:
    actions.keep_in_step(event.plan_id, by=system("consents", event.organization_id))


def over(event: plans.PlanCancelled) -> None:
    by = system("consents", event.organization_id)
    actions.give_up_of_plan(event.plan_id, reason="The plan was cancelled", by=by)
