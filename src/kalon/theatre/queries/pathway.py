"""Every open plan by the step where it stands: what blocks it, since when, and whose move it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.plans import queries as plans
from kalon.plans.lifecycles import UNFINISHED, PlanStatus, PlanType
from kalon.theatre.lifecycles import CaseStatus, Moment, ReservationStatus
from kalon.theatre.models import Case, Clearance, Requirement, Reservation
from kalon.theatre.queries import requirements
from kalon.theatre.queries.clearances import LIVE

OPEN = (*UNFINISHED, PlanStatus.ON_HOLD)
MONEY = {
    "quote": ("The quote is not accepted", "Front desk"),
    "lapsed": ("The accepted quote has lapsed", "Front desk"),
    "deposit": ("The deposit is not paid", "Front desk"),
}
SIMPLE = {
    PlanStatus.DRAFT: ("Being written", "Doctor"),
    PlanStatus.PENDING_APPROVAL: ("Waits for approval", "Surgeon"),
    PlanStatus.CONSENT_PENDING: ("The consent is not signed", "Patient"),
    PlanStatus.ON_HOLD: ("On hold", "Whoever put it on hold"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A plan on the pathway; `blocks` is empty when nothing stands in its way."""

    plan: Any
    blocks: str
    move: str
    since: datetime
    clearance_id: UUID | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What hangs from the plans of one page, each read once."""

    money: dict[UUID, str]
    clearances: dict[UUID, Clearance]
    missing: dict[UUID, list[Requirement]]
    reservations: dict[UUID, Reservation]
    cases: dict[UUID, Case]


def open_plans(
    *, seen_by: Actor, branch_id: UUID | None = None, doctor_id: UUID | None = None, step: str = ""
) -> "QuerySet[Any]":
    """Plans that are not over, those that stand longest where they are first."""
    rows = plans.plans(seen_by=seen_by).filter(status__in=[step] if step in OPEN else OPEN)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    if doctor_id:
        rows = rows.filter(doctor_id=doctor_id)
    return rows.order_by("status_at", "id")


def steps(rows: Sequence[Any]) -> list[Step]:
    """Where each of these plans stands; the same number of statements for any number of them."""
    around = _around([row.pk for row in rows])
    return [_step(row, around) for row in rows]


def _around(ids: list[UUID]) -> Around:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, COALESCE(quotes_missing(id), '') FROM unnest(%s::uuid[]) AS id", [ids])
        money = dict(cursor.fetchall())
    given = Clearance.objects.filter(plan_id__in=ids, status__in=LIVE).select_related("patient", "branch")
    clearances = {one.plan_id: one for one in given.order_by("surgery_date")}
    lacking: dict[UUID, list[Requirement]] = {}
    lines = Requirement.objects.filter(clearance_id__in=[one.pk for one in clearances.values()], evidence_id=None)
    for line in lines.filter(moment=Moment.BEFORE).select_related("patient").order_by("position"):
        lacking.setdefault(line.clearance_id, []).append(line)
    kept = Reservation.objects.filter(plan_id__in=ids).exclude(status=ReservationStatus.RELEASED)
    live = (CaseStatus.SCHEDULED, CaseStatus.IN_PROGRESS, CaseStatus.POSTPONED)
    cases = Case.objects.filter(plan_id__in=ids, status__in=live).select_related("patient", "branch", "clearance")
    return Around(
        money, clearances, lacking,
        {one.plan_id: one for one in kept.select_related("patient", "appointment__branch")},
        {one.plan_id: one for one in cases},
    )  # fmt: skip


def _step(plan: Any, around: Around) -> Step:
    if plan.status in SIMPLE:
        blocks, move = SIMPLE[plan.status]
        return Step(plan, blocks, move, plan.status_at)
    if plan.status in (PlanStatus.APPROVED, PlanStatus.CONSENT_SIGNED):
        if lacks := around.money.get(plan.pk):
            return Step(plan, *MONEY[lacks], plan.status_at)
        if plan.status == PlanStatus.APPROVED and plan.consent == "REQUIRED":
            return Step(plan, "The consent was not asked for", "Nurse", plan.status_at)
        if plan.plan_type == PlanType.SURGICAL:
            return _before_surgery(plan, around)
        if plan.plan_type == PlanType.CONSERVATIVE:
            return Step(plan, "It was not begun", "Doctor", plan.status_at)
        return Step(plan, "No visit is booked", "Front desk", plan.status_at)
    return _under_way(plan, around)


def _before_surgery(plan: Any, around: Around) -> Step:
    given = around.clearances.get(plan.pk)
    case = around.cases.get(plan.pk)
    if given is None:
        return Step(plan, "Nobody opened its clearance", "Theatre manager", plan.status_at)
    if given.status == "NOT_CLEARED":
        return Step(plan, "Clearance was refused", "Surgeon", given.status_at, given.pk)
    if lacking := around.missing.get(given.pk):
        first = requirements.kind(lacking[0].kind)
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        since = lacking[0].reopened_at or given.status_at
        return Step(plan, f"{lacking[0].title}{more}", first.move if first else "", since, given.pk)
    if given.status == "OPEN":
        return Step(plan, "All lines are answered: clear the patient", "Theatre manager", given.status_at, given.pk)
    if case is not None and case.status == CaseStatus.POSTPONED:
        return Step(plan, "Postponed without a date", "Theatre manager", case.status_at, given.pk, case.pk)
    kept = around.reservations.get(plan.pk)
    if kept is None:
        return Step(plan, "No theatre is reserved", "Theatre manager", given.status_at, given.pk)
    return Step(plan, "The case is not scheduled", "Theatre manager", kept.status_at, given.pk)


def _under_way(plan: Any, around: Around) -> Step:
    case = around.cases.get(plan.pk)
    if case is None:
        return Step(plan, "", "Doctor" if plan.plan_type == PlanType.CONSERVATIVE else "Front desk", plan.status_at)
    held = case.clearance
    if plan.status == PlanStatus.SCHEDULED and held is not None and held.status != "CLEARED":
        return Step(plan, "The clearance ended: clear again", "Theatre manager", held.status_at, held.pk, case.pk)
    return Step(plan, "", "Theatre", plan.status_at, held.pk if held else None, case.pk)
