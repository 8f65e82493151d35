"""The lists of before and after of a plan, and how each item stands."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from kalon.catalog.lifecycles import Moment, Who
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.plans.lifecycles import READ, TICK
from kalon.plans.models import ListItem, ProcedurePlan, Tick
from kalon.plans.queries.plans import visits_of_plan
from kalon.plans.rules.checklists import FITS, Counts, Part, may_tick, parts, row

GONE = ("CANCELLED", "RESCHEDULED", "NO_SHOW")
DONE_ON = ("SURGERY", "SESSION")


def list_items(*, seen_by: Actor) -> "QuerySet[ListItem]":
    """What is to be done before and after: the organisation's, or a patient's own."""
    seen_by.must(READ, do="read what is done before and after a procedure")
    rows = ListItem.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id, item__who=Who.PATIENT)
    ticks = Tick.objects.select_related("patient", "staff").order_by("said_at", "id")
    return rows.select_related("item", "patient").prefetch_related(Prefetch("ticks", ticks))


def list_item(pk: UUID, *, seen_by: Actor) -> ListItem:
    """One item of one plan, or a refusal that says nothing of whether it exists."""
    found = list_items(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such item on a list.")
    return found


def list_of(plan: ProcedurePlan, counts: Counts | None = None, *, seen_by: Actor) -> list[Part]:
    """A plan's list by moment; without `counts` for the day on which the plan is, or was, carried out."""
    entries = list(list_items(seen_by=seen_by).filter(plan_id=plan.pk).order_by("id"))
    if not entries:
        return []
    counts = counts or _day_of(plan, seen_by)
    return parts((row(one, counts, plan.branch.timezone) for one in entries), Moment.choices)


def ticks_for(by: Actor) -> frozenset[str]:
    """Whose items somebody of the staff may tick under their own name; nothing without one."""
    staff = people.staff_of(by) if by.may(TICK) else None
    return frozenset(who for who in FITS if staff is not None and may_tick(who, staff.kind))


def _day_of(plan: ProcedurePlan, by: Actor) -> Counts:
    visits = [one for one in visits_of_plan(plan, seen_by=by) if one.kind in DONE_ON and one.status not in GONE]
    if not visits:
        return Counts()
    day = visits[-1].local_start.date()
    return Counts(day, datetime.combine(day, time(0), ZoneInfo(plan.branch.timezone)))
