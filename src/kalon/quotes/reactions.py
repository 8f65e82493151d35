"""What quotes do when a plan is over."""

from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.plans import events as plans
from kalon.quotes import actions


def listen() -> None:
    on(plans.PlanCancelled, closed)
    on(plans.PlanCompleted, closed)


def closed(event: plans.PlanCancelled | plans.PlanCompleted) -> None:
    """What was still open for it is withdrawn; what was accepted stays written."""
    over = "cancelled" if isinstance(event, plans.PlanCancelled) else "completed"
    actions.close_of_plan(event.plan_id, reason=f"The plan was {over}.", by=system("quotes", event.organization_id))
