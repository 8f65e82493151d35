"""How the evidence of the lists of before and after is found, and how a list stands for a case."""

from typing import Any

from kalon.kernel.actors import Actor, system
from kalon.plans import queries as plans
from kalon.theatre.lifecycles import Moment
from kalon.theatre.models import Case, Discharge
from kalon.theatre.queries.requirements import Asked, Found, Kind, add


def before_of(line: Any, clearance: Any) -> Found | None:
    """The latest tick, once nothing required of before the day is open."""
    return _answer(clearance, "BEFORE")


def of_day(line: Any, clearance: Any) -> Found | None:
    """The latest tick, once everything required of the day is ticked on that day."""
    return _answer(clearance, "DAY_OF")


def list_for(case: Case, *, seen_by: Actor) -> list[plans.Part]:
    """A case's list: what is of the day counts on its day, what is of afterwards since the patient came in."""
    return plans.list_of(case.plan, plans.Counts(case.surgery_date, case.in_at), seen_by=seen_by)


def discharge_of(case: Case) -> Discharge | None:
    """When and with whom the patient went home; None while they are here."""
    return Discharge.objects.filter(case=case).select_related("patient", "staff").first()


def _answer(clearance: Any, moment: str) -> Found | None:
    by = system("clearance", clearance.organization_id)
    rows = [
        one
        for part in plans.list_of(clearance.plan, plans.Counts(clearance.surgery_date), seen_by=by)
        if part.moment == moment
        for one in part.rows
    ]
    ticks = [one.last for one in rows if one.is_done]
    if not ticks or any(one.is_open for one in rows):
        return None
    return "plans.tick", max(ticks, key=lambda tick: (tick.said_at, tick.pk)).pk


def _asks(moment: str) -> Any:
    def asks(asked: Asked) -> str | None:
        rows = plans.list_items(seen_by=system("clearance", asked.plan.organization_id))
        wanted = rows.filter(plan_id=asked.plan.pk, item__moment=moment, item__is_required=True)
        return "" if wanted.exists() else None

    return asks


def register() -> None:
    """The two lines that the lists answer."""
    add(
        Kind(
            code="CHECKLIST",
            title="List of before the day",
            move="Nurse",
            position=90,
            asks=_asks("BEFORE"),
            find=before_of,
            is_waivable=False,
            to_do="Tick what is done on the plan's list; say there what does not apply, and why.",
        )
    )
    add(
        Kind(
            code="CHECKLIST_DAY",
            title="List of the day",
            move="Nurse",
            position=140,
            moment=Moment.DAY_OF,
            asks=_asks("DAY_OF"),
            find=of_day,
            is_waivable=False,
            to_do="Tick today what is of the day on the patient's list.",
        )
    )
