"""Packages on the pages of others: the patient's card and tab, the visit's card, the timeline."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.entitlements import queries
from kalon.entitlements.lifecycles import OPEN, SELL, USE, VIEW
from kalon.entitlements.pages.looks import drawn, member_drawn, voucher_drawn
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.patients.queries import timeline
from kalon.people import queries as people
from kalon.scheduling.lifecycles import Status as Visit
from kalon.web.fronts import actor_of

SHOWN = 50
HERE = (Visit.CHECKED_IN, Visit.IN_PROGRESS, Visit.COMPLETED)


def on_patient(request: HttpRequest, patient: Any) -> str | None:
    """The packages a patient can use, with what is left of each."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    rows = list(queries.holdings_of(patient.pk, seen_by=by).filter(status__in=OPEN)[:4])
    if not rows:
        return None
    audit.reads(by, rows, purpose="patient page")
    today = _today(by)
    context = {"rows": [drawn(row, today) for row in rows], "patient": patient, "may_sell": by.may(SELL)}
    return render_to_string("entitlements/_on_patient.html", context, request=request)


def tab(request: HttpRequest, patient: Any) -> str:
    """Everything a patient bought, and the way to sell more."""
    by = actor_of(request)
    rows = list(queries.holdings_of(patient.pk, seen_by=by)[:SHOWN])
    bought = list(queries.vouchers_of(patient.pk, seen_by=by)[:SHOWN])
    terms = list(queries.memberships_of(patient.pk, seen_by=by)[:SHOWN])
    audit.reads(by, [*rows, *bought, *terms], purpose="patient page, packages")
    today = _today(by)
    context = {
        "rows": [drawn(row, today) for row in rows],
        "memberships": [member_drawn(row, today) for row in terms],
        "vouchers": [voucher_drawn(row, today) for row in bought],
        "patient": patient,
        "may_sell": by.may(SELL),
    }
    return render_to_string("entitlements/_tab.html", context, request=request)


def on_visit(request: HttpRequest, visit: Any) -> str | None:
    """The session that this visit uses, or may use."""
    by = actor_of(request)
    if not by.may(VIEW, at=visit.branch_id) or visit.service_id is None:
        return None
    source = queries.source_of(visit.pk, visit.service_id, seen_by=by)
    used = queries.live_use(source, seen_by=by)
    found = None
    if used is None:
        found = queries.covering(visit.patient_id, visit.service_id, visit.local_start.date(), seen_by=by)
    if used is None and found is None:
        return None
    context = {
        "visit": visit,
        "used": used,
        "found": found,
        "may_use": visit.status in HERE and by.may(USE, at=visit.branch_id),
    }
    return render_to_string("entitlements/_on_visit.html", context, request=request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """When packages were bought, on the patient's timeline."""
    rows = queries.holdings_of(ask.patient_id, seen_by=ask.by)
    return [
        timeline.Entry(
            at=row.sold_at,
            id=row.pk,
            title=f"Package: {row.name}",
            text=f"Valid until {row.valid_until:%-d %b %Y}",
            icon="package",
            tone="brand",
            tag="Package",
            href=reverse("entitlements:holding", args=[row.pk]),
        )
        for row in ask.of(rows, at="sold_at")
    ]


def _today(by: Actor) -> Any:
    return clock.today(people.own_branch(by).timezone)
