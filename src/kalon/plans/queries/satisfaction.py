"""How satisfied patients were: who is to be asked, what was said of a plan, which low scores wait for a call."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.plans.lifecycles import ARRANGE, READ, FollowUpKind, FollowUpStatus, PlanStatus
from kalon.plans.models import FollowUpPlan, ProcedurePlan, Satisfaction
from kalon.plans.models.satisfaction import LOW
from kalon.plans.queries.plans import plans_of

AFTERCARE = (FollowUpKind.REVIEW, FollowUpKind.POST_OP)
ASKED_FOR = timedelta(days=90)  # so long the question stands on the patient's home
FIGURES_OF = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the answers of a while come to; no average while there is none."""

    count: int
    average: Decimal | None
    would_return: int
    low: int


def satisfactions(*, seen_by: Actor) -> QuerySet[Satisfaction]:
    """Every answer the actor may read, newest first: their organisation's, or a patient's own."""
    seen_by.must(READ, do="read how satisfied patients were")
    rows = Satisfaction.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "plan", "plan__patient", "plan__doctor", "plan__branch", "settled_by")


def satisfaction(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Satisfaction:
    """One answer, or a refusal that says nothing of whether it exists."""
    rows = satisfactions(seen_by=seen_by).filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such answer.")
    return found


def said_of(plan: ProcedurePlan, *, seen_by: Actor) -> Satisfaction | None:
    """What the patient said of a plan; None while nothing was said."""
    return satisfactions(seen_by=seen_by).filter(plan_id=plan.pk).first()


def aftercare_is_over(plan: ProcedurePlan) -> bool:
    """The plan is completed, its aftercare was seen, and nothing more of it is to come."""
    if plan.status != PlanStatus.COMPLETED:
        return False
    states = set(FollowUpPlan.objects.filter(plan_id=plan.pk, kind__in=AFTERCARE).values_list("status", flat=True))
    return FollowUpStatus.COMPLETED in states and states <= {FollowUpStatus.COMPLETED, FollowUpStatus.CANCELLED}


def was_seen_after(plan: ProcedurePlan) -> bool:
    """The patient may say how it was: the plan is completed, and a visit of its aftercare was seen."""
    care = FollowUpPlan.objects.filter(plan_id=plan.pk, kind__in=AFTERCARE, status=FollowUpStatus.COMPLETED)
    return plan.status == PlanStatus.COMPLETED and care.exists()


def to_say(*, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """A patient's own plans of which they were asked lately and have said nothing."""
    care = FollowUpPlan.objects.filter(plan_id=OuterRef("pk"), kind__in=AFTERCARE)
    seen = care.filter(status=FollowUpStatus.COMPLETED, status_at__gte=clock.now() - ASKED_FOR)
    coming = care.filter(status__in=[FollowUpStatus.PENDING, FollowUpStatus.SCHEDULED])
    said = Satisfaction.objects.filter(plan_id=OuterRef("pk"))
    rows = plans_of(seen_by.own_patient_id, seen_by=seen_by).filter(status=PlanStatus.COMPLETED)
    return rows.filter(Exists(seen), ~Exists(coming), ~Exists(said))


def unsettled(
    *, seen_by: Actor, branch_id: UUID | None = None, doctor_id: UUID | None = None
) -> QuerySet[Satisfaction]:
    """Low scores that nobody has answered, the longest waiting first."""
    rows = satisfactions(seen_by=seen_by).filter(score__lte=LOW, settled_at=None)
    if branch_id:
        rows = rows.filter(plan__branch_id=branch_id)
    if doctor_id:
        rows = rows.filter(plan__doctor_id=doctor_id)
    return rows.order_by("id")


def figures(*, seen_by: Actor) -> Figures:
    """How satisfied the patients of the last 90 days were, over the whole clinic."""
    seen_by.must(ARRANGE, do="read how satisfied patients were")
    rows = Satisfaction.objects.filter(
        organization_id=seen_by.organization_id, created_at__gte=clock.now() - FIGURES_OF
    )
    found = rows.order_by().aggregate(
        count=Count("id"), average=Avg("score"), back=Count("id", filter=Q(would_return=True)),
        low=Count("id", filter=Q(score__lte=LOW)),
    )  # fmt: skip
    average = None if found["average"] is None else round(Decimal(found["average"]), 1)
    return Figures(found["count"], average, found["back"], found["low"])
