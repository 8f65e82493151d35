"""Plans on other pages: the doctor's page of a consultation, the patient's page, the desk's day."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.consultations.queries import dashboard
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.patients.queries import timeline
from kalon.plans import queries
from kalon.plans.lifecycles import ARRANGE, READ, WRITE, FollowUpStatus
from kalon.plans.models import ProcedurePlan, Work
from kalon.plans.pages.looks import look, session_look

SHOWN = 5
HIDE_NAMES = "hide_names"  # the cookie of a desk whose screen others can see
PLANNING = (Outcome.PROCEDURE_PLANNED, Outcome.CONSERVATIVE)


def on_consultation(request: HttpRequest, consultation: Any) -> str | None:
    """What was planned in this consultation and what follows it, with the way to plan more."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    plans = list(queries.plans_of_consultation(consultation.pk, seen_by=by))
    follow_ups = list(queries.follow_ups_of_consultation(consultation.pk, seen_by=by))
    decided = consultation.status in (Encounter.PLAN_CREATED, Encounter.CLOSED)
    may_write = decided and consultation.outcome in PLANNING and by.may(WRITE)
    may_follow = bool(consultation.outcome) and decided and by.may(WRITE)
    if not (plans or follow_ups or may_write or may_follow):
        return None
    audit.reads(by, [*plans, *follow_ups], purpose="consultation page")
    context = {
        "consultation": consultation,
        "plans": _drawn(plans, by),
        "follow_ups": follow_ups,
        "today": clock.today(consultation.branch.timezone),
        "may_write": may_write,
        "may_follow": may_follow,
    }
    return render_to_string("plans/_on_consultation.html", context, request=request)


def on_patient(request: HttpRequest, patient: Any) -> str | None:
    """A patient's plans that are not over, and the follow-ups to come."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    plans = list(queries.plans_of(patient.pk, seen_by=by)[:SHOWN])
    rows = queries.follow_ups_of(patient.pk, seen_by=by)
    coming = list(rows.filter(status__in=[FollowUpStatus.PENDING, FollowUpStatus.SCHEDULED])[:SHOWN])
    if not (plans or coming):
        return None
    audit.reads(by, [*plans, *coming], purpose="patient page")
    ways = _ways(patient.pk, by)
    context = {
        "patient": patient,
        "plans": _drawn(plans, by),
        "follow_ups": [(one, ways.get(one.pk, "")) for one in coming],
        "today": clock.now().date(),
    }
    return render_to_string("plans/_on_patient.html", context, request=request)


def due_for(ask: dashboard.Ask) -> int:
    """How much of this doctor's patients waits to be arranged soon."""
    rows = queries.work(seen_by=ask.by, doctor_id=ask.doctor_id).select_related(None)
    return rows.order_by().count()


def next_step(request: HttpRequest, patient: Any) -> str | None:
    """What the desk is to book next for this patient."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not (by.may(ARRANGE) and by.may("scheduling.book")):
        return None
    rows = list(queries.work(seen_by=by).filter(patient_id__person=patient.pk)[:1])
    if not rows:
        return None
    [todo] = queries.todos(rows, seen_by=by)
    return render_to_string("plans/_next_step.html", {"todo": todo}, request=request)


def on_day(request: HttpRequest, branch: Any) -> str | None:
    """What is to be booked next, above the desk's day and queue."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not (by.may(ARRANGE) and by.may("scheduling.book")):
        return None
    rows = list(queries.work(seen_by=by, branch_id=branch.pk)[:1])
    if not rows:
        return None
    audit.reads(by, [row.patient for row in rows], purpose="what is due next")
    context = {
        "todos": queries.todos(rows, seen_by=by),
        "rest": queries.count_due(seen_by=by, branch_id=branch.pk) - 1,
        "hides_names": request.COOKIES.get(HIDE_NAMES) == "1",
    }
    return render_to_string("plans/_on_day.html", context, request=request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """When each plan was written."""
    return [
        timeline.Entry(
            at=plan.created_at,
            id=plan.pk,
            title=f"Plan: {plan.title}",
            text=f"{plan.get_plan_type_display()}, {plan.get_status_display().lower()}.",
            icon="clipboard-list",
            tone="brand",
            tag="Plan",
            href=f"/plans/{plan.pk}",
        )
        for plan in ask.of(queries.plans_of(ask.patient_id, seen_by=ask.by))
    ]


def _drawn(plans: list[ProcedurePlan], by: Actor) -> list[dict[str, Any]]:
    done = queries.progress([plan.pk for plan in plans if plan.is_series], seen_by=by) if plans else {}
    return [
        {
            "plan": plan,
            "look": look(plan.status),
            "progress": f"{done.get(plan.pk, 0)} of {plan.session_count} sessions" if plan.is_series else "",
        }
        for plan in plans
    ]


def _ways(patient_id: UUID, by: Actor) -> dict[UUID, str]:
    """For each pending follow-up of a patient the way into its booking."""
    if not (by.may(ARRANGE) and by.may("scheduling.book")):
        return {}
    rows: list[Work] = list(queries.work(seen_by=by, within_days=None).filter(patient_id__person=patient_id))
    return {todo.work.pk: todo.url for todo in queries.todos(rows, seen_by=by)}


def on_visit(request: HttpRequest, visit: Any) -> str | None:
    """The session that is held in a visit, with the way to its page."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    found = queries.session_of_visit(visit.pk, seen_by=by)
    if found is None:
        return None
    context = {"session": found, "look": session_look(found.status)}
    return render_to_string("plans/_on_visit.html", context, request=request)
