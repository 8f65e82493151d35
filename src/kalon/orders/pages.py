"""Pages of orders: asking for examinations, what came back, the work list, and the cards on other pages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.consultations import queries as consultations
from kalon.documents import queries as documents
from kalon.kernel import audit
from kalon.orders import actions, queries, rules
from kalon.orders.forms import CorrectionForm, OrderForm, ReasonForm, ResultsForm, ReviewForm
from kalon.orders.lifecycles import COLLECT, LIFE, ORDER, RESULT, REVIEW, VIEW, Status
from kalon.orders.models import Flag, Kind, Order, Urgency
from kalon.patients import queries as patients
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWN = 50


@staff_page(VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """The work list: results that wait for a look, and orders under way."""
    by = actor_of(request)
    waiting = list(queries.with_lines(queries.to_review(seen_by=by))[:SHOWN])
    under_way = list(queries.under_way(seen_by=by)[:SHOWN])
    audit.reads(by, [*waiting, *under_way], purpose="orders and results")
    context = {"waiting": [_row(one) for one in waiting], "under_way": under_way, "may_review": by.may(REVIEW)}
    return render(request, "orders/list.html", context)


@staff_page(ORDER)
def new(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Ask for examinations from a consultation."""
    by = actor_of(request)
    consultation = consultations.consultation(consultation_id, seen_by=by)
    kind = request.GET.get("kind", Kind.LAB)
    kind = kind if kind in Kind.values else Kind.LAB
    form = OrderForm(request.POST or None, initial={"kind": kind, "urgency": Urgency.ROUTINE})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.order(consultation_id, form.wish(), by=by)
        if not form.errors:
            return go(request, "orders:order", pk=made.pk, toast="Ordered")
    audit.read(by, consultation.patient, purpose="order examinations")
    context = {
        "form": form,
        "consultation": consultation,
        "groups": list(rules.groups(kind)),
        "sets": [(name, " ".join(codes)) for name, codes in rules.SETS.items()] if kind == Kind.LAB else [],
        "chosen": request.POST.getlist("codes") if request.method == "POST" else _set(request.GET.get("set", "")),
        "kind": kind,
        "kinds": Kind.choices,
        **_banner(consultation.patient),
    }
    return render(request, "orders/new.html", context, status=422 if form.errors else 200)


@staff_page(VIEW)
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One order: what was asked, what came back, who looked."""
    return _page(request, actions.read(pk, purpose="opened the order", by=actor_of(request)))


@require_POST
@staff_page(COLLECT)
def collect(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.collect(pk, by=actor_of(request))
    return go(request, "orders:order", pk=pk, toast="Collected")


@require_POST
@staff_page(RESULT)
def results(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Values and the report, as they came."""
    by = actor_of(request)
    found = actions.read(pk, purpose="writing results down", by=by)
    form = _results_form(found, request)
    if form.is_valid():
        with refusals_on(form):
            actions.write_results(pk, form.values(), form.report(), by=by)
        if not form.errors:
            return go(request, "orders:order", pk=pk, toast="Results written down")
    return _page(request, found, results=form)


