"""Adding to a part of the catalogue and changing what is there: one shape for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.catalog import actions, queries
from kalon.catalog.forms import AppointmentTypeForm, CancellationPolicyForm, PackageForm, ProcedureForm, ServiceForm
from kalon.catalog.queries import beside
from kalon.kernel.actors import Actor
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

HISTORY = 20
WHOLE = {
    "items": "what it holds", "needs": "who and what comes besides", "team": "who comes besides", "codes": "codes",
    "instructions": "what patients are told", "checklist": "what is done before and after",
}  # fmt: skip

WIDE = ("description", "special_needs", "needs_note", "patient_words", "photo_views", "codes")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the catalogue: its words, its form, and the verbs that the form is handed to."""

    noun: str
    back: str
    form: Callable[..., Any]
    find: Callable[..., Any]
    add: Callable[[Any, Actor], object]
    change: Callable[[UUID, Any, Actor], object]


SERVICES = Part(
    "service", "catalog:services", ServiceForm, queries.service,
    lambda form, by: actions.add_service(form.details(), form.asked(), by=by),
    lambda pk, form, by: actions.change_service(pk, form.details(), form.asked(), by=by),
)  # fmt: skip
PROCEDURES = Part(
    "procedure", "catalog:procedures", ProcedureForm, queries.procedure,
    lambda form, by: actions.add_procedure(form.details(), form.staff(), form.coded(), by=by),
    lambda pk, form, by: actions.change_procedure(pk, form.details(), form.staff(), form.coded(), by=by),
)  # fmt: skip
PACKAGES = Part(
    "package", "catalog:packages", PackageForm, queries.package,
    lambda form, by: actions.add_package(form.details(), form.held(), form.asked(), by=by),
    lambda pk, form, by: actions.change_package(pk, form.details(), form.held(), form.asked(), by=by),
)  # fmt: skip
TYPES = Part(
    "kind of visit", "catalog:appointment_types", AppointmentTypeForm, queries.appointment_type,
    lambda form, by: actions.add_appointment_type(form.details(), by=by),
    lambda pk, form, by: actions.change_appointment_type(pk, form.details(), by=by),
)  # fmt: skip
POLICIES = Part(
    "policy", "catalog:policies", CancellationPolicyForm, queries.policy,
    lambda form, by: actions.add_cancellation_policy(form.details(), by=by),
    lambda pk, form, by: actions.change_cancellation_policy(pk, form.details(), by=by),
)  # fmt: skip


def new(part: Part) -> Callable[..., HttpResponse]:
    """The page on which something is added to a part."""

    @staff_page("catalog.manage")
    def page(request: HttpRequest) -> HttpResponse:
        by = actor_of(request)
        form = part.form(request.POST or None, by=by)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                part.add(form, by)
            if not form.errors:
                return go(request, part.back, toast=f"{part.noun.capitalize()} added")
        return _draw(request, part, form, title=f"New {part.noun}")

    return page


def one(part: Part) -> Callable[..., HttpResponse]:
    """The page on which something is changed, and that says what it was before."""

    @staff_page("catalog.manage")
    def page(request: HttpRequest, pk: UUID) -> HttpResponse:
        by = actor_of(request)
        found = part.find(pk, seen_by=by)
        form = part.form(request.POST or None, instance=found, by=by)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                part.change(pk, form, by)
            if not form.errors:
                return go(request, part.back, toast=f"{part.noun.capitalize()} saved")
        return _draw(request, part, form, title=str(found), history=_history(found, by))

    return page


def _draw(request: HttpRequest, part: Part, form: Any, *, title: str, history: Any = ()) -> HttpResponse:
    written = getattr(form.instance, "pk", None) if part is PROCEDURES and history != () else None
    context = {
        "instructions_of": written,
        "beside": beside.pages_of(written, actor_of(request)) if written else [],
        "otherwise": queries.booked_otherwise(form.instance) if written and not form.errors else [],
        "form": form,
        "title": title,
        "back": reverse(part.back),
        "history": history,
        "wide": WIDE,
    }
    return render(request, "catalog/form.html", context, status=422 if form.errors else 200)


def _history(subject: Any, by: Actor) -> list[tuple[Any, list[tuple[str, Any, Any]]]]:
    """Each change with its fields as a person reads them: name, before, after; lists only say that they changed."""
    events = queries.changes(subject, seen_by=by)[:HISTORY]
    return [(event, [_line(subject, name, *pair) for name, pair in event.facts.items()]) for event in events]


def _line(subject: Any, name: str, before: Any, after: Any) -> tuple[str, Any, Any]:
    if name in WHOLE:
        return WHOLE[name], "", ""
    field = subject._meta.get_field(name)
    if field.is_relation:
        return str(field.verbose_name), "", ""
    if isinstance(before, list) or isinstance(after, list):
        before, after = (", ".join(words or ()) for words in (before, after))
    words = dict(field.flatchoices)
    return str(field.verbose_name), words.get(before, before), words.get(after, after)
