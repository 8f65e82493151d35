"""How the evidence for photographs, stock and the insurer's word is found."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from kalon.inventory import queries as inventory
from kalon.kernel.actors import system
from kalon.photos import queries as photos
from kalon.quotes import queries as quotes
from kalon.theatre.queries.clearances import LIVE, clearances
from kalon.theatre.queries.requirements import Asked, Found, Kind, add


def photos_of(line: Any, clearance: Any) -> Found | None:
    """The latest view of before the operation, once every standard view has one."""
    by = system("clearance", clearance.organization_id)
    rows = photos.photos_of(clearance.patient_id, seen_by=by).filter(plan_id=clearance.plan_id, stage="BEFORE")
    taken = list(rows.values_list("pk", "view"))
    if not taken or set(line.subject.split()) - {view for _, view in taken}:
        return None
    return "photos.photo", taken[0][0]


def stock_of(line: Any, clearance: Any) -> Found | None:
    """The latest thing put aside for the plan, once all it cannot begin without is there for that day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT theatre_stock_short(%s, %s)", [clearance.plan_id, clearance.surgery_date])
        if cursor.fetchone()[0]:
            return None
    by = system("clearance", clearance.organization_id)
    held = inventory.reservations(seen_by=by).filter(plan_id=clearance.plan_id, status="HELD")
    pk = held.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    return ("inventory.reservation", pk) if pk else None


def self_pay_of(line: Any, clearance: Any) -> Found | None:
    """The patient's signed word that they pay themselves; an insurer's authorisation is not kept here yet."""
    found = quotes.self_pay_of(clearance.plan_id, seen_by=system("clearance", clearance.organization_id))
    return ("quotes.selfpaywaiver", found.pk) if found is not None else None


def days_of(plan_ids: Iterable[UUID], organization_id: UUID) -> dict[UUID, date]:
    """The day on which each of these plans is to be operated, as its live clearance has it."""
    by = system("clearance", organization_id)
    rows = clearances(seen_by=by).filter(plan_id__in=list(plan_ids), status__in=LIVE).order_by("surgery_date")
    return dict(rows.values_list("plan_id", "surgery_date"))


def _views(asked: Asked) -> str | None:
    """The standard views of the plan's procedures, while they fit a line."""
    wanted = dict.fromkeys(view for line in _lines(asked) if line.entry for view in line.entry.photo_views)
    return " ".join(wanted)[:300].rsplit(" ", len(" ".join(wanted)) > 300)[0] or None


def _stock(asked: Asked) -> str | None:
    """Asked where an implant is named, or a procedure has a kit it cannot begin without."""
    if any(line.entry and line.entry.takes_implant for line in _lines(asked)):
        return ""
    by = system("clearance", asked.plan.organization_id)
    kit = inventory.kit_of_plan(asked.plan.pk, seen_by=by)
    return "" if any(part.need == "REQUIRED" for part, _ in kit) else None


def _insured(asked: Asked) -> str | None:
    return None if asked.plan.money_type == "COSMETIC" else ""


def _lines(asked: Asked) -> list[Any]:
    return list(asked.plan.lines.select_related("entry", "patient").order_by("position"))


def register() -> None:
    """The kinds that photographs, the store and insurance answer."""
    add(
        Kind(
            code="AUTHORIZATION",
            title="Insurer or self-pay",
            move="Billing",
            position=55,
            asks=_insured,
            find=self_pay_of,
            is_waivable=False,
            to_do="Have the patient sign that they pay themselves. Authorisation by an insurer is not kept here yet.",
        )
    )
    add(
        Kind(
            code="PHOTOS",
            title="Photographs of before",
            move="Nurse",
            position=60,
            asks=_views,
            find=photos_of,
            to_do="Take every standard view of before the operation.",
        )
    )
    add(
        Kind(
            code="INVENTORY",
            title="Implants and supplies put aside",
            move="Inventory",
            position=70,
            asks=_stock,
            find=stock_of,
            to_do="Put aside what the operation cannot begin without, each implant by its serial.",
        )
    )
