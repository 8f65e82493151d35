"""The patient's journey (requirements/1 §5.4): visits to come, treatment, what is done, consultations, follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kalon.catalog import queries as catalog
from kalon.consultations import queries as consultations
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.plans import queries as plans
from kalon.plans.lifecycles import FollowUpStatus, PlanStatus
from kalon.portal.rules import PLAN_WORDS
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD
from kalon.theatre import queries as theatre

MOST = 30


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """A plan in a list, with how far it has come and what the state means to the patient."""

    plan: Any
    words: str
    progress: str
    next_visit: Any = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Everything in the order in which a patient thinks of it."""

    visits: Sequence[Any]
    for_you: Sequence[OwnPlan]
    active: Sequence[OwnPlan]
    done: Sequence[OwnPlan]
    consultations: Sequence[Any]
    follow_ups: Sequence[Any]

    @property
    def is_empty(self) -> bool:
        return not (self.visits or self.active or self.done or self.consultations or self.follow_ups)


def journey(*, seen_by: Actor) -> Journey:
    """The whole of it, in a fixed number of questions."""
    pk = seen_by.own_patient_id
    visits = list(
        scheduling.appointments_of(pk, seen_by=seen_by)
        .filter(status__in=AHEAD, starts_at__gte=clock.now())
        .order_by("starts_at")[:MOST]
    )
    rows = list(plans.plans_of(pk, seen_by=seen_by).exclude(status=PlanStatus.CANCELLED)[:MOST])
    done = plans.progress([row.pk for row in rows if row.is_series], seen_by=seen_by)
    follow_ups = list(
        plans.follow_ups_of(pk, seen_by=seen_by).filter(status__in=[FollowUpStatus.PENDING, FollowUpStatus.SCHEDULED])[
            :MOST
        ]
    )
    seen = list(consultations.summaries_of(pk, seen_by=seen_by)[:MOST])
    audit.reads(seen_by, [*visits, *rows, *follow_ups, *seen], purpose="own journey")
    to_come = _next_visits(visits, follow_ups)
    own = [_own(row, done.get(row.pk, 0), to_come) for row in rows]
    return Journey(
        visits=visits,
        for_you=[one for one in own if not one.plan.is_acknowledged and one.plan.status != PlanStatus.COMPLETED],
        active=[one for one in own if one.plan.status != PlanStatus.COMPLETED],
        done=[one for one in own if one.plan.status == PlanStatus.COMPLETED],
        consultations=seen,
        follow_ups=[one for one in follow_ups if one.session_number is None],
    )


def own_plan(plan: Any, *, seen_by: Actor) -> dict[str, Any]:
    """What the page of one plan shows the patient; nothing of what the staff wrote for themselves."""
    done = plans.progress([plan.pk], seen_by=seen_by).get(plan.pk, 0) if plan.is_series else 0
    coming = [one for one in plans.visits_of_plan(plan, seen_by=seen_by) if one.status in AHEAD]
    return {
        "plan": plan,
        "words": PLAN_WORDS[plan.status],
        "lines": (lines := plans.lines_of(plan)),
        "instructions": catalog.instructions_for(
            [line.entry_id for line in lines if line.entry_id], plan.patient.language, seen_by=seen_by
        ),
        "parts": plans.list_of(plan, seen_by=seen_by),
        "before": theatre.preparation_of_plan(plan.pk, seen_by=seen_by),
        "done": done,
        "visits": coming,
    }


def _own(row: Any, done: int, to_come: dict[Any, Any]) -> OwnPlan:
    progress = f"{done} of {row.session_count} sessions" if row.is_series else ""
    return OwnPlan(row, PLAN_WORDS[row.status], progress, to_come.get(row.pk))


def _next_visits(visits: Sequence[Any], follow_ups: Sequence[Any]) -> dict[Any, Any]:
    """For each plan the next visit booked for it or for one of its sessions."""
    plan_of = {one.pk: one.plan_id for one in follow_ups if one.plan_id}
    found: dict[Any, Any] = {}
    for visit in visits:
        if visit.occasion_id:
            found.setdefault(plan_of.get(visit.occasion_id, visit.occasion_id), visit)
    return found
