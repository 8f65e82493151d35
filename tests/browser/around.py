"""What surrounds an operation: its lists of before and after, half ticked, and how its surgeon likes it prepared."""

from datetime import time, timedelta
from typing import Any

from kalon.catalog import actions as catalog
from kalon.catalog.actions import ToDo
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.plans import actions as plans
from kalon.plans.models import ListItem
from kalon.theatre import actions, queries
from kalon.theatre.tests.under_way import booked
from tests.browser import operated
from tests.journeys.story import Story, on_tuesday
from tests.journeys.surgery import hands

LIST = (
    ToDo("Stopped smoking four weeks ago", "BEFORE", "PATIENT"),
    ToDo("Somebody is arranged who drives home and stays the night", "BEFORE", "PATIENT"),
    ToDo("Compression garment is fitted and packed", "BEFORE", "NURSE"),
    ToDo("Nail polish, jewellery and lenses are off", "DAY_OF", "NURSE"),
    ToDo("Markings are drawn with the patient standing", "DAY_OF", "DOCTOR"),
    ToDo("Passed urine, drank and kept it down", "AFTER", "NURSE"),
    ToDo("Emergency number is on the card they hold", "AFTER", "NURSE"),
    ToDo("Call the next morning is in the desk's list", "AFTER", "DESK", is_required=False),
)
CARD = {
    "minutes": 120, "anaesthesia": "GENERAL", "position": "Supine, arms out at 80°, heels padded, warm air.",
    "room_setup": "Table turned for sitting up; headlight; screen at the feet.",
    "instruments": "Breast set, lit retractor, fine needle holder, 2 skin hooks.",
    "sutures": "Absorbable 3-0 deep, 4-0 under the skin.", "drugs": "As the clinic's list; infiltration drawn up.",
    "implants": "None.",
    "dressing": "Paper strips, soft bra from the clinic.", "notes": "Says the count aloud before closing.",
}  # fmt: skip


def rows(story: Story, consultation: Any) -> dict[str, dict[str, Any]]:
    """A case of noon whose list of before is ticked, and its procedure with list and card."""
    owner, surgeon, nurse = story.place.by["owner"], story.place.by["surgeon"], story.nurse
    facts = {"code": "LIFT", "name": "Breast lift", "category": "BREAST", "setting": "SURGICAL"}
    entry = catalog.add_procedure({**facts, "service_id": story.place.services["CONSULT"].pk}, by=owner)
    catalog.write_checklist(entry.pk, LIST, "House rule. Review before clinical use.", by=owner)
    catalog.write_instructions(entry.pk, "PRE_OP", "en", "Nothing to eat from midnight.", by=owner)
    with acting_as(surgeon):
        own = people.staff_of(surgeon)
    assert own is not None
    actions.write_card(entry.pk, own.pk, CARD, by=surgeon)
    with acting_as(owner):
        room = people.rooms(seen_by=owner, branch_id=story.place.branch.pk, kind="THEATRE")[0]
    fridays = actions.BlockWish(room_id=room.pk, surgeon_id=own.pk, weekday=4, starts=time(9), ends=time(13))
    held = actions.keep_hours(fridays, by=story.place.by["theatre"])
    actions.release_hours(held.pk, on_tuesday("09:00").date() + timedelta(days=10), "Away", by=surgeon)
    line = plans.LineDetails(entry_id=entry.pk, side="BOTH", technique="Vertical scar")
    with clock.at(on_tuesday("09:57")):
        plan = operated.planned(story, consultation, line)
        _ticked(plan, nurse)
        case = booked(hands(story), plan, on_tuesday("12:00"))
        waiting = operated.planned(story, consultation, line)
        plans.tick(_of(story, waiting, "BEFORE"), by=nurse)
        actions.open_clearance(waiting.pk, on_tuesday("09:00").date() + timedelta(days=8), by=story.place.by["theatre"])
        actions.stop_medicine(waiting.pk, "Fish oil", 7, by=nurse)
        later = operated.planned(story, consultation, line)
        actions.stop_medicine(later.pk, "Ginkgo", 14, by=nurse)
        _ticked(later, nurse)
        ahead = booked(hands(story), later, on_tuesday("09:00") + timedelta(days=9))
        with acting_as(nurse):
            told = queries.preparation_of_plan(later.pk, seen_by=nurse)
        assert told is not None
    return {
        "theatre:before_sheet": {"pk": told.pk},
        "portal:plan_before": {"pk": told.pk},
        "plans:list": {"pk": waiting.pk},
        "portal:plan_instructions": {"pk": waiting.pk},
        "theatre:card": {"procedure_id": entry.pk},
        "catalog:checklist": {"pk": entry.pk},
        "around": {"case": case.pk, "told": later.pk, "clearance": ahead.clearance_id, "surgeon": own.pk},  # to look at
    }


def _ticked(plan: Any, nurse: Any) -> None:
    with acting_as(nurse):
        before = list(ListItem.objects.filter(plan_id=plan.pk, item__moment="BEFORE"))
    for one in before:
        plans.tick(one.pk, by=nurse)


def _of(story: Story, plan: Any, moment: str) -> Any:
    with acting_as(story.nurse):
        return ListItem.objects.filter(plan_id=plan.pk, item__moment=moment).order_by("id").first().pk  # type: ignore[union-attr]
