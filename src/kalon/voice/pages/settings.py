"""What a clinic decides about recordings: what is taken out, how long all is kept, the proof of deletion."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.kernel import audit
from kalon.voice import actions, queries
from kalon.voice.forms import KeepForm, PatternForm, TryForm
from kalon.voice.lifecycles import KEEP
from kalon.voice.rules.redaction import Kind, Redacted
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 25
WORDS = {
    Kind.PATIENT: "Patient", Kind.RELATIVE: "Relative", Kind.STAFF: "Staff", Kind.NAME: "A name",
    Kind.AADHAAR: "Aadhaar", Kind.PHONE: "Phone", Kind.EMAIL: "E-mail", Kind.PAN: "PAN", Kind.MRN: "File number",
    Kind.ABHA: "ABHA", Kind.CARD: "Card", Kind.BIRTH_DATE: "Birth date", Kind.ADDRESS: "Address",
    Kind.PIN_CODE: "PIN code", Kind.NUMBER: "Long number", Kind.CUSTOM: "Own pattern",
}  # fmt: skip


@staff_page(KEEP)
def patterns(request: HttpRequest) -> HttpResponse:
    """The clinic's own patterns, and a form for one more."""
    by, form = actor_of(request), PatternForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.add_pattern(**form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "voice:patterns", toast=f"{made.name}: taken out from now on")
    return _patterns(request, form=form)


@require_POST
@staff_page(KEEP)
def try_patterns(request: HttpRequest) -> HttpResponse:
    """The same page with some words as they would leave; nothing of it is kept."""
    form = TryForm(request.POST)
    found = None
    if form.is_valid():
        with refusals_on(form):
            found = actions.tried(form.cleaned_data["text"], by=actor_of(request))
    return _patterns(request, tester=form, found=found)


@require_POST
@staff_page(KEEP)
def switch_pattern(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Use a pattern again, or no more."""
    on = request.POST.get("on") == "1"
    found = actions.switch_pattern(pk, on=on, by=actor_of(request))
    word = "taken out from now on" if on else "no longer taken out"
    return go(request, "voice:patterns", toast=f"{found.name}: {word}")


@staff_page(KEEP)
def reword_pattern(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One pattern by another wording, with how it was worded before."""
    by = actor_of(request)
    found = queries.own_pattern(pk, seen_by=by)
    begun = {"name": found.name, "regex": found.regex, "token": found.token}
    form = PatternForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.reword_pattern(pk, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "voice:patterns", toast=f"{made.name}: the new wording counts from now on")
    context = {"pattern": found, "form": form, "earlier": queries.earlier_wordings(found, seen_by=by)}
    return render(request, "voice/reword.html", context, status=422 if form.errors else 200)


@staff_page(KEEP)
def keeping(request: HttpRequest) -> HttpResponse:
    """For how long sound and words are kept, what a legal matter holds, and what was destroyed."""
    by = actor_of(request)
    policy = queries.policy(seen_by=by)
    begun = {"sound_days": policy.sound_days, "words_days": policy.words_days}
    form = KeepForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_policy(**form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "voice:keeping", toast="Saved. It counts from tonight on, for older recordings too.")
    held = list(queries.held(seen_by=by)[:PER_PAGE])
    audit.reads(by, held, purpose="recordings held for a legal matter")
    page = Paginator(queries.destroyed(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "held": held, "page": page, "proofs": [queries.proof(row) for row in page.object_list]}
    return render(request, "voice/keeping.html", context, status=422 if form.errors else 200)


def _patterns(
    request: HttpRequest,
    *,
    form: PatternForm | None = None,
    tester: TryForm | None = None,
    found: Redacted | None = None,
) -> HttpResponse:
    wrong = any(one is not None and one.errors for one in (form, tester))
    page = Paginator(queries.own_patterns(seen_by=actor_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form or PatternForm(),
        "tester": tester or TryForm(),
        "tried": found is not None,
        "pieces": _pieces(found) if found else [],
        "hits": [{"kind": WORDS[span.kind], "token": span.token, "why": span.why} for span in found.spans]
        if found
        else [],
    }
    return render(request, "voice/patterns.html", context, status=422 if wrong else 200)


def _pieces(found: Redacted) -> list[dict[str, Any]]:
    """The words that were typed, cut where something was taken out of them."""
    made: list[dict[str, Any]] = []
    at = 0
    for span in found.spans:
        made.append({"text": found.source[at : span.start]})
        made.append({"text": found.source[span.start : span.end], "token": span.token, "kind": WORDS[span.kind]})
        at = span.end
    return [*made, {"text": found.source[at:]}]
