"""The page of one session: who is treated, what was set last time, the record, and the moves."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, NotFound, NotPermitted
from kalon.patients import queries as patients
from kalon.plans import actions, queries
from kalon.plans.forms import AddendumForm, ComplicationForm, ReasonForm, RecordForm, parameter_forms
from kalon.plans.lifecycles import (
    APPROVE,
    ARRANGE,
    BEFORE_START,
    BOOKED,
    GOES_ON,
    OPEN,
    READ,
    SESSION,
    TICK,
    TREAT,
    WRITE,
    SessionStatus,
)
from kalon.plans.models import ProcedureSession
from kalon.plans.pages.lists import TickForm
from kalon.plans.pages.looks import session_look
from kalon.plans.queries import session_consents, session_page
from kalon.scheduling.lifecycles import BOOK
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(READ)
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One session on one screen."""
    return _page(request, actions.read_session(pk, purpose="opened the session", by=actor_of(request)))


@require_POST
@staff_page(TREAT)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.start_session(pk, by=actor_of(request))
    return go(request, "plans:session", pk=pk, toast="Session started")


@require_POST
@staff_page(TICK)
def tick(request: HttpRequest, pk: UUID, entry_id: UUID) -> HttpResponse:
    """An item of the list of before and after, ticked where the session is."""
    by = actor_of(request)
    found = queries.session(pk, seen_by=by)
    if queries.list_item(entry_id, seen_by=by).plan_id != found.plan_id:
        raise NotFound("There is no such item on the list of this session.")
    try:
        with transaction.atomic():
            actions.tick(entry_id, **TickForm(request.POST).told(), by=by)
    except (NotFound, NotPermitted):
        raise
    except DomainError as refusal:
        return _page(request, found, refused=refusal, status=422)
    return go(request, "plans:session", pk=pk)


@require_POST
@staff_page(TREAT)
def undo_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.undo_start, "Start taken back")


@require_POST
@staff_page(WRITE)
def cancel_session(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.cancel_session, "Session cancelled")


@require_POST
@staff_page(APPROVE)
def allow_early(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.allow_early, "An earlier day is allowed")


