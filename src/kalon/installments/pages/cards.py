"""Payment plans on other pages: the patient's page and its timeline, and how many are overdue."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.billing.lifecycles import TAKE_PAYMENT
from kalon.installments import queries
from kalon.installments.lifecycles import CHOOSE, MANAGE, OPEN, VIEW
from kalon.installments.pages.own import ways_to_pay
from kalon.installments.rules.words import cash
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.patients.queries import timeline
from kalon.quotes import queries as quotes
from kalon.web.fronts import actor_of

SHOWN = 4


def on_patient(request: HttpRequest, patient: Any) -> str | None:
    """The running payment plans, with the way to take the next part; nothing for a patient who never paid in parts."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    rows = list(queries.due_of_patient(patient.pk, seen_by=by)[:SHOWN])
    return _drawn(request, by, rows, None, "patient page")


def on_treatment(request: HttpRequest, plan: Any) -> str | None:
    """What was agreed for one treatment, or the way to pay its accepted quote in parts."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    live = queries.live_of_treatment(plan.pk, seen_by=by)
    quote = quotes.accepted_for(plan.pk, seen_by=by) if live is None and by.may(MANAGE) else None
    return _drawn(request, by, [live] if live else [], quote.pk if quote else None, "plan page")


def on_own_quote(request: HttpRequest, quote: Any) -> str | None:
    """On the phone, under what a quote costs: how would you like to pay? Chosen once it is accepted."""
    by = actor_of(request)
    if not by.may(CHOOSE) or not (quote.stands or quote.is_open):
        return None
    live = queries.live_of_quote(quote.pk, seen_by=by) if quote.stands else None
    options = [] if quote.stands else list(quote.options.all())
    if len(options) > 1:  # which of them is decided first
        return None
    total = quote.total if quote.stands else options[0].total if options else None
    offers = queries.offers_of(quote, total=total, seen_by=by)
    if not offers and live is None:
        return None
    context = {"quote": quote, "live": live, "total": total, **ways_to_pay(request, offers)}
    return render_to_string("installments/_how_to_pay.html", context, request=request)


def on_quote(request: HttpRequest, quote: Any) -> str | None:
    """On the desk's page of a quote: what was agreed, or the way to agree on it."""
    by = actor_of(request)
    if not by.may(VIEW) or not quote.stands:
        return None
    live = queries.live_of_treatment(quote.plan_id, seen_by=by)
    return _drawn(request, by, [live] if live else [], None if live or not by.may(MANAGE) else quote.pk, "quote page")


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """Every agreement, on the day it was made."""
    return [
        timeline.Entry(
            at=one.created_at,
            id=one.pk,
            title=f"Payment plan {one.number}",
            text=f"{cash(one.total, one.currency)}, {one.get_status_display().lower()}",
            icon="calendar-clock",
            tone="gold" if one.status in OPEN else "mute",
            tag="Money",
            href=reverse("installments:plan", args=[one.pk]),
        )
        for one in ask.of(queries.payment_plans_of(ask.patient_id, seen_by=ask.by))
    ]


def overdue_now(actor: Any) -> int | None:
    """How many running payment plans have a part whose day has passed."""
    return queries.payment_plans(seen_by=actor).filter(status__in=OPEN, overdue__gt=0).count() or None


def _drawn(request: HttpRequest, by: Actor, rows: list[Any], make_for: Any, purpose: str) -> str | None:
    if not rows and make_for is None:
        return None
    audit.reads(by, rows, purpose=purpose)
    context = {"rows": rows, "make_for": make_for, "may_take": by.may(TAKE_PAYMENT)}
    return render_to_string("installments/_panel.html", context, request=request)
