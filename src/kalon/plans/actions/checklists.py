"""The lists of before and after: attached to a plan when it is approved, ticked by whoever does it."""

from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.catalog.lifecycles import Who
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.events import ListTicked
from kalon.plans.lifecycles import ACKNOWLEDGE, READ, TICK, PlanStatus
from kalon.plans.models import ListItem, Tick, TickState
from kalon.plans.rules.checklists import may_tick

MEANWHILE = Clash("Somebody ticked this meanwhile. Look at what stands there now.")
REFUSALS = {
    "plans_tick_first_once": MEANWHILE,
    "plans_tick_replaces_id_key": MEANWHILE,
    "plans_tick_by_who_acts": NotPermitted("Everybody ticks under their own name what is theirs to do."),
}


@verb
def attach_lists(plan_id: UUID, *, by: Actor) -> int:
    """What is to be done before and after a plan's procedures, by the versions that count now; said once for each.

    Gives how many items came anew: none where the procedures have lists on this plan already.
    """
    by.must(READ, do="attach a list to a plan")
    plan = queries.plan(plan_id, seen_by=by, lock=True)
    held = set(plan.list_items.values_list("item__checklist__procedure_id", flat=True))
    wanted = [line.entry_id for line in queries.lines_of(plan) if line.entry_id and line.entry_id not in held]
    due = catalog.due_of(wanted, seen_by=by)
    ListItem.objects.bulk_create(
        ListItem(organization_id=plan.organization_id, patient=plan.patient, plan=plan, item=item) for item in due
    )
    return len(due)


@verb
def tick(entry_id: UUID, state: str = TickState.DONE, note: str = "", *, seen: UUID | None = None, by: Actor) -> Tick:
    """Say under one's own name that an item is done, does not apply (and why), or was ticked wrongly (and why).

    `seen` is the tick that was read; when another stands there by now it refuses.
    """
    entry = queries.list_item(entry_id, seen_by=by)
    plan = queries.plan(entry.plan_id, seen_by=by, lock=True)
    staff = _who(entry, by)
    last = queries.list_item(entry_id, seen_by=by).last
    if plan.status == PlanStatus.CANCELLED:
        raise IllegalMove("This plan was cancelled. Nothing of its list is to be done.", status_is=plan.status)
    if seen is not None and (last is None or last.pk != seen):
        raise MEANWHILE
    said = _checked(entry, state, note, last, by)
    made = Tick(
        organization_id=entry.organization_id, patient=plan.patient, list_item=entry, state=state, note=said or None,
        said_at=clock.now(), said_by_id=by.own_user_id, staff=staff,
        name=staff.name if staff else by.name, replaces=last,
    )  # fmt: skip
    with refusing(REFUSALS):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"list item": ["", str(state)]})
    announce(ListTicked(plan.pk, plan.patient_id, plan.organization_id, by))
    return made


def _who(entry: ListItem, by: Actor) -> Any:
    if by.is_patient:
        by.must(ACKNOWLEDGE, do="tick what you do yourself")
        return None
    by.must(TICK, do="tick what is done before and after a procedure")
    staff = people.staff_of(by)
    if staff is None:
        raise NotPermitted("What is done is ticked under one's own name. Sign in as one of the staff.")
    if not may_tick(entry.item.who, staff.kind):
        raise NotPermitted(f"This is for the {Who(entry.item.who).label.lower()} to tick.")
    return staff


def _checked(entry: ListItem, state: str, note: str, last: Tick | None, by: Actor) -> str:
    """The words that belong to a tick, or what is wrong with it."""
    if state not in TickState.values or (by.is_patient and state == TickState.NOT_NEEDED):
        raise Invalid("Say whether it is done.", field="state")
    if state == TickState.TAKEN_BACK and (last is None or not last.is_done):
        raise IllegalMove("Nothing is ticked here that could be taken back.")
    said = note.strip()
    if len(said) > rules.LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field="note")
    if not said and state != TickState.DONE and not by.is_patient:
        raise Invalid("Write why.", field="note")
    return said
