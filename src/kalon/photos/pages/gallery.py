"""Pages of photographs: the patient's gallery, taking them on a tablet, one photograph, and two beside each other."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from kalon.consents.lifecycles import PRESENT
from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.photos import actions, queries
from kalon.photos.forms import PointsForm, RemoveForm, TakeForm
from kalon.photos.lifecycles import CAPTURE, DELETE, DOWNLOAD, EXPORT, VIEW
from kalon.photos.models import Photo
from kalon.photos.rules import Stage, View
from kalon.plans import queries as plans
from kalon.plans.lifecycles import READ as PLANS
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

ON_A_PAGE = 24
SHOWN = 12  # of a session, on its page


def tab(request: HttpRequest, patient: Any) -> str:
    """A patient's photographs by day, of one view or stage or all; and what is compared."""
    by = actor_of(request)
    rows = queries.photos_of(patient.pk, seen_by=by).select_related("patient", "plan", "session")
    chosen = {name: request.GET.get(name, "") for name in ("view", "stage")}
    for name, known in (("view", View.values), ("stage", Stage.values)):
        if chosen[name] in known:
            rows = rows.filter(**{name: chosen[name]})
    held = queries.sessions_of(patient.pk, seen_by=by) if by.may(PLANS) else []
    sessions = [(str(one.pk), _named(one)) for one in held]
    in_session = _id(request.GET, "session")
    if in_session in {one.pk for one in held}:
        rows = rows.filter(session=in_session)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    pairs = list(queries.pairs_of(patient.pk, seen_by=by)[:12])
    audit.reads(by, [*shown, *pairs], purpose="patient page, photographs")
    context = {
        "patient": patient,
        "page": page,
        "days": [
            (day, list(some))
            for day, some in groupby(shown, key=lambda row: (localtime(row.taken_at).date(), row.plan, row.session))
        ],
        "pairs": pairs,
        "filters": [
            ("view", "View", chosen["view"], View.choices),
            ("stage", "Stage", chosen["stage"], Stage.choices),
            *([("session", "Session", str(in_session or ""), sessions)] if sessions else []),
        ],
        "may_take": by.may(CAPTURE),
        "given_out": queries.exports_of(patient.pk, seen_by=by).count(),
        "agreed": queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=by) is not None,
    }
    return render_to_string("photos/_tab.html", context, request)


def plan_panel(request: HttpRequest, plan: Any) -> str | None:
    """On a plan's page: which standard views are taken, before the treatment or, once it is done, after it."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    stage = Stage.AFTER if plan.status == "COMPLETED" else Stage.BEFORE
    views = queries.still_to_take(plan.patient_id, stage, plan_id=plan.pk, seen_by=by)
    context = {
        "plan": plan,
        "patient_id": plan.patient_id,
        "stage": str(stage),
        "words": f"{stage.label.lower()} the treatment",
        "views": views,
        "done": sum(taken is not None for _view, taken in views),
        "may_take": by.may(CAPTURE),
    }
    return render_to_string("photos/_panel.html", context, request)


def session_panel(request: HttpRequest, session: Any) -> str | None:
    """On a session's page: what was taken in it, and the way to take more."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    taken = list(queries.photos_of(session.patient_id, seen_by=by).filter(session=session)[:SHOWN])
    may_take = by.may(CAPTURE) and session.status in ("READY", "IN_PROGRESS", "COMPLETED")
    if not taken and not may_take:
        return None
    audit.reads(by, taken, purpose="session, photographs")
    stage = Stage.AFTER if session.status == "COMPLETED" else Stage.BEFORE
    context = {"session": session, "taken": taken, "may_take": may_take, "stage": str(stage)}
    return render_to_string("photos/_in_session.html", context, request)


@staff_page(CAPTURE)
def capture(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take the standard views one after the other, each under the ghost of the one before the treatment."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    asked = request.POST if request.method == "POST" else request.GET
    stage = asked.get("stage", "")
    stage = stage if stage in Stage.values else Stage.BEFORE
    plan_id, held = _id(asked, "plan"), _held(request, patient_id, _id(asked, "session"))
    plan_id = held.plan_id if held else plan_id
    form = TakeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            details = form.details(plan_id, held.pk if held else None)
            actions.take(patient_id, form.cleaned_data["file"], details, by=by)
        if not form.errors:
            there = reverse("photos:capture", args=[patient_id])
            more = {"stage": stage, "plan": plan_id or "", "session": held.pk if held else ""}
            more = {name: str(value) for name, value in more.items() if value}
            return go(request, f"{there}?{urlencode(more)}", toast="Kept, encrypted")
    views = queries.still_to_take(
        patient.pk, stage, plan_id=plan_id, session_id=held.pk if held else None, seen_by=by
    )  # fmt: skip
    now = asked.get("view", "")
    if now not in View.values:
        now = next((view for view, taken in views if taken is None), View.OTHER)
    ghost = queries.ghosts(patient.pk, seen_by=by).get(now)
    audit.reads(by, [patient, *(taken for _view, taken in views if taken)], purpose="taking photographs")
    context = {
        "form": form,
        "patient": patient,
        "banner": patients.banner(patient),
        "views": [(view, view.label, taken, view == now) for view, taken in views],
        "done": sum(taken is not None for _view, taken in views),
        "now": View(now),
        "stage": stage,
        "stages": Stage.choices,
        "all_views": View.choices,
        "plan": plan_id,
        "session": held,
        "back": reverse("plans:session", args=[held.pk])
        if held
        else reverse("patients:tab", args=[patient.pk, "photos"]),
        "ghost": ghost,
        "agreed": queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=by) is not None,
        "for_adverts": queries.consent_to("MARKETING", patient.pk, seen_by=by) is not None,
        "may_ask": by.may(PRESENT),
    }
    return render(request, "photos/capture.html", context, status=422 if form.errors else 200)


