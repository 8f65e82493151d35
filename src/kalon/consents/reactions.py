"""What consents do when a plan goes on after a hold, or is over."""

from kalon.consents import actions, events
from kalon.consents.lifecycles import Kind
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.plans import events as plans


def listen() -> None:
    """Hear what plans announce."""
    on(plans.PlanResumed, resumed)
    on(plans.PlanCancelled, over)
    on(plans.SessionCancelled, session_over)
    on(events.ConsentPresented, session_follows)
    on(events.ConsentSigned, session_follows)
    on(events.ConsentEnded, session_follows)


def resumed(event: plans.PlanResumed) -> None:
    actions.keep_in_step(event.plan_id, by=system("consents", event.organization_id))


def over(event: plans.PlanCancelled) -> None:
    by = system("consents", event.organization_id)
    actions.give_up_of_plan(event.plan_id, reason="The plan was cancelled", by=by)


def session_follows(event: events.ConsentPresented | events.ConsentSigned | events.ConsentEnded) -> None:
    """The session whose consent, or whose plan's consent, was asked for, signed or lost waits, or may begin."""
    if event.kind in (Kind.SESSION, Kind.PROCEDURE):
        actions.session_follows(event.consent_id, by=event.by)


def session_over(event: plans.SessionCancelled) -> None:
    by = system("consents", event.organization_id)
    actions.give_up_of_session(event.session_id, reason="The session was cancelled", by=by)
