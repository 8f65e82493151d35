"""Sessions: one, a plan's, a patient's, a day's; how far apart they are kept."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.plans.lifecycles import READ, SessionStatus
from kalon.plans.models import PlanLine, ProcedurePlan, ProcedureSession

WITH_PEOPLE = (
    "patient", "plan", "plan__patient", "plan__doctor", "plan__branch", "plan__consultation", "appointment",
    "appointment__branch", "appointment__doctor", "done_by", "early_by",
)  # fmt: skip


def sessions(*, seen_by: Actor) -> QuerySet[ProcedureSession]:
    """Every session the actor may read: their organisation's, or a patient's own."""
    seen_by.must(READ, do="read treatment plans")
    rows = ProcedureSession.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related(*WITH_PEOPLE)


def session(pk: UUID, *, seen_by: Actor, lock: bool = False) -> ProcedureSession:
    """One session, or a refusal that says nothing of whether it exists; `lock` holds its plan, then the session."""
    rows = sessions(seen_by=seen_by).filter(pk=pk)
    if lock:
        ProcedurePlan.objects.filter(pk__in=rows.values("plan_id")).select_for_update().first()
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such session.")
    return found


def sessions_of_plan(plan: ProcedurePlan, *, seen_by: Actor) -> list[ProcedureSession]:
    """The sessions of a plan in their order, with their visits."""
    return list(sessions(seen_by=seen_by).filter(plan=plan).order_by("number"))


def session_of_visit(appointment_id: UUID, *, seen_by: Actor) -> ProcedureSession | None:
    """The session that is held in a visit."""
    return sessions(seen_by=seen_by).filter(appointment_id=appointment_id).first()


def sessions_on(day: date, branch_id: UUID, zone: str, *, seen_by: Actor) -> QuerySet[ProcedureSession]:
    """The sessions of a day at a branch, in the order of their times; `day` is on the branch's clock."""
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    rows = sessions(seen_by=seen_by).exclude(status=SessionStatus.CANCELLED).filter(
        appointment__branch_id=branch_id,
        appointment__starts_at__gte=midnight,
        appointment__starts_at__lt=midnight + timedelta(days=1),
    )  # fmt: skip
    return rows.order_by("appointment__starts_at", "id")


def come_for(plan_id: UUID) -> list[UUID]:
    """The sessions of a plan whose patient has come, and that have not begun."""
    here = (SessionStatus.CONSENT_PENDING, SessionStatus.READY)
    rows = ProcedureSession.objects.filter(plan_id=plan_id, status__in=here)
    return list(rows.order_by("number").values_list("pk", flat=True))


def least_days(plan: ProcedurePlan) -> int:
    """How many days lie between two sessions at least, as the catalogue says of what is done; 0 where it does not."""
    rows = PlanLine.objects.filter(plan=plan, entry__isnull=False)
    found: int | None = rows.aggregate(least=Max("entry__least_days_between"))["least"]
    return found or 0