@staff_page(VIEW)
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One photograph, what is known about it, and what it can be compared with."""
    return _photo_page(request, actions.look(pk, purpose="opened the photograph", by=actor_of(request)))


@require_GET
@staff_page(VIEW)
def picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The middle-sized picture, for a page of ours."""
    by = actor_of(request)
    found = actions.look(pk, purpose="looked at the photograph", by=by)
    return queries.as_picture(found, queries.MIDDLE, seen_by=by)


@require_GET
@staff_page(VIEW)
def small(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The small picture, for a list."""
    by = actor_of(request)
    found = actions.glance(pk, screen="small photograph", by=by)
    return queries.as_picture(found, queries.SMALL, seen_by=by)


@require_GET
@staff_page(DOWNLOAD)
def original(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A copy of the photograph as it is kept."""
    by = actor_of(request)
    found = actions.download(pk, by=by)
    return files.taken_away(queries.original(found, seen_by=by), **files.facts_of(found))


@require_POST
@staff_page(DELETE)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove a photograph for good."""
    by, form = actor_of(request), RemoveForm(request.POST)
    found = queries.photo(pk, seen_by=by)
    if form.is_valid():
        with refusals_on(form):
            actions.remove(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            there = reverse("patients:tab", args=[found.patient_id, "photos"])
            return go(request, there, toast="Photograph removed; its key is destroyed")
    return _photo_page(request, found, removing=form)


@require_POST
@staff_page(CAPTURE)
def compare(request: HttpRequest, pk: UUID, other_id: UUID) -> HttpResponse:
    """Put two photographs beside each other."""
    return go(request, "photos:pair", pk=actions.compare(pk, other_id, by=actor_of(request)).pk)


@staff_page(VIEW)
def pair(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Before and after: one over the other under a slider, and side by side at the same scale."""
    return _pair_page(request, pk, PointsForm())


@require_POST
@staff_page(CAPTURE)
def points(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Line the two up by points set by hand."""
    by, form = actor_of(request), PointsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.line_up_by_hand(pk, form.points("earlier"), form.points("later"), by=by)
        if not form.errors:
            return go(request, "photos:pair", pk=pk, toast="Lined up")
    return _pair_page(request, pk, form)


@require_POST
@staff_page(EXPORT)
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the two to the patient."""
    actions.share(pk, by=actor_of(request))
    return go(request, "photos:pair", pk=pk, toast="The patient sees this pair now")


@require_POST
@staff_page(EXPORT)
def unshare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the two off the patient's pages."""
    actions.unshare(pk, by=actor_of(request))
    return go(request, "photos:pair", pk=pk, toast="The patient does not see this pair any more")


def _photo_page(request: HttpRequest, found: Photo, *, removing: RemoveForm | None = None) -> HttpResponse:
    by = actor_of(request)
    drawn = list(queries.annotations(found, seen_by=by))
    others = queries.photos_of(found.patient_id, seen_by=by).filter(view=found.view).exclude(pk=found.pk)[:12]
    context = {
        "photo": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "others": others,
        "removing": removing or RemoveForm(),
        "may_remove": by.may(DELETE),
        "may_download": by.may(DOWNLOAD),
        "may_compare": by.may(CAPTURE),
        "may_export": by.may(EXPORT),
        "drawn": drawn,
        "lines": queries.lines_of(found, [row for row in drawn if row.hidden_at is None]),
        "word_size": max(found.width, found.height) * 28 // 1000,
        "corrects": found.corrects,
        "may_read_plans": by.may(PLANS),
    }
    return render(request, "photos/photo.html", context, status=422 if removing and removing.errors else 200)


def _pair_page(request: HttpRequest, pk: UUID, form: PointsForm) -> HttpResponse:
    by = actor_of(request)
    found = actions.look_at_pair(pk, purpose="opened the comparison", by=by)
    context = {
        "pair": found,
        "laid": queries.shown_as(found),
        "earlier_url": reverse("photos:picture", args=[found.earlier_id]),
        "later_url": reverse("photos:picture", args=[found.later_id]),
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "form": form,
        "may_line_up": by.may(CAPTURE),
        "may_share": by.may(EXPORT),
        "agreed": queries.consent_to("PHOTOGRAPHY", found.patient_id, seen_by=by) is not None,
        "for_adverts": queries.consent_to("MARKETING", found.patient_id, seen_by=by) is not None,
    }
    return render(request, "photos/pair.html", context, status=422 if form.errors else 200)


def _held(request: HttpRequest, patient_id: UUID, session_id: UUID | None) -> Any:
    """The session of this patient in which photographs are taken, if any."""
    by = actor_of(request)
    if session_id is None or not by.may(PLANS):
        return None
    return plans.sessions(seen_by=by).filter(pk=session_id, patient_id__person=patient_id).first()


def _named(session: Any) -> str:
    return f"{session.plan.number}, session {session.number} of {session.plan.session_count}"


def _id(asked: QueryDict, name: str) -> UUID | None:
    try:
        return UUID(asked.get(name, ""))
    except ValueError:
        return None
