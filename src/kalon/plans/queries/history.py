"""What was done to a patient: the lines of plans that were carried out, or begun."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kalon.kernel.actors import Actor
from kalon.plans.lifecycles import PlanStatus, SessionStatus
from kalon.plans.models import PlanLine, ProcedureSession
from kalon.plans.queries.plans import plans

BEGUN = Q(status__in=[PlanStatus.IN_PROGRESS, PlanStatus.COMPLETED]) | Q(held_from=PlanStatus.IN_PROGRESS)


def procedure_history(patient_id: UUID, *, seen_by: Actor) -> QuerySet[PlanLine]:
    """Each line of a person's plans that was begun or completed, the latest plan first.

    A series that was cancelled after some of its sessions counts with those. Each line knows how many sessions of
    its plan are done (`sessions_done`) and when the first and the last of them were done (`first_at`, `last_at`).
    """
    sessions = ProcedureSession.objects.filter(organization_id=seen_by.organization_id, status=SessionStatus.COMPLETED)
    of_person = plans(seen_by=seen_by).filter(patient_id__person=patient_id)
    shown = of_person.filter(BEGUN | Q(pk__in=sessions.values("plan_id"))).values("pk")
    done = sessions.filter(plan_id=OuterRef("plan_id")).order_by().values("plan_id")
    return (
        PlanLine.objects.filter(plan_id__in=shown, organization_id=seen_by.organization_id)
        .select_related("plan__doctor", "plan__patient", "plan__branch", "patient", "service", "entry")
        .annotate(
            sessions_done=Coalesce(Subquery(done.annotate(n=Count("id")).values("n")), 0, output_field=IntegerField()),
            first_at=Subquery(done.annotate(at=Min("done_at")).values("at")),
            last_at=Subquery(done.annotate(at=Max("done_at")).values("at")),
        )
        .order_by(F("plan_id").desc(), "position")
    )


def when_done(line: Any) -> datetime | None:
    """When a line of the history was done: its last session so far, else when its plan was completed."""
    if line.last_at:
        return line.last_at  # type: ignore[no-any-return]
    return line.plan.status_at if line.plan.status == PlanStatus.COMPLETED else None
