"""The words of consents in the settings: forms, their versions, each language; published, never edited after."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.catalog import queries as catalog
from kalon.consents import actions, queries, rules
from kalon.consents.actions import Terms
from kalon.consents.forms import LanguageForm, ProceduresForm, ReasonForm, TemplateForm, TermsForm, TextForm, said_of
from kalon.consents.lifecycles import MANAGE, OF_PLAN
from kalon.consents.models import Version
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(MANAGE)
def forms_list(request: HttpRequest) -> HttpResponse:
    """Every consent form, with the version in use and the draft."""
    rows = [_row(template) for template in queries.templates(seen_by=actor_of(request))]
    have = {row["template"].name for row in rows}
    missing = [one.name for one in rules.BUILT_IN if one.name not in have]
    return render(request, "consents/forms.html", {"rows": rows, "missing": missing})


@require_GET
@staff_page(MANAGE)
def of_procedure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The forms that a plan for one procedure is offered: those about it first, then those about any."""
    by = actor_of(request)
    found = catalog.procedure(pk, seen_by=by)
    rows = [_row(template) for template in queries.templates_of(found.pk, seen_by=by)]
    return render(request, "consents/forms.html", {"rows": rows, "procedure": found})


@require_POST
@staff_page(MANAGE)
def built_in(request: HttpRequest) -> HttpResponse:
    """Bring in the forms that come with Kalon."""
    made = actions.bring_built_in(by=actor_of(request))
    toast = f"{len(made)} drafts are here. Read each one before you publish it." if made else "They are here already"
    return go(request, "consents:forms", toast=toast)