@staff_page(RESULT)
def correct(request: HttpRequest, pk: UUID, result_id: UUID) -> HttpResponse:
    """Put one value right; the old one stays."""
    by = actor_of(request)
    found = actions.read(pk, purpose="correcting a result", by=by)
    line = next((one for one in queries.lines(found) if one.result is not None and one.result.pk == result_id), None)
    if line is None:
        return go(request, "orders:order", pk=pk)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        value = actions.Answered(test_id=line.test.pk, value=told["value"], low=told["low"], high=told["high"])
        with refusals_on(form):
            actions.correct_result(pk, result_id, value, told["reason"], by=by)
        if not form.errors:
            return go(request, "orders:order", pk=pk, toast="Corrected; somebody has to look at it again")
    context = {"order": found, "line": line, "form": form, **_banner(found.patient)}
    return render(request, "orders/correct.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(REVIEW)
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Looked at, with what follows."""
    by, form = actor_of(request), ReviewForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.review(pk, form.cleaned_data["note"], by=by)
        if not form.errors:
            return go(request, "orders:order", pk=pk, toast="Reviewed")
    return _page(request, actions.read(pk, purpose="reviewing", by=by), review=form)


@require_POST
@staff_page(ORDER)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    by, form = actor_of(request), ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.cancel(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "orders:order", pk=pk, toast="Order cancelled")
    return _page(request, actions.read(pk, purpose="cancelling", by=by), cancelling=form)


def tab(request: HttpRequest, patient: Any) -> str:
    """A patient's orders with their results, newest first."""
    by = actor_of(request)
    rows = list(queries.with_lines(queries.orders_of(patient.pk, seen_by=by))[:SHOWN])
    audit.reads(by, rows, purpose="patient page, results")
    return render_to_string("orders/_tab.html", {"rows": [_row(one) for one in rows]}, request)


def panel(request: HttpRequest, consultation: Any) -> str | None:
    """What was ordered in this consultation, and what the patient's orders before brought."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    rows = list(queries.with_lines(queries.orders_of(consultation.patient_id, seen_by=by))[:4])
    audit.reads(by, rows, purpose="consultation, orders")
    context = {"rows": [_row(one) for one in rows], "consultation": consultation, "may_order": by.may(ORDER)}
    return render_to_string("orders/_panel.html", context, request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """What was ordered, on the day it was."""
    rows = queries.with_lines(queries.orders_of(ask.patient_id, seen_by=ask.by))
    return [
        timeline.Entry(
            at=row.created_at,
            id=row.pk,
            title=_names(row),
            text=f"{row.get_kind_display()} ordered by {row.ordered_by}. {_outcome(row)}",
            icon="flask-conical",
            tone="danger" if any(one.is_abnormal for one in _counting(row)) else "info",
            tag="Order",
            href=reverse("orders:order", args=[row.pk]),
        )
        for row in ask.of(rows)
    ]


def _page(
    request: HttpRequest,
    found: Order,
    *,
    results: ResultsForm | None = None,
    review: ReviewForm | None = None,
    cancelling: ReasonForm | None = None,
) -> HttpResponse:
    by = actor_of(request)
    moves = {button.move.name: button for button in LIFE.buttons(found, by=by)}
    takes_values = found.status in (Status.ORDERED, Status.COLLECTED, Status.RESULTED) and by.may(RESULT)
    context = {
        "order": found,
        "lines": queries.lines(found),
        "files": queries.files(found),
        "reviews": list(found.reviews.all()),
        "results": results or _results_form(found, request) if takes_values else None,
        "review_form": review or ReviewForm(),
        "cancel_form": cancelling or ReasonForm(),
        "may_review": by.may(REVIEW) and found.waits_for_review,
        "may_correct": by.may(RESULT),
        "moves": moves,
        "history": LIFE.history(found),
        **_banner(found.patient),
    }
    refused = any(form is not None and form.errors for form in (results, review, cancelling))
    return render(request, "orders/order.html", context, status=422 if refused else 200)


def _results_form(found: Order, request: HttpRequest) -> ResultsForm:
    by = actor_of(request)
    there = list(documents.documents_of(found.patient_id, seen_by=by)[:30]) if by.may("documents.view") else []
    attached = {one.document_id for one in queries.files(found)}
    lines = queries.lines(found)
    told = request.POST if request.method == "POST" and request.path.endswith("/results") else None
    return ResultsForm(told, lines=lines, documents=[one for one in there if one.pk not in attached])


def _row(one: Order) -> dict[str, Any]:
    """An order as lists show it: its name, and what is out of range."""
    found = queries.lines(one)
    return {
        "order": one,
        "name": _names(one),
        "lines": [line for line in found if line.result is not None],
        "abnormal": [line for line in found if line.result is not None and line.result.is_abnormal],
        "files": queries.files(one),
    }


def _names(one: Order) -> str:
    names = [test.name for test in one.tests.all()]
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def _counting(one: Order) -> list[Any]:
    return [line.result for line in queries.lines(one) if line.result is not None]


def _outcome(one: Order) -> str:
    abnormal = [result for result in _counting(one) if result.is_abnormal]
    if abnormal:
        return f"{len(abnormal)} out of range."
    if one.reviewed_by:
        return f"Reviewed by {one.reviewed_by}."
    compared = [result for result in _counting(one) if result.flag != Flag.NONE]
    return "All in range." if compared else f"{one.get_status_display()}."


def _set(name: str) -> list[str]:
    return list(rules.SETS.get(name, ()))


def _banner(patient: Any) -> dict[str, Any]:
    return {"patient": patient, "banner": patients.banner(patient)}
