"""What pricing does when a visit is booked or moved: what its patient was shown is kept."""

from typing import Any

from kalon.kernel import clock, events
from kalon.pricing import queries
from kalon.pricing.models import ShownPrice
from kalon.scheduling import events as scheduling_events
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import Source
from kalon.scheduling.queries import prices


def register() -> None:
    """Listen to scheduling, and say what a visit costs."""
    prices.add(queries.price_of_visit)
    events.on(scheduling_events.AppointmentBooked, keep_price)
    events.on(scheduling_events.AppointmentRescheduled, carry_price)


def keep_price(fact: scheduling_events.AppointmentBooked) -> None:
    """Who books for themselves is billed what they were shown."""
    visit, offered = fact.visit, fact.visit.service or fact.visit.package
    if visit.source != Source.SELF_SERVICE or offered is None or visit.predecessor_id is not None:
        return
    price = scheduling.price(
        offered, clock.today(visit.branch.timezone), branch_id=visit.branch_id, patient_id=visit.patient_id,
        seen_by=fact.by,
    )  # fmt: skip
    what: dict[str, Any] = {"listed": offered.price, "unit_price": 0, "total": 0, "source": "Bought before"}
    if not price.covered_by:
        priced = price.known
        what = {
            "listed": priced.listed, "includes_tax": priced.includes_tax, "unit_price": priced.unit_price,
            "discount": priced.discount, "total": price.total, "source": priced.source,
            "steps": [{**step.as_json(), "discount": str(step.discount_id)} for step in priced.steps],
        }  # fmt: skip
    ShownPrice.objects.create(
        organization_id=visit.organization_id, patient_id=visit.patient_id, appointment=visit,
        covered_by=price.covered_by[:200], **what,
    )  # fmt: skip


def carry_price(fact: scheduling_events.AppointmentRescheduled) -> None:
    """A visit that moves keeps the price its patient was shown."""
    before = queries.shown_price(fact.old_id, seen_by=fact.by)
    if before is None:
        return
    names = ("listed", "includes_tax", "unit_price", "discount", "steps", "total", "source", "covered_by")
    ShownPrice.objects.create(
        organization_id=before.organization_id, patient_id=before.patient_id, appointment_id=fact.new_id,
        **{name: getattr(before, name) for name in names},
    )  # fmt: skip