@staff_page(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Begin a form of the clinic's own."""
    by, form = actor_of(request), TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.add_template(form.cleaned_data["kind"], form.cleaned_data["name"], Terms(), by=by)
        if not form.errors:
            return go(request, "consents:form", pk=made.template_id, toast="Begun. Now write its words.")
    return render(request, "consents/add_form.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@staff_page(MANAGE)
def form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One form with all its versions."""
    return _page(request, pk)


@require_POST
@staff_page(MANAGE)
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the next version."""
    made = actions.begin_version(pk, by=actor_of(request))
    return go(request, "consents:form", pk=pk, toast=f"Version {made.number} begins with the words of the one before")


@require_POST
@staff_page(MANAGE)
def procedures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which procedures a form is about."""
    by = actor_of(request)
    said = ProceduresForm(request.POST, entries=catalog.procedures(seen_by=by, active_only=False))
    if said.is_valid():
        with refusals_on(said):
            actions.set_procedures(pk, [UUID(one) for one in said.cleaned_data["procedures"]], by=by)
        if not said.errors:
            return go(request, "consents:form", pk=pk, toast="Saved. It is offered for these plans from now on.")
    return _page(request, pk, about=said)


@require_POST
@staff_page(MANAGE)
def terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How long a draft's signatures hold, and who signs."""
    by = actor_of(request)
    version = queries.version(pk, seen_by=by)
    said = TermsForm(request.POST).only_for(version.kind)
    if said.is_valid():
        with refusals_on(said):
            actions.set_terms(pk, said.terms(), by=by)
        if not said.errors:
            return go(request, "consents:form", pk=version.template_id, toast="Saved")
    return _page(request, version.template_id, terms=said)


@require_POST
@staff_page(MANAGE)
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a version into use."""
    done = actions.publish(pk, by=actor_of(request))
    return go(request, "consents:form", pk=done.template_id, toast=f"Version {done.number} is in use")


@require_POST
@staff_page(MANAGE)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a version out of use, or give up a draft."""
    by, reason = actor_of(request), ReasonForm(request.POST)
    version = queries.version(pk, seen_by=by)
    if reason.is_valid():
        with refusals_on(reason):
            actions.withdraw(pk, reason.cleaned_data["reason"], by=by)
        if not reason.errors:
            return go(request, "consents:form", pk=version.template_id, toast="Not used any more")
    return _page(request, version.template_id, reason=reason)


@require_POST
@staff_page(MANAGE)
def add_language(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose a language to write a draft in."""
    said = LanguageForm(request.POST)
    if not said.is_valid():
        raise NotFound("Choose one of the languages in the list.")
    return go(request, "consents:text", pk=pk, language=said.cleaned_data["language"])


@staff_page(MANAGE)
def text(request: HttpRequest, pk: UUID, language: str) -> HttpResponse:
    """The words in one language: written while it is a draft, read ever after."""
    by = actor_of(request)
    version = queries.version(pk, seen_by=by)
    if language not in rules.LANGUAGES:
        raise NotFound("Consents are not written in this language yet.")
    there = next((one for one in version.texts.all() if one.language == language), None)
    said = TextForm(request.POST or None, initial=said_of(there))
    if request.method == "POST" and said.is_valid() and "preview" not in request.POST:
        with refusals_on(said):
            actions.write_text(pk, said.details(language), by=by)
        if not said.errors:
            return go(request, "consents:form", pk=version.template_id, toast="Words saved")
    sections, ticks = rules.read(said["body"].value() or "")
    context = {
        "version": version,
        "language": language,
        "called": rules.LANGUAGES[language],
        "form": said,
        "is_there": there is not None,
        "shown": {"title": said["title"].value(), "sections": sections, "ticks": ticks},
    }
    return render(request, "consents/text.html", context, status=422 if said.errors else 200)


@require_POST
@staff_page(MANAGE)
def remove(request: HttpRequest, pk: UUID, language: str) -> HttpResponse:
    """Take a language out of a draft."""
    draft = actions.remove_text(pk, language, by=actor_of(request))
    return go(request, "consents:form", pk=draft.template_id, toast=f"{rules.LANGUAGES[language]} is taken out")


def _page(
    request: HttpRequest,
    pk: UUID,
    *,
    terms: TermsForm | None = None,
    reason: ReasonForm | None = None,
    about: ProceduresForm | None = None,
) -> HttpResponse:
    template = queries.template(pk, seen_by=actor_of(request))
    row = _row(template)
    draft: Version | None = row["draft"]
    names = ("valid_months", "needs_surgeon", "needs_staff", "needs_witness")
    begun = {name: getattr(draft, name) for name in names} if draft else {}
    used = {one.language for one in draft.texts.all()} if draft else set()
    context = {
        **row,
        "versions": [(one, _languages(one)) for one in template.versions.all()],
        "terms": terms or TermsForm(initial=begun).only_for(template.kind),
        "reason": reason or ReasonForm(),
        "about": about or _about(template, by=actor_of(request)),
        "more_languages": [pair for pair in rules.LANGUAGES.items() if pair[0] not in used],
    }
    return render(request, "consents/form.html", context, status=422 if terms or reason or about else 200)


def _about(template: Any, *, by: Actor) -> ProceduresForm | None:
    """The catalogue to choose from: what is in use, and what was chosen before; of a consent to what is planned."""
    if template.kind not in OF_PLAN:
        return None
    chosen = [one.procedure for one in template.procedures.all()]
    in_use = list(catalog.procedures(seen_by=by))
    entries = [*in_use, *(one for one in chosen if one not in in_use)]
    return ProceduresForm(initial={"procedures": [str(one.pk) for one in chosen]}, entries=entries)


def _row(template: Any) -> dict[str, Any]:
    versions = list(template.versions.all())
    in_use = next((one for one in versions if one.status == "PUBLISHED"), None)
    return {
        "template": template,
        "in_use": in_use,
        "draft": next((one for one in versions if one.is_draft), None),
        "languages": _languages(in_use) if in_use else [],
        "about": [one.procedure.name for one in template.procedures.all()],
    }


def _languages(version: Version) -> list[tuple[str, str]]:
    return [(one.language, rules.LANGUAGES.get(one.language, one.language)) for one in version.texts.all()]
