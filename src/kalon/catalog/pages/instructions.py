"""What patients are told before and after a procedure, one language at a time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.catalog import actions, queries
from kalon.catalog.forms import InstructionsForm
from kalon.catalog.models.instructions import INSTRUCTED_IN
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page("catalog.manage")
def instructions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The texts of one procedure in one language."""
    by = actor_of(request)
    found = queries.procedure(pk, seen_by=by)
    language = request.GET.get("language", "en")
    language = language if language in INSTRUCTED_IN else "en"
    written = queries.written_instructions(pk, language, seen_by=by)
    form = InstructionsForm(request.POST or None, written=written)
    path = reverse("catalog:instructions", args=[pk])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            for kind, text in form.texts().items():
                actions.write_instructions(pk, kind, language, text, form.cleaned_data["source"], by=by)
        if not form.errors:
            return go(request, f"{path}?language={language}", toast=f"Saved in {INSTRUCTED_IN[language]}")
    tabs = [
        {"label": name, "url": f"{path}?language={code}", "current": code == language}
        for code, name in INSTRUCTED_IN.items()
    ]
    context = {"procedure": found, "form": form, "tabs": tabs}
    return render(request, "catalog/instructions.html", context, status=422 if form.errors else 200)
