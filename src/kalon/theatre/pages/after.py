"""What an operation leaves when it is over: its bill, the checks that follow, photographs, the implant card."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from kalon.billing import queries as billing
from kalon.billing.lifecycles import VIEW as SEE_BILLS
from kalon.inventory.lifecycles import IMPLANTS
from kalon.kernel.actors import Actor
from kalon.photos.lifecycles import CAPTURE
from kalon.plans import queries as plans
from kalon.plans.lifecycles import READ
from kalon.theatre.lifecycles import CaseStatus
from kalon.theatre.models import Case


class Next(NamedTuple):
    """One thing that follows, and where it stands."""

    icon: str
    title: str
    text: str
    url: str


def after(found: Case, *, implants: bool, by: Actor) -> list[Next]:
    """All that follows a completed operation and that this person may open."""
    if found.status != CaseStatus.COMPLETED:
        return []
    plan_page = reverse("plans:plan", args=[found.plan_id])
    made = [*_bills(found, by), *_checks(found, plan_page, by)]
    if by.may(CAPTURE):
        there = reverse("photos:capture", args=[found.patient_id])
        more = urlencode({"plan": found.plan_id, "stage": "AFTER"})
        made.append(Next("camera", "Photographs of after", "The same views as before", f"{there}?{more}"))
    if implants and by.may(IMPLANTS):
        tab = reverse("patients:tab", args=[found.patient_id, "implants"])
        made.append(Next("id-card", "Implant card", "What was put in, with the card to carry", tab))
    return made


def _bills(found: Case, by: Actor) -> list[Next]:
    if not by.may(SEE_BILLS):
        return []
    rows = billing.bills(seen_by=by).filter(lines__plan_id=found.plan_id).exclude(status="VOID").distinct()[:3]
    return [
        Next("receipt", f"Bill {row.number}" if row.number else "Draft bill", row.get_status_display(),
             reverse("billing:bill", args=[row.pk])) for row in rows
    ]  # fmt: skip


def _checks(found: Case, plan_page: str, by: Actor) -> list[Next]:
    if not by.may(READ):
        return []
    rows: list[Any] = list(plans.follow_ups(seen_by=by).filter(plan_id=found.plan_id).order_by("due_date")[:6])
    if not rows:
        return []
    days = ", ".join(f"{row.due_date:%-d %b}" for row in rows)
    waiting = sum(row.status == "PENDING" for row in rows)
    return [Next("calendar-clock", f"{len(rows)} checks after surgery", f"{days}; {waiting} to be booked", plan_page)]
