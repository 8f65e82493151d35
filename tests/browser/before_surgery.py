"""A surgery before its day: approved, its clearance open, its theatre kept tentatively."""

from datetime import timedelta
from typing import Any

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.plans import actions as plans
from kalon.theatre import actions
from tests.journeys.story import Story, on_tuesday

NOSE = plans.LineDetails(procedure="Rhinoplasty", side="MIDLINE", technique="Open approach")


def rows(story: Story, consultation: Any) -> dict[str, dict[str, Any]]:
    """The plan, its clearance and what is kept for it, a week ahead."""
    surgeon, manager = story.place.by["surgeon"], story.place.by["theatre"]
    with clock.at(on_tuesday("09:57")):
        written = plans.plan_procedure(
            consultation.pk, plans.PlanDetails(plan_type="SURGICAL", lines=(NOSE,)), by=surgeon
        )
        plan = plans.approve(plans.submit(written.pk, by=surgeon).pk, by=surgeon)
        start = on_tuesday("11:00") + timedelta(days=7)
        clearance = actions.open_clearance(plan.pk, start.date(), by=manager)
        with acting_as(manager):
            room = people.rooms(seen_by=manager, branch_id=story.place.branch.pk, kind="THEATRE")[0]
            operator = people.staff_of(surgeon)
        assert operator is not None
        wish = actions.TheatreWish(start=start, minutes=120, room_id=room.pk, surgeon_id=operator.pk)
        kept = actions.reserve(plan.pk, wish, by=manager)
    return {
        "theatre:clearance": {"pk": clearance.pk},
        "theatre:reserve": {"plan_id": plan.pk},
        "theatre:reservation": {"pk": kept.pk},
        "theatre:move_reservation": {"pk": kept.pk},
    }
