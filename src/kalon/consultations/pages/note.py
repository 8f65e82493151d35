"""The note: saved section by section as it is typed, its versions, its templates, and what follows the signature."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.consultations import actions, queries, rules
from kalon.consultations.forms import AddendumForm, SectionForm, SettleForm, UseTemplateForm
from kalon.consultations.lifecycles import Section
from kalon.consultations.models import NoteVersion
from kalon.consultations.pages.screen import banner_of, part_of, screen
from kalon.kernel.errors import Invalid
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_POST
@staff_page("consultations.conduct")
def save_section(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """Save as it is typed: answers "Saved 10:39", or shows both texts where somebody else wrote meanwhile (202)."""
    form, by = SectionForm(request.POST), actor_of(request)
    saved = None
    if form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        with refusals_on(form):
            saved = actions.save_section(pk, section=section, text=text, edition=form.cleaned_data["edition"], by=by)
    if not getattr(request, "htmx", False):
        toast = "Saved" if saved and saved.stands else "Somebody else wrote here: choose what the note says"
        if saved:
            return go(request, "consultations:consultation", pk=pk, toast=toast)
        raise Invalid(" ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    part = None
    if saved:
        beside = queries.written_beside(saved.consultation)
        part = part_of(saved.consultation, Section(section), beside)
    context = {"saved": saved, "part": part, "form": form, "consultation": saved.consultation if saved else None}
    status = 422 if saved is None else 200 if saved.stands else 202
    return render(request, "consultations/_saved.html", context, status=status)


@require_POST
@staff_page("consultations.conduct")
def settle(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """Two texts stood in one section: the one that was chosen stands, the other stays in the versions."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose which text the note keeps.")
    actions.settle(
        pk,
        section=section,
        keep=form.cleaned_data["keep"],
        edition=form.cleaned_data["edition"],
        by=actor_of(request),
    )
    return go(request, "consultations:consultation", pk=pk, toast="Settled. Both texts stay in the versions.")


@require_POST
@staff_page("consultations.conduct")
def use_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a template into the note, its fields filled."""
    form = UseTemplateForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose a template.")
    actions.use_template(pk, template_id=form.cleaned_data["template"], by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="The template is in the note")


@require_POST
@staff_page("consultations.close")
def add_addendum(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign something that is added to a signed note."""
    by, form = actor_of(request), AddendumForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_addendum(pk, text=form.cleaned_data["text"].replace("\r\n", "\n"), by=by)
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="Added and signed")
    return screen(request, queries.consultation(pk, seen_by=by), addendum=form)


@staff_page("consultations.read")
def versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who wrote what and when, with the words that changed."""
    by = actor_of(request)
    found = actions.read(pk, purpose="versions of the note", by=by)
    rows = list(queries.versions_of(found, seen_by=by))
    context = {**banner_of(found), "consultation": found, "changes": _changes(rows)}
    return render(request, "consultations/versions.html", context)


def _changes(rows: list[NoteVersion]) -> list[dict[str, object]]:
    """Each version with what it changed against the text that stood before it; `rows` are the latest first."""
    standing: dict[str, str] = {}
    changes = []
    for version in reversed(rows):
        before = standing.get(version.section, "")
        pieces = rules.difference(before, version.text)
        changes.append({"version": version, "label": Section(version.section).label, "pieces": pieces})
        if version.stands:
            standing[version.section] = version.text
    return changes[::-1]
