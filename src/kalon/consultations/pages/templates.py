"""The clinic's templates of notes: a list, and a form for one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.catalog import queries as catalog
from kalon.consultations import actions, queries, rules
from kalon.consultations.forms import TemplateForm
from kalon.consultations.lifecycles import Section
from kalon.kernel.actors import Actor
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

MANAGE = "consultations.templates"


@staff_page(MANAGE)
def template_list(request: HttpRequest) -> HttpResponse:
    """Every template, those in use first."""
    rows = list(queries.templates(seen_by=actor_of(request)))
    shown = [(row, [Section(name).label for name in row.sections]) for row in rows]
    return render(request, "consultations/templates.html", {"rows": shown})


@staff_page(MANAGE)
def add_template(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    form = TemplateForm(request.POST or None, services=_services(by))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_template(**_told(form), by=by)
        if not form.errors:
            return go(request, "consultations:templates", toast="Template added")
    return _form(request, form, title="New template", action=reverse("consultations:template_add"))


@staff_page(MANAGE)
def change_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = actor_of(request)
    found = queries.template(pk, seen_by=by)
    initial = {"name": found.name, "specialty": found.specialty, "service_id": found.service_id, **found.sections}
    form = TemplateForm(request.POST or None, initial=initial, services=_services(by))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_template(pk, **_told(form), by=by)
        if not form.errors:
            return go(request, "consultations:templates", toast="Template changed")
    return _form(request, form, title=found.name, action=reverse("consultations:template", args=[pk]))


@require_POST
@staff_page(MANAGE)
def retire_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = actions.retire_template(pk, by=actor_of(request))
    word = "offered again" if found.is_active else "no longer offered"
    return go(request, "consultations:templates", toast=f"{found.name} is {word}")


def _told(form: TemplateForm) -> dict[str, Any]:
    named = {name: form.cleaned_data[name] for name in ("name", "specialty", "service_id")}
    return {**named, "sections": form.sections()}


def _services(by: Actor) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in catalog.services(seen_by=by)]


def _form(request: HttpRequest, form: TemplateForm, *, title: str, action: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": action,
        "parts": [form[section.value] for section in Section],
        "fields": rules.FIELDS.items(),
    }
    return render(request, "consultations/template.html", context, status=422 if form.errors else 200)
