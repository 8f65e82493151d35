"""A surgery with everything that comes before it, made by the product's verbs: planned, agreed, cleared, reserved."""

from datetime import timedelta
from typing import Any

from kalon.kernel import clock
from kalon.plans import actions as plans
from kalon.quotes import actions as quotes
from kalon.theatre import actions
from kalon.theatre.tests.under_way import booked, cut, started
from tests.journeys.story import Story, on_tuesday
from tests.journeys.surgery import hands

BOTH_SIDES = plans.LineDetails(
    procedure="Breast augmentation", side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc"
)


def planned(story: Story, consultation: Any, line: Any = BOTH_SIDES) -> Any:
    """A surgery that the surgeon approved and for which nothing is paid before."""
    surgeon = story.place.by["surgeon"]
    wished = plans.PlanDetails(plan_type="SURGICAL", lines=(line,))
    plan = plans.plan_procedure(consultation.pk, wished, by=surgeon)
    plan = plans.approve(plans.submit(plan.pk, by=surgeon).pk, by=surgeon)
    quotes.waive_money(plan.pk, "A colleague", by=surgeon)
    return plan


def scheduled(story: Story, consultation: Any, *, at: str = "15:00", line: Any = BOTH_SIDES, days: int = 0) -> Any:
    """A case of this Tuesday (or some days later) in the clinic's theatre."""
    return booked(hands(story), planned(story, consultation, line), on_tuesday(at) + timedelta(days=days))


def rows(story: Story, consultation: Any) -> dict[str, dict[str, Any]]:
    """A case past knife to skin, one swab short."""
    with clock.at(on_tuesday("09:57")):
        known = hands(story)
        ready = booked(known, planned(story, consultation), on_tuesday("15:00"), anaesthesia="LOCAL")
        case = cut(known, started(known, ready))
        actions.count(case.pk, "SWABS", before=10, after=9, by=story.nurse)
    return {"theatre": {"pk": case.pk}}
