"""A clinic whose surgery has a list of before and after."""

from typing import Any

from kalon.catalog import actions as catalog
from kalon.catalog.actions import ToDo
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans import queries
from kalon.plans.models import ListItem
from kalon.theatre.tests.told import planned

WASHED, QUIT, NAILS, DRY, CALL = "Washed with soap", "Stopped smoking", "Nail polish is off", "Dressing is dry", "Call"
LIST = (
    ToDo(WASHED, "BEFORE", "NURSE"),
    ToDo(QUIT, "BEFORE", "PATIENT"),
    ToDo(NAILS, "DAY_OF", "NURSE"),
    ToDo(DRY, "AFTER", "NURSE"),
    ToDo(CALL, "AFTER", "DESK", is_required=False),
)


def procedure(house: Any, items: Any = LIST, code: str = "NOSE") -> Any:
    """An operation of the catalogue with its list."""
    by = house.clinic.system
    facts = {"code": code, "name": f"Surgery {code}", "category": "FACE", "setting": "SURGICAL"}
    made = catalog.add_procedure({**facts, "service_id": house.clinic.consult.pk}, by=by)
    catalog.write_checklist(made.pk, items, by=by)
    return made


def listed(house: Any, entry: Any = None, **more: Any) -> Any:
    """An approved surgery with its list."""
    entry = entry or procedure(house)
    return planned(house, lines=(plans.LineDetails(entry_id=entry.pk, side="NONE", technique="Closed"),), **more)


def item(house: Any, plan: Any, words: str) -> ListItem:
    with acting_as(house.clinic.system):
        return ListItem.objects.get(plan_id=plan.pk, item__words=words)


def ticked(house: Any, plan: Any, *words: str, by: Any = None) -> None:
    for one in words:
        plans.tick(item(house, plan, one).pk, by=by or house.visit.nurse)


def standing(house: Any, plan: Any, *counts: Any) -> dict[str, bool]:
    """Each thing to do, and whether it counts as done."""
    by = house.clinic.system
    with acting_as(by):
        parts = queries.list_of(queries.plan(plan.pk, seen_by=by), *counts, seen_by=by)
        return {row.item.words: row.is_done for part in parts for row in part.rows}