@require_http_methods(["POST"])
@staff_page(TREAT)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The record saved, and the session completed where that button was pressed; both or neither."""
    by = actor_of(request)
    found = queries.session(pk, seen_by=by)
    data = request.POST.copy()
    if "add_row" in data:
        data["parameters-TOTAL_FORMS"] = str(int(data.get("parameters-TOTAL_FORMS", "1") or "1") + 1)
    form, rows = RecordForm(data), parameter_forms(data, initial=[])
    if "add_row" in data:
        return _page(request, found, record_form=form, rows=rows)
    if form.is_valid() and rows.is_valid():
        with refusals_on(form):
            written = form.details([one.parameter() for one in rows if one.is_filled])
            actions.write_record(pk, written, edition=form.cleaned_data["edition"], by=by)
            if "complete" in data:
                actions.complete_session(pk, by=by)
        if not form.errors:
            return go(request, "plans:session", pk=pk, toast="Session completed" if "complete" in data else "Saved")
    return _page(request, found, record_form=form, rows=rows, status=422)


@require_POST
@staff_page(TREAT)
def complication(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ComplicationForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.note_complication(pk, **form.cleaned_data, by=actor_of(request))
        if not form.errors:
            return go(request, "plans:session", pk=pk, toast="Written down")
    return _page(request, queries.session(pk, seen_by=actor_of(request)), complication_form=form, status=422)


@require_POST
@staff_page(TREAT)
def addendum(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = AddendumForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_addendum(pk, text=form.cleaned_data["text"], by=actor_of(request))
        if not form.errors:
            return go(request, "plans:session", pk=pk, toast="Added to the record")
    return _page(request, queries.session(pk, seen_by=actor_of(request)), addendum_form=form, status=422)


def _with_reason(request: HttpRequest, pk: UUID, verb: Callable[..., ProcedureSession], toast: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "plans:session", pk=pk, toast=toast)
    return _page(request, queries.session(pk, seen_by=actor_of(request)), reason=form, status=422)


def _page(
    request: HttpRequest,
    found: ProcedureSession,
    *,
    record_form: RecordForm | None = None,
    rows: Any = None,
    complication_form: forms.Form | None = None,
    addendum_form: forms.Form | None = None,
    reason: forms.Form | None = None,
    refused: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    by = actor_of(request)
    if status == 422:
        audit.read(by, found, purpose="opened the session")
    may_treat = by.may(TREAT)
    kept = queries.record_of(found) if may_treat else None
    parameters = queries.parameters_of(found) if may_treat else []
    last = queries.last_parameters(found) if may_treat else []
    writes = may_treat and found.status == SessionStatus.IN_PROGRESS
    if writes and record_form is None:
        copied = parameters or (last if "copy" in request.GET else [])
        record_form, rows = _forms(found, kept, copied)
    buttons = {button.move.name: button for button in SESSION.buttons(found, by=by)}
    context = {
        "session": found,
        "plan": found.plan,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "look": session_look(found.status),
        "progress": queries.progress_of(found.plan, seen_by=by),
        "record": kept,
        "parameters": parameters,
        "last": last,
        "may_copy": bool(last) and not parameters and "copy" not in request.GET,
        "form": record_form if writes else None,
        "rows": rows,
        "complications": queries.complications_of(found) if may_treat else [],
        "complication_form": complication_form or ComplicationForm(),
        "may_note": may_treat and found.status in (SessionStatus.IN_PROGRESS, SessionStatus.COMPLETED),
        "addenda": queries.addenda_of(found) if may_treat else [],
        "addendum_form": addendum_form or AddendumForm(),
        "may_add": may_treat and found.status == SessionStatus.COMPLETED,
        "may_treat": may_treat,
        "start": buttons.get("start"),
        "listed": (listed := _listed(found, by)),
        "ticks": queries.ticks_for(by) if listed else frozenset(),
        "refused": refused,
        "may_undo": "undo_start" in buttons,
        "may_cancel": by.may(WRITE) and found.status in OPEN and found.status != SessionStatus.IN_PROGRESS,
        "may_allow": by.may(APPROVE) and found.status in OPEN and queries.least_days(found.plan) > 0,
        "upcoming": _upcoming(found, by),
        "may_arrange": found.plan.status in GOES_ON and by.may(ARRANGE) and by.may(BOOK),
        "missing": session_consents.missing(found, by) if found.status == SessionStatus.CONSENT_PENDING else [],
        "reason": reason or ReasonForm(),
        "history": [(event, SessionStatus(event.to_state).label) for event in SESSION.history(found)],
        "main_panels": session_page.panels(request, found, "main"),
        "side_panels": session_page.panels(request, found, "side"),
    }
    return render(request, "plans/session.html", context, status=status)


def _listed(found: ProcedureSession, by: Actor) -> list[Any]:
    """What is to be ticked now: of before and of the day until it begins, of afterwards since then."""
    visit = found.appointment
    moments = BEFORE_START if found.status in BOOKED else ("AFTER",) if found.started_at else ()
    if visit is None or not moments:
        return []
    counts = queries.Counts(visit.local_start.date(), found.started_at)
    return [part for part in queries.list_of(found.plan, counts, seen_by=by) if part.moment in moments]


def _upcoming(found: ProcedureSession, by: Actor) -> ProcedureSession | None:
    """The session that comes after this one, with the day of its visit or the day from which it is due."""
    rows = queries.sessions(seen_by=by).filter(plan=found.plan_id, number__gt=found.number, status__in=OPEN)
    return rows.order_by("number").first()


def _forms(found: ProcedureSession, kept: Any, parameters: list[Any]) -> tuple[RecordForm, Any]:
    names = ("before", "procedure", "after", "next_on")
    written = {name: getattr(kept, name) for name in names} if kept else {}
    first = [
        {"name": one.name, "value": one.value, "unit": one.unit, "pass_number": one.pass_number} for one in parameters
    ]
    return RecordForm(initial={**written, "edition": found.edition}), parameter_forms(
        None, initial=first, blank=1 if first else 3
    )
