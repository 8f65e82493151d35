"""What a patient's home shows: the next visit, what to do, and what happened."""

from dataclasses import dataclass, field
from typing import Any

from kalon.billing import queries as billing
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD, HERE


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the patient can do now."""

    icon: str
    tone: str
    title: str
    text: str
    action: str
    url_name: str
    pk: Any


@dataclass(frozen=True, slots=True)
class Home:
    """The one card and what hangs below it."""

    next_visit: Any | None
    steps: list[Step] = field(default_factory=list)
    later: list[Any] = field(default_factory=list)


def home(*, seen_by: Actor) -> Home:
    """The patient's home: next visit first, then what is still to do."""
    assert seen_by.patient_id is not None
    visits = [
        visit
        for visit in scheduling.appointments_of(seen_by.patient_id, seen_by=seen_by)
        .filter(status__in=[*AHEAD, *HERE], ends_at__gte=clock.now())
        .order_by("starts_at")[:6]
    ]
    steps = [
        Step(
            icon="indian-rupee",
            tone="brand",
            title=bill.title,
            text=f"{bill.number}, to be paid",
            action="Pay",
            url_name="portal:bill",
            pk=bill.pk,
        )
        for bill in billing.open_bills_of(seen_by.patient_id, seen_by=seen_by)[:5]
    ]
    return Home(next_visit=visits[0] if visits else None, steps=steps, later=visits[1:])
