"""The desk's work list: what is to be booked next, for whom, with the way into the booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.plans import rules
from kalon.plans.lifecycles import ARRANGE
from kalon.plans.models import Work, WorkKind
from kalon.plans.queries.links import booking_link, services_by_kind

SOON = 14  # days ahead that the desk is asked to book; what is due later is booked from the patient's page
VISIT_OF = {WorkKind.PRE_OP: "PRE_OP", WorkKind.TREATMENT: "SESSION"}


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of the list as a page prints it."""

    work: Work
    title: str
    when: str
    url: str

    @property
    def is_overdue(self) -> bool:
        return self.work.days < 0 and self.work.kind not in (WorkKind.PRE_OP, WorkKind.TREATMENT)

    @property
    def tone(self) -> str:
        if self.is_overdue:
            return "rose"
        return "gold" if self.work.days <= 2 else "info"

    @property
    def icon(self) -> str:
        return "clock-alert" if self.is_overdue else "calendar-clock"


def work(
    *,
    seen_by: Actor,
    branch_id: UUID | None = None,
    doctor_id: UUID | None = None,
    kind: str = "",
    within_days: int | None = SOON,
) -> QuerySet[Work]:
    """What is to be booked, the most urgent first: one statement over follow-ups and plans."""
    seen_by.must(ARRANGE, do="see what is to be booked next")
    rows = Work.objects.filter(organization_id=seen_by.organization_id)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    if doctor_id:
        rows = rows.filter(doctor_id=doctor_id)
    if kind:
        rows = rows.filter(kind=kind)
    if within_days is not None:
        rows = rows.filter(days__lte=within_days)
    return rows.select_related("patient", "doctor", "branch", "service").order_by("due_date", "id")


def todos(rows: Sequence[Work], *, seen_by: Actor) -> list[Todo]:
    """The lines of a page of the list; the services that fit a kind of visit are looked up once."""
    by_kind = services_by_kind(seen_by=seen_by) if rows else {}
    return [_todo(row, by_kind) for row in rows]


def doctors_with_work(*, seen_by: Actor, branch_id: UUID | None = None) -> list[Any]:
    """Whose patients wait to be booked, by name."""
    rows = work(seen_by=seen_by, branch_id=branch_id, within_days=None).select_related(None)
    waiting = set(rows.order_by().values_list("doctor_id", flat=True).distinct())
    return [one for one in people.doctors(seen_by=seen_by).order_by("name", "id") if one.pk in waiting]


def count_due(*, seen_by: Actor, branch_id: UUID | None = None) -> int:
    """How much waits to be booked soon, for the navigation; at one branch or everywhere."""
    return work(seen_by=seen_by, branch_id=branch_id).select_related(None).order_by().count()


def _todo(row: Work, by_kind: dict[str, UUID]) -> Todo:
    kind = VISIT_OF.get(WorkKind(row.kind)) or rules.visit_kind(row.kind, of_plan=row.plan_id is not None)
    of_line = row.service if kind == "SESSION" else None
    url = booking_link(
        patient_id=row.patient_id,
        branch=row.branch,
        doctor_id=row.doctor_id,
        kind=kind,
        service_id=of_line.pk if of_line else by_kind.get(kind),
        due_date=row.due_date,
        follows_id=row.visit_id,
        occasion_id=row.pk,
    )
    return Todo(row, _title(row), _when(row), url)


def _title(row: Work) -> str:
    if row.kind == WorkKind.PRE_OP:
        return "Schedule PRE_OP"
    if row.kind == WorkKind.TREATMENT:
        return "Plan approved, book it"
    if row.kind == WorkKind.SERIES_SESSION:
        return f"Session {row.session_number} of {row.session_count}"
    return str(WorkKind(row.kind).label)


def _when(row: Work) -> str:
    waits = row.kind in (WorkKind.PRE_OP, WorkKind.TREATMENT)
    return rules.waits_in_words(row.days) if waits else rules.due_in_words(row.days)
