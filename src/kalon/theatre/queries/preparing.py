"""What patients are told before an operation, and which medicines they stop."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.messaging import queries as messaging
from kalon.scheduling.queries.reminders import A_DAY
from kalon.theatre.lifecycles import VIEW
from kalon.theatre.models import Preparation, StoppedMedicine

FIRST, LAST = "instructions-before", "instructions-tomorrow"
BEFORE_CODES = (FIRST, LAST)
SHOWN_AFTER = timedelta(hours=6)  # it stays on the patient's phone for as long after its beginning


def stopped_medicines(plan_id: UUID, *, seen_by: Actor) -> "QuerySet[StoppedMedicine]":
    """The medicines that a patient stops before the operation of a plan, the longest before it first."""
    seen_by.must(VIEW, do="see what a patient stops before an operation")
    rows = StoppedMedicine.objects.filter(organization_id=seen_by.organization_id, plan_id=plan_id, ended_at=None)
    return rows.select_related("patient", "written_by").order_by("-days_before", "id")


def preparations(*, seen_by: Actor) -> "QuerySet[Preparation]":
    """What holds of what patients were told: staff who see the theatre read all, patients their own."""
    if seen_by.kind is not Kind.PATIENT:
        seen_by.must(VIEW, do="see what a patient is told before an operation")
    rows = Preparation.objects.filter(organization_id=seen_by.organization_id, ended_at=None)
    if seen_by.kind is Kind.PATIENT:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "plan__patient", "plan__branch", "plan__doctor")


def preparation(pk: UUID, *, seen_by: Actor) -> Preparation:
    """One of them while it holds, or a refusal that says nothing of whether it ever did."""
    found = preparations(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There are no such instructions, or they hold no longer.")
    return found


def preparation_of_plan(plan_id: UUID, *, seen_by: Actor) -> Preparation | None:
    """What holds for the operation of a plan that is still ahead."""
    rows = preparations(seen_by=seen_by).filter(plan_id=plan_id, starts_at__gt=clock.now() - SHOWN_AFTER)
    return rows.order_by("starts_at").first()


def to_tell_again(*, seen_by: Actor) -> list[UUID]:
    """Operations whose day before has come and whose patients were told earlier than that, and not since."""
    now = clock.now()
    rows = preparations(seen_by=seen_by).filter(starts_at__gt=now, starts_at__lte=now + A_DAY)
    due = [one.pk for one in rows.order_by("starts_at", "id") if _was_told_earlier(one)]
    told = messaging.told((LAST,), due, seen_by=seen_by)
    return [pk for pk in due if key_of(LAST, pk) not in told]


def key_of(code: str, pk: UUID) -> str:
    """What a message of these is about: this row, once."""
    return f"{code} {pk}"


def still_holds(pk: Any, *, seen_by: Actor) -> bool:
    """Whether what a message says is still so: it was not ended, and its case waits for its day."""
    return preparations(seen_by=seen_by).filter(pk=pk, case__status="SCHEDULED").exists()


def _was_told_earlier(one: Preparation) -> bool:
    eve = one.starts_at.astimezone(ZoneInfo(one.plan.branch.timezone)) - timedelta(days=1)  # by the wall clock
    return one.created_at < eve <= clock.now()
