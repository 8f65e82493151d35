"""What the store does when a plan ends: what was put aside for it is to be had again."""

from kalon.inventory import actions
from kalon.inventory.events import Source
from kalon.kernel import actors
from kalon.kernel.events import on
from kalon.plans import events as plans


def listen() -> None:
    """Hear what plans announce."""
    on(plans.PlanCancelled, cancelled)
    on(plans.PlanCompleted, completed)


def cancelled(event: plans.PlanCancelled) -> None:
    _give_free(event, "The plan was cancelled")


def completed(event: plans.PlanCompleted) -> None:
    """What a finished plan did not use."""
    _give_free(event, "The plan is completed")


def _give_free(event: plans.PlanFact, reason: str) -> None:
    # who may end a plan need not have a right to the store: the store follows by itself
    keeper = actors.system("inventory", event.organization_id)
    actions.release(Source("plan", event.plan_id), reason, by=keeper)
